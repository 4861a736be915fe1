#include "httpclient/client_connection.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <memory>

#include "common/text/text.hpp"
#include "httpclient/as_values.hpp"
#include "httpclient/connecting/tls.hpp"
#include "httpclient/connecting/tunnel.hpp"

namespace sagactl {

namespace net = boost::asio;
using boost::system::error_code;
using net::ip::tcp;

namespace {

constexpr Duration time_for_one_of_several = 3s;

}  // namespace

std::string network_reason(const error_code& failure) {
  if (failure == net::error::timed_out) return "the time was up";
  if (failure == net::error::eof) return "the connection was closed";
  std::string text = failure.message();
  return text.empty() ? text : lower(text.substr(0, 1)) + text.substr(1);
}

ClientConnection::ClientConnection(const net::any_io_executor& executor, const Url& to, net::ssl::context* tls,
                                   const HttpProxy* proxy, Duration address_time)
    : to_(to), tls_(tls), proxy_(proxy), address_time_(address_time), socket_(executor) {}

std::string ClientConnection::reason(const error_code& failure) const {
  return closed_ ? "the time was up" : network_reason(failure);
}

net::awaitable<Result<std::vector<ClientConnection::PeerAddress>>> ClientConnection::resolve() {
  const Url& peer = proxy_ ? proxy_->url : to_;
  std::vector<PeerAddress> addresses;
  if (!peer.socket.empty()) {
    addresses.push_back({net::local::stream_protocol::endpoint(peer.socket), peer.socket});
    co_return addresses;
  }
  error_code is_name;
  const auto address = net::ip::make_address(peer.host, is_name);
  if (!is_name) {
    addresses.push_back({tcp::endpoint(address, peer.port), peer.host});
    co_return addresses;
  }
  tcp::resolver resolver(socket_.get_executor());
  const std::string port = std::to_string(peer.port);
  auto [failure, found] = co_await resolver.async_resolve(peer.host, port, as_values);
  if (failure || closed_)
    co_return not_reached(fmt::format("cannot resolve the host '{}'{}: {}", peer.host,
                                      proxy_ ? ", which is the proxy's" : "", reason(failure)));
  for (const auto& entry : found) addresses.push_back({entry.endpoint(), entry.endpoint().address().to_string()});
  co_return addresses;
}

Error ClientConnection::not_reached(const std::string& what) const {
  return {ErrorCode::unavailable, what, proxy_ ? Json{{"proxy", proxy_->name()}} : Json{}};
}

net::awaitable<Result<void>> ClientConnection::open() {
  const Result<std::vector<PeerAddress>> addresses = co_await resolve();
  if (!addresses) co_return addresses.error();
  const bool is_one_of_several = addresses->size() > 1;
  Duration limit = address_time_;
  if (limit <= Duration{0} && is_one_of_several) limit = time_for_one_of_several;
  std::string why;
  bool is_connected = false;
  for (const PeerAddress& it : *addresses) {
    const error_code refused = co_await connect_to(it.endpoint, limit);
    is_connected = !refused && !closed_;
    if (is_connected || closed_) break;
    if (!why.empty()) why += "; ";
    if (is_one_of_several) why += it.name + ": ";
    why += reason(refused);
  }
  if (closed_) why = "the time was up";
  if (!is_connected) co_return not_reached(fmt::format("nothing answers at {}: {}", peer(), why));
  error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (!to_.tls) co_return Result<void>();
  if (proxy_) {
    const Result<void> opened = co_await tunnel();
    if (!opened) co_return opened;
  }
  co_return co_await handshake();
}

// Has the proxy connect to the server.
net::awaitable<Result<void>> ClientConnection::tunnel() {
  const std::string request = tunnel_request(to_.authority(), proxy_->authorization);
  const net::const_buffer bytes = net::buffer(request);
  auto [failure, written] = co_await net::async_write(socket_, bytes, as_values);
  std::string answer;
  while (!failure && answer.size() < tunnel_answer_max && !answer.ends_with("\r\n\r\n")) {
    char byte = 0;  // what follows the head is the server's
    const net::mutable_buffer space = net::buffer(&byte, 1);
    auto [ended, count] = co_await socket_.async_read_some(space, as_values);
    failure = ended;
    if (count == 1) answer += byte;
  }
  const std::string no = failure ? fmt::format("does not connect to {}: {}", to_.authority(), reason(failure))
                                 : tunnel_refusal(answer, to_.authority());
  if (!no.empty()) co_return Error{ErrorCode::unavailable, fmt::format("{} {}", proxy_->name(), no)};
  co_return Result<void>();
}

// An address that does not answer hides none of the others.
net::awaitable<error_code> ClientConnection::connect_to(Endpoint endpoint, Duration limit) {
  error_code ignored;
  socket_.close(ignored);
  const auto is_pending = std::make_shared<bool>(true);
  net::steady_timer timer(socket_.get_executor());
  if (limit > Duration{0}) {
    timer.expires_after(limit);
    timer.async_wait([this, is_pending](const error_code& cancelled) {
      error_code ended;
      if (!cancelled && *is_pending) socket_.close(ended);
    });
  }
  auto [refused] = co_await socket_.async_connect(endpoint, as_values);
  const bool is_late = refused == net::error::operation_aborted && !closed_;
  *is_pending = false;
  co_return is_late ? error_code(net::error::timed_out) : refused;
}

net::awaitable<Result<void>> ClientConnection::handshake() {
  secured_.emplace(socket_, *tls_);
  SSL* const ssl = secured_->native_handle();
  expect_server(ssl, to_.host);
  auto [refused] = co_await secured_->async_handshake(net::ssl::stream_base::client, as_values);
  if (!refused && !closed_) co_return Result<void>();
  TlsFailure failure{TlsFault::other, reason(refused)};
  const bool is_of_tls = !closed_ && refused.category() == net::error::get_ssl_category();
  if (is_of_tls) failure = tls_failure(ssl, static_cast<unsigned long>(refused.value()), to_.host);
  co_return tls_error(fmt::format("no TLS with {}: {}", to_.text(), failure.text), failure.fault);
}

net::awaitable<ClientConnection::Transferred> ClientConnection::read_some(net::mutable_buffer into) {
  if (secured_) {
    auto [failure, bytes] = co_await secured_->async_read_some(into, as_values);
    // HTTP has lengths that tell whether a response is complete; many servers close without a close_notify.
    if (failure == net::ssl::error::stream_truncated) failure = net::error::eof;
    co_return Transferred{failure, bytes};
  }
  auto [failure, bytes] = co_await socket_.async_read_some(into, as_values);
  co_return Transferred{failure, bytes};
}

net::awaitable<ClientConnection::Transferred> ClientConnection::write(net::const_buffer from) {
  if (secured_) {
    auto [failure, bytes] = co_await net::async_write(*secured_, from, as_values);
    co_return Transferred{failure, bytes};
  }
  auto [failure, bytes] = co_await net::async_write(socket_, from, as_values);
  co_return Transferred{failure, bytes};
}

bool ClientConnection::is_reusable() {
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
