#include "httpclient/connection.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);

}  // namespace

Connection::Connection(net::any_io_executor executor, const Url& to, net::ssl::context* tls)
    : to_(to), tls_(tls), socket_(std::move(executor)) {}

Error Connection::unavailable(const char* what, const error_code& failure) const {
  return {ErrorCode::unavailable,
          fmt::format("{} {}: {}", what, to_.text(), closed_ ? "the time was up" : failure.message())};
}

net::awaitable<Result<void>> Connection::open() {
  net::ip::tcp::resolver resolver(socket_.get_executor());
  const std::string port = std::to_string(to_.port);
  auto [unknown, endpoints] = co_await resolver.async_resolve(to_.host, port, as_values);
  if (unknown || closed_) co_return unavailable("cannot find the host of", unknown);
  auto [refused, endpoint] = co_await net::async_connect(socket_, endpoints, as_values);
  if (refused || closed_) co_return unavailable("nothing answers at", refused);
  error_code ignored;
  socket_.set_option(net::ip::tcp::no_delay(true), ignored);
  if (!to_.tls) co_return Result<void>();
  co_return co_await shake_hands();
}

net::awaitable<Result<void>> Connection::shake_hands() {
  secured_.emplace(socket_, *tls_);
  error_code failure;
  net::ip::make_address(to_.host, failure);
  if (failure) SSL_set_tlsext_host_name(secured_->native_handle(), to_.host.c_str());  // names only, no addresses
  secured_->set_verify_callback(net::ssl::host_name_verification(to_.host));
  auto [refused] = co_await secured_->async_handshake(net::ssl::stream_base::client, as_values);
  if (refused || closed_) co_return unavailable("no TLS with", refused);
  co_return Result<void>();
}

net::awaitable<Connection::Moved> Connection::read_some(net::mutable_buffer into) {
  if (secured_) {
    auto [failure, bytes] = co_await secured_->async_read_some(into, as_values);
    // Whether an answer is whole is for HTTP to say, which has lengths; many servers close without a farewell.
    if (failure == net::ssl::error::stream_truncated) failure = net::error::eof;
    co_return Moved{failure, bytes};
  }
  auto [failure, bytes] = co_await socket_.async_read_some(into, as_values);
  co_return Moved{failure, bytes};
}

net::awaitable<Connection::Moved> Connection::write(net::const_buffer from) {
  if (secured_) {
    auto [failure, bytes] = co_await net::async_write(*secured_, from, as_values);
    co_return Moved{failure, bytes};
  }
  auto [failure, bytes] = co_await net::async_write(socket_, from, as_values);
  co_return Moved{failure, bytes};
}

bool Connection::is_quiet() {
  if (closed_ || !socket_.is_open() || buffer.size() > 0) return false;
  error_code failure;
  char byte = 0;
  socket_.non_blocking(true, failure);
  socket_.receive(net::buffer(&byte, 1), net::socket_base::message_peek, failure);
  return failure == net::error::would_block;
}

void Connection::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace sagactl
