#include "httpclient/nonblocking_stream.hpp"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "httpclient/client_connection.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

bool would_block(int error_number) {
  return error_number == EAGAIN || error_number == EWOULDBLOCK;
}

}  // namespace

Progress NonblockingStream::failed(int error_number) {
  reason_ = network_reason({error_number, boost::system::system_category()});
  return Progress::failed;
}

Progress NonblockingStream::connect(const boost::asio::ip::tcp::endpoint& to) {
  close();
  fd_ = ::socket(to.protocol().family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return failed(errno);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, to.data(), static_cast<socklen_t>(to.size())) == 0) return Progress::done;
  return errno == EINPROGRESS || errno == EINTR ? Progress::wants_write : failed(errno);
}

Progress NonblockingStream::finish_connecting() {
  int error_number = 0;
  socklen_t size = sizeof error_number;
  ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error_number, &size);
  return error_number == 0 ? Progress::done : failed(error_number);
}

Progress NonblockingStream::secure(SSL_CTX* context, const std::string& host) {
  if (!ssl_) {
    ssl_.reset(SSL_new(context));
    SSL_set_fd(ssl_.get(), fd_);
    SSL_set_connect_state(ssl_.get());
    SSL_set_mode(ssl_.get(),
                 SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl_.get());
    if (X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {
      X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
      SSL_set_tlsext_host_name(ssl_.get(), host.c_str());  // addresses are not allowed
    }
    ERR_clear_error();
  }
  return tls_progress(SSL_do_handshake(ssl_.get()));
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
  const long verified = SSL_get_verify_result(ssl_.get());
  const char* text = ERR_reason_error_string(error);
  reason_ = text ? text : "TLS failed";
  if (verified != X509_V_OK) {
    reason_ += ": ";
    reason_ += X509_verify_cert_error_string(verified);
  }
  return Progress::failed;
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
  ssl_.reset();
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

}  // namespace sagactl
