// One connection to a server, with TLS or without, that never waits: for a thread that watches many of them by epoll.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sagactl {

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

  // Closes what was open before, and connects.
  Progress connect(const boost::asio::ip::tcp::endpoint& to);
  Progress finish_connecting();  // once the socket is writable
  // TLS, until it is done; verifies that the server's certificate is that of `host`, a name or an address.
  Progress secure(SSL_CTX* context, const std::string& host);
  // `closed` when the server has sent all that it will.
  Transferred read(char* into, std::size_t size);
  // As much as can be written at once. A thread that writes over TLS blocks SIGPIPE: OpenSSL does not.
  Transferred write(std::string_view bytes);
  // Closing is not announced to the server: HTTP's lengths tell it where a request ends.
  void close();

  int fd() const { return fd_; }
  bool is_secured() const { return ssl_ != nullptr; }
  const std::string& reason() const { return reason_; }

 private:
  Progress failed(int error_number);
  Progress tls_progress(int result);

  int fd_ = -1;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  std::string reason_;
};

}  // namespace sagactl
