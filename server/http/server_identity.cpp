#include "server/http/server_identity.hpp"

#include <fmt/format.h>

#include <boost/asio/ssl/context.hpp>

namespace sagactl::http {

namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<ServerTls>> make_server_tls(const std::filesystem::path& certificate,
                                                   const std::filesystem::path& key) {
  auto tls = std::make_shared<ServerTls>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_2_VERSION);
  boost::system::error_code failure;
  tls->use_certificate_chain_file(certificate.string(), failure);
  if (failure)
    return Error{ErrorCode::invalid, fmt::format("{} is no certificate in PEM that can be read: {}",
                                                 certificate.string(), failure.message())};
  tls->use_private_key_file(key.string(), ssl::context::pem, failure);
  if (failure)
    return Error{ErrorCode::invalid, fmt::format("{} is no key in PEM that can be read, or not that of the certificate "
                                                 "{}: {}",
                                                 key.string(), certificate.string(), failure.message())};
  return tls;
}

}  // namespace sagactl::http
