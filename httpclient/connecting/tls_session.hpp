// The newest session of a server, with which the next handshake is shorter (RFC 8446, section 2.2).
#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace sagactl {

// For one thread. It outlives the connections that are given it.
class TlsSession {
 public:
  // Whether servers' sessions are kept: for connections of `context` that take one of these.
  static void enable(SSL_CTX* context);

  // Before the handshake: offers the newest session, if there is one, and keeps those that the server gives.
  void use_for(SSL* ssl);

 private:
  static int keep(SSL* ssl, SSL_SESSION* session);

  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> newest_{nullptr, SSL_SESSION_free};
};

}  // namespace sagactl
