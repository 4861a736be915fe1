#include "httpclient/connecting/tls_session.hpp"

namespace sagactl {
namespace {

// The place in an SSL of its TlsSession.
int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

}  // namespace

void TlsSession::enable(SSL_CTX* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, keep);
}

void TlsSession::use_for(SSL* ssl) {
  SSL_set_ex_data(ssl, session_index(), this);
  if (newest_) SSL_set_session(ssl, newest_.get());
}

// 1: the session is ours now.
int TlsSession::keep(SSL* ssl, SSL_SESSION* session) {
  auto* const own = static_cast<TlsSession*>(SSL_get_ex_data(ssl, session_index()));
  if (!own) return 0;
  own->newest_.reset(session);
  return 1;
}

}  // namespace sagactl
