#include "httpclient/basic_auth.hpp"

#include <openssl/evp.h>

namespace sagactl {

std::string basic_authorization(std::string_view user, std::string_view password) {
  std::string pair(user);
  pair.append(":").append(password);
  std::string encoded((pair.size() + 2) / 3 * 4 + 1, '\0');  // and the zero that OpenSSL writes after it
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                      reinterpret_cast<const unsigned char*>(pair.data()), static_cast<int>(pair.size()));
  encoded.resize(static_cast<std::size_t>(length));
  return "Basic " + encoded;
}

}  // namespace sagactl
