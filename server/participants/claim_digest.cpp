#include "server/participants/claim_digest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/crypto.hpp"

namespace sagactl {

KeyDigest digest_of_claim(std::string_view claim) {
  const Digest digest = sha256(claim);
  KeyDigest key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

KeyDigest digest_of_payment_key(std::string_view provider_key) {
  return digest_of_claim(fmt::format("{}payment {}", never_in_keys, provider_key));
}

}  // namespace sagactl
