#include "httpclient/tls.hpp"

#include <boost/asio/ssl/impl/src.hpp>  // the compiled part of Boost.Asio's TLS, here and nowhere else

namespace sagactl {

namespace ssl = boost::asio::ssl;

namespace {

Result<void> show(TlsContext& context, const TlsIdentity& identity) {
  boost::system::error_code failure;
  context.use_certificate_chain(boost::asio::buffer(identity.certificate), failure);
  if (failure) return Error{ErrorCode::invalid, "the client's certificate cannot be read: " + failure.message()};
  context.use_private_key(boost::asio::buffer(identity.key), ssl::context::pem, failure);
  if (failure)
    return Error{ErrorCode::invalid,
                 "the key of the client's certificate cannot be read, or belongs to another: " + failure.message()};
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsContext>> make_tls(const std::filesystem::path& authorities,
                                             const std::optional<TlsIdentity>& identity) {
  auto context = std::make_unique<TlsContext>(ssl::context::tls_client);
  boost::system::error_code failure;
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  if (authorities.empty())
    context->set_default_verify_paths(failure);
  else
    context->load_verify_file(authorities.string(), failure);
  if (failure)
    return Error{ErrorCode::invalid,
                 "the certificates of authorities " + authorities.string() + " cannot be read: " + failure.message()};
  context->set_verify_mode(ssl::verify_peer, failure);
  if (failure) return Error{ErrorCode::bug, "TLS cannot be set to verify: " + failure.message()};
  if (!identity) return context;
  if (auto shown = show(*context, *identity); !shown) return shown.error();
  return context;
}

Result<std::unique_ptr<TlsContext>> make_tls_for(const Url& url, const std::filesystem::path& authorities) {
  if (!url.tls) return std::unique_ptr<TlsContext>();
  return make_tls(authorities);
}

}  // namespace sagactl
