#include "httpclient/connecting/nonblocking_stream.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>

#include "httpclient/client_connection.hpp"
#include "httpclient/connecting/socket_bio.hpp"
#include "httpclient/connecting/tunnel.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK;
}

bool agrees_on(const SSL* ssl, std::string_view protocol) {
  const unsigned char* chosen = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(ssl, &chosen, &size);
  return protocol.empty() || std::string_view(reinterpret_cast<const char*>(chosen), size) == protocol;
}

}  // namespace

StreamRoute route_to(const Url& url, const HttpProxy* proxy, SSL_CTX* tls) {
  StreamRoute route;
  route.server = url.text();
  route.host = url.host;
  route.tls = tls;
  if (!proxy) return route;
  route.proxy = proxy->name();
  if (!url.tls) return route;
  route.tunnel = url.authority();
  route.proxy_authorization = proxy->authorization;
  return route;
}

Progress NonblockingStream::failed(int error_number) {
  reason_ = network_reason({error_number, boost::system::system_category()});
  return Progress::failed;
}

Progress NonblockingStream::connect(const sockaddr* to, socklen_t size) {
  close();
  fd_ = ::socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failed(errno);
  const int on = 1;
  if (to->sa_family != AF_UNIX) ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, to, size) == 0) return Progress::done;
  return errno == EINPROGRESS || errno == EINTR ? Progress::wants_write : failed(errno);
}

Progress NonblockingStream::finish_connecting() {
  int error_number = 0;
  socklen_t size = sizeof error_number;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error_number, &size);
  return error_number == 0 ? Progress::done : failed(error_number);
}

Progress NonblockingStream::refused(std::string reason) {
  reason_ = std::move(reason);
  return Progress::failed;
}

Progress NonblockingStream::establish(const StreamRoute& route, TlsSession* session) {
  if (!route.tunnel.empty() && !ssl_) {
    const Progress progress = open_tunnel(route);
    if (progress != Progress::done) return progress;
  }
  return route.tls ? secure(route, session) : Progress::done;
}

// Has the proxy connect to the server, which gets nothing before that.
Progress NonblockingStream::open_tunnel(const StreamRoute& route) {
  if (!tunnel_) {
    tunnel_ = std::make_unique<Tunnel>();
    tunnel_->request = tunnel_request(route.tunnel, route.proxy_authorization);
  }
  while (!tunnel_->request.empty()) {
    const auto [progress, bytes] = write(tunnel_->request);
    tunnel_->request.erase(0, bytes);
    if (progress == Progress::wants_write) return progress;
    if (progress != Progress::done) return refused(fmt::format("{} closed the connection", route.proxy));
  }
  return tunnel_->is_open ? Progress::done : read_tunnel_answer(route);
}

Progress NonblockingStream::read_tunnel_answer(const StreamRoute& route) {
  std::string& answer = tunnel_->answer;
  while (answer.size() < tunnel_answer_max && !answer.ends_with("\r\n\r\n")) {
    char byte = 0;  // what follows the head is the server's
    const auto [progress, bytes] = read(&byte, 1);
    if (bytes == 1) answer += byte;
    if (progress == Progress::wants_read) return progress;
    if (progress != Progress::done) return refused(fmt::format("{} closed the connection", route.proxy));
  }
  if (const std::string no = tunnel_refusal(answer, route.tunnel); !no.empty())
    return refused(fmt::format("{} {}", route.proxy, no));
  tunnel_->is_open = true;
  return Progress::done;
}

Progress NonblockingStream::secure(const StreamRoute& route, TlsSession* session) {
  if (!ssl_) {
    host_ = route.host;
    ssl_.reset(SSL_new(route.tls));
    BIO* const socket = new_socket_bio(fd_);
    SSL_set_bio(ssl_.get(), socket, socket);
    SSL_set_connect_state(ssl_.get());
    SSL_set_mode(ssl_.get(),
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    expect_server(ssl_.get(), route.host);
    if (session) session->use_for(ssl_.get());
    ERR_clear_error();
  }
  const Progress progress = tls_progress(SSL_do_handshake(ssl_.get()));
  if (progress == Progress::done) {
    tunnel_.reset();
    if (agrees_on(ssl_.get(), route.protocol)) return progress;
    fault_ = TlsFault::no_protocol;
    return refused(fmt::format("{} does not speak {} over TLS", route.server, route.protocol));
  }
  if (progress == Progress::closed) reason_ = "the connection was closed";
  if (progress != Progress::closed && progress != Progress::failed) return progress;
  return refused(fmt::format("no TLS with {}: {}", route.server, reason_));
}

// What the result of an operation means; the thread's queue of errors was empty before.
Progress NonblockingStream::tls_progress(int result) {
  if (result > 0) return Progress::done;
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return Progress::wants_read;
    case SSL_ERROR_WANT_WRITE:
      return Progress::wants_write;
    case SSL_ERROR_ZERO_RETURN:
      return Progress::closed;
    case SSL_ERROR_SYSCALL:
      ERR_clear_error();
      return errno == 0 ? Progress::closed : failed(errno);
    default:
      break;
  }
  const unsigned long error = ERR_peek_error();
  ERR_clear_error();
  // Many servers close without a close_notify.
  if (ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING) return Progress::closed;
  TlsFailure failure = tls_failure(ssl_.get(), error, host_);
  fault_ = failure.fault;
  return refused(std::move(failure.text));
}

NonblockingStream::Transferred NonblockingStream::read(char* into, std::size_t size) {
  if (ssl_) {
    errno = 0;
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), into, size, &count);
    return {tls_progress(result), count};
  }
  const ssize_t count = ::recv(fd_, into, size, 0);
  if (count > 0) return {Progress::done, static_cast<std::size_t>(count)};
  if (count == 0) return {Progress::closed};
  return {would_block(errno) || errno == EINTR ? Progress::wants_read : failed(errno)};
}

NonblockingStream::Transferred NonblockingStream::write(std::string_view bytes) {
  if (ssl_) {
    errno = 0;
    std::size_t count = 0;
    const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &count);
    return {tls_progress(result), count};
  }
  const ssize_t count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (count >= 0) return {Progress::done, static_cast<std::size_t>(count)};
  return {would_block(errno) || errno == EINTR ? Progress::wants_write : failed(errno)};
}

void NonblockingStream::close() {
  // OpenSSL resumes no session of a connection that was not shut down.
  if (ssl_) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  ssl_.reset();
  tunnel_.reset();
  fault_ = TlsFault::other;
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace sagactl
