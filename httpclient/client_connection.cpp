#include "httpclient/client_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <memory>

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_values = net::as_tuple(net::use_awaitable);
constexpr Duration time_for_one_of_several = 3s, time_for_the_only = 60s;  // a request has its own time beside

}  // namespace

ClientConnection::ClientConnection(net::any_io_executor executor, const Url& to, net::ssl::context* tls)
    : to_(to), tls_(tls), socket_(std::move(executor)) {}

Error ClientConnection::unavailable(const char* what, const error_code& failure) const {
  return {ErrorCode::unavailable,
          fmt::format("{} {}: {}", what, to_.text(), closed_ ? "the time was up" : failure.message())};
}

net::awaitable<Result<void>> ClientConnection::open() {
  net::ip::tcp::resolver resolver(socket_.get_executor());
  const std::string port = std::to_string(to_.port);
  auto [unknown, endpoints] = co_await resolver.async_resolve(to_.host, port, as_values);
  if (unknown || closed_) co_return unavailable("cannot find the host of", unknown);
  const Duration limit = endpoints.size() > 1 ? time_for_one_of_several : time_for_the_only;
  std::string why;
  bool is_connected = false;
  for (const auto& entry : endpoints) {
    const net::ip::tcp::endpoint endpoint = entry.endpoint();
    const error_code refused = co_await connect_to(endpoint, limit);
    is_connected = !refused && !closed_;
    if (is_connected || closed_) break;
    if (!why.empty()) why += "; ";
    if (endpoints.size() > 1) why += endpoint.address().to_string() + ": ";
    why += refused.message();
  }
  if (closed_) why = "the time was up";
  if (!is_connected)
    co_return Error{ErrorCode::unavailable, fmt::format("nothing answers at {}: {}", to_.text(), why)};
  error_code ignored;
  socket_.set_option(net::ip::tcp::no_delay(true), ignored);
  if (!to_.tls) co_return Result<void>();
  co_return co_await shake_hands();
}

// One address that is silent hides none of the others.
net::awaitable<error_code> ClientConnection::connect_to(net::ip::tcp::endpoint endpoint, Duration limit) {
  error_code ignored;
  socket_.close(ignored);
  const auto is_waiting = std::make_shared<bool>(true);
  net::steady_timer timer(socket_.get_executor());
  timer.expires_after(limit);
  timer.async_wait([this, is_waiting](const error_code& cancelled) {
    error_code ended;
    if (!cancelled && *is_waiting) socket_.close(ended);
  });
  auto [refused] = co_await socket_.async_connect(endpoint, as_values);
  const bool is_late = refused == net::error::operation_aborted && !closed_;
  *is_waiting = false;
  co_return is_late ? error_code(net::error::timed_out) : refused;
}

net::awaitable<Result<void>> ClientConnection::shake_hands() {
  secured_.emplace(socket_, *tls_);
  error_code failure;
  net::ip::make_address(to_.host, failure);
  if (failure) SSL_set_tlsext_host_name(secured_->native_handle(), to_.host.c_str());  // names only, no addresses
  secured_->set_verify_callback(net::ssl::host_name_verification(to_.host));
  auto [refused] = co_await secured_->async_handshake(net::ssl::stream_base::client, as_values);
  if (refused || closed_) co_return unavailable("no TLS with", refused);
  co_return Result<void>();
}

net::awaitable<ClientConnection::Moved> ClientConnection::read_some(net::mutable_buffer into) {
  if (secured_) {
    auto [failure, bytes] = co_await secured_->async_read_some(into, as_values);
    // Whether an answer is whole is for HTTP to say, which has lengths; many servers close without a farewell.
    if (failure == net::ssl::error::stream_truncated) failure = net::error::eof;
    co_return Moved{failure, bytes};
  }
  auto [failure, bytes] = co_await socket_.async_read_some(into, as_values);
  co_return Moved{failure, bytes};
}

net::awaitable<ClientConnection::Moved> ClientConnection::write(net::const_buffer from) {
  if (secured_) {
    auto [failure, bytes] = co_await net::async_write(*secured_, from, as_values);
    co_return Moved{failure, bytes};
  }
  auto [failure, bytes] = co_await net::async_write(socket_, from, as_values);
  co_return Moved{failure, bytes};
}

bool ClientConnection::is_quiet() {
  if (closed_ || !socket_.is_open() || buffer.size() > 0) return false;
  error_code failure;
  char byte = 0;
  socket_.non_blocking(true, failure);
  socket_.receive(net::buffer(&byte, 1), net::socket_base::message_peek, failure);
  return failure == net::error::would_block;
}

void ClientConnection::close() {
  closed_ = true;
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace sagactl
