// One connection to a server, with TLS or without, that never waits: for a thread that watches many of them by epoll.
#pragma once

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "httpclient/connecting/tls.hpp"
#include "httpclient/connecting/tls_session.hpp"

namespace sagactl {

// What comes between a connection and the first request on it.
struct StreamRoute {
  std::string server;               // for messages: "https://shop.example:443"
  std::string proxy;                // for messages: "the proxy http://proxy:3128"
  std::string tunnel;               // the proxy is asked to connect to this, "shop.example:443"; "": it is not
  std::string proxy_authorization;  // the value of the header; "": none
  std::string host;                 // whose certificate the server has to show
  SSL_CTX* tls = nullptr;           // null: without TLS
  std::string protocol;             // that TLS has to agree on (ALPN), as the context offers it: "h2"; "": any
};

// The route to `url`, through the proxy if there is one. `tls` outlives the route.
StreamRoute route_to(const Url& url, const HttpProxy* proxy, SSL_CTX* tls);

class NonblockingStream {
 public:
  enum class Progress {
    done,
    wants_read,   // call it again when the socket is readable
    wants_write,  // ... writable
    closed,       // by the server
    failed,       // see reason()
  };
  struct Transferred {
    Progress progress;
    std::size_t bytes = 0;
  };

  NonblockingStream() = default;
  ~NonblockingStream() { close(); }
  NonblockingStream(const NonblockingStream&) = delete;
  NonblockingStream& operator=(const NonblockingStream&) = delete;

  // Closes what was open before, and connects, over TCP or to a Unix socket.
  Progress connect(const sockaddr* to, socklen_t size);
  Progress finish_connecting();  // once the socket is writable
  // The tunnel and TLS, until they are done; nothing where the route has neither. `session`, if any, is what the server
  // gave to earlier connections. The reason of a failure names whose it is. Never `closed`.
  Progress establish(const StreamRoute& route, TlsSession* session = nullptr);
  // `closed` when the server has sent all that it will.
  Transferred read(char* into, std::size_t size);
  // TLS has taken more from the socket than it has handed out: a poll does not report that, so it has to be read.
  // Without it, reading again before the next report of a level-triggered poll is a call of the kernel for nothing.
  bool holds_received() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }
  // As much as can be written at once.
  Transferred write(std::string_view bytes);
  // Closing is not announced to the server: HTTP's lengths tell it where a request ends.
  void close();

  int fd() const { return fd_; }
  bool is_secured() const { return ssl_ != nullptr; }
  SSL* ssl() const { return ssl_.get(); }  // null: without TLS
  const std::string& reason() const { return reason_; }
  TlsFault fault() const { return fault_; }  // of a handshake that failed

 private:
  // A request to a proxy and its answer.
  struct Tunnel {
    std::string request, answer;
    bool is_open = false;
  };

  Progress failed(int error_number);
  Progress tls_progress(int result);
  Progress open_tunnel(const StreamRoute& route);
  Progress read_tunnel_answer(const StreamRoute& route);
  Progress secure(const StreamRoute& route, TlsSession* session);
  Progress refused(std::string reason);

  int fd_ = -1;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::unique_ptr<Tunnel> tunnel_;  // while it is being opened, and until the handshake has ended
  std::string host_;
  std::string reason_;
  TlsFault fault_ = TlsFault::other;
};

}  // namespace sagactl
