#include "server/http/connection/listener.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "common/log.hpp"
#include "server/http/await.hpp"
#include "server/http/connection/http_connection.hpp"

namespace sagactl::http {
namespace asio = boost::asio;
using asio::ip::tcp;
namespace {

constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::seconds descriptor_log_interval{30};

// How often deadlines are checked: a quarter of the shortest timeout, the most by which one is late.
std::chrono::milliseconds watch_interval(const Limits& limits) {
  const auto shortest = std::min({limits.read_timeout, limits.idle_timeout, limits.write_timeout});
  return std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(5),
                                               std::chrono::milliseconds(250));
}

std::string where(const ServerOptions& options) {
  return "port " + std::to_string(options.port) + " on " + options.host;
}

Error bind_error(const ServerOptions& options, const boost::system::error_code& error) {
  if (error == asio::error::address_in_use)
    return {ErrorCode::unavailable, where(options) + " is in use; choose another port"};
  if (error == asio::error::access_denied) {
    return {ErrorCode::forbidden,
            where(options) + " needs rights that this user does not have; choose a port from 1024 up"};
  }
  if (error == boost::system::errc::address_not_available)
    return {ErrorCode::invalid,
            options.host + " is not an address of this machine; choose one that `ip address` lists"};
  return {ErrorCode::unavailable, "cannot listen on " + where(options) + ": " + error.message()};
}

}  // namespace

Listener::Listener(asio::io_context& context, ServerOptions options, std::shared_ptr<const Router> router,
                   std::shared_ptr<Metrics> metrics)
    : context_(context),
      options_(std::move(options)),
      router_(std::move(router)),
      metrics_(std::move(metrics)),
      http_metrics_(*metrics_, *router_),
      rate_limit_(options_.limits.peer_requests_per_second),
      acceptor_(context),
      watch_timer_(context),
      pause_timer_(context) {}

Listener::~Listener() = default;

Result<void> Listener::open() {
  boost::system::error_code error;
  const std::string host = options_.host == "localhost" ? "127.0.0.1" : options_.host;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return Error{ErrorCode::invalid, "'" + options_.host +
                                         "' is not an address to listen on; give an IP address, such as "
                                         "127.0.0.1 (this machine only) or 0.0.0.0 (everyone)"};
  }
  const tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return bind_error(options_, error);
  port_ = acceptor_.local_endpoint().port();
  return {};
}

void Listener::start() {
  auto accepting = [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->accept(); };
  asio::co_spawn(context_, std::move(accepting), asio::detached);
  auto watching = [self = shared_from_this()]() -> asio::awaitable<void> { co_await self->watch(); };
  asio::co_spawn(context_, std::move(watching), asio::detached);
}

asio::awaitable<void> Listener::accept() {
  while (!stopping_) {
    tcp::socket socket(context_);
    const auto [error] = co_await acceptor_.async_accept(socket, use_result);
    if (stopping_) break;
    if (!error) {
      admit(std::move(socket));
      continue;
    }
    if (is_out_of_descriptors(error)) {
      if (refuse_next()) continue;
    } else {
      log_warn("cannot accept a connection", {{"port", port_}, {"why", error.message()}});
    }
    // Out of descriptors, or the client disconnected at once: neither may cause a busy loop.
    pause_timer_.expires_after(accept_pause);
    co_await pause_timer_.async_wait(use_result);
  }
}

void Listener::admit(tcp::socket socket) {
  const std::size_t most = options_.limits.connections_max;
  const std::size_t now = connections_.size();
  if (now >= most + options_.limits.refusals_max) {
    http_metrics_.refused("connections");
    if (!options_.tls) refuse_connection(socket.native_handle());
    return;
  }
  auto connection = std::make_shared<HttpConnection>(shared_from_this(), std::move(socket));
  if (now >= most) {
    connection->start_refusing();
  } else {
    connection->start();
  }
}

// Answers the next connection with 503, by way of the reserved descriptor.
bool Listener::refuse_next() {
  const auto now = HttpConnection::Clock::now();
  if (now >= log_descriptors_after_) {
    log_descriptors_after_ = now + descriptor_log_interval;
    log_warn(
        "out of file descriptors; new connections are answered 503",
        {{"port", port_}, {"connections", connections_.size()}, {"hint", "raise the limit of open files (nofile)"}});
  }
  const bool is_refused = reserved_descriptor_.refuse_next(acceptor_.native_handle());
  if (is_refused) http_metrics_.refused("descriptors");
  return is_refused;
}

// Checks the deadlines of all connections periodically, which is cheaper than a timer for each that is reset several
// times a request. Ends when the stop is complete.
asio::awaitable<void> Listener::watch() {
  const std::chrono::milliseconds interval = watch_interval(options_.limits);
  for (;;) {
    const auto now = HttpConnection::Clock::now();
    if (stopping_ && (connections_.empty() || now >= stop_deadline_)) break;
    for (HttpConnection* connection : connections_) connection->check_deadline(now);
    watch_timer_.expires_at(stopping_ ? std::min(now + interval, stop_deadline_) : now + interval);
    co_await watch_timer_.async_wait(use_result);
  }
  finish_stop();
}

void Listener::note_proxy(const Request& request, const asio::ip::address& peer) {
  if (logged_proxy_ || (request.header("x-forwarded-for").empty() && request.header("forwarded").empty())) return;
  if (options_.trusted_proxies.contains(peer)) return;
  logged_proxy_ = true;
  log_warn("a proxy that is not declared as trusted forwards requests; the login limits count all its clients as one",
           {{"port", port_}, {"peer", peer.to_string()}, {"hint", "--trusted-proxy " + peer.to_string()}});
}

void Listener::add(HttpConnection* connection) {
  connection->slot = connections_.size();
  connections_.push_back(connection);
  http_metrics_.connections(1);
}

void Listener::remove(HttpConnection* connection) {
  HttpConnection* last = connections_.back();
  connections_[connection->slot] = last;
  last->slot = connection->slot;
  connections_.pop_back();
  http_metrics_.connections(-1);
  if (stopping_ && connections_.empty()) watch_timer_.cancel();
}

void Listener::stop(std::chrono::milliseconds grace, std::function<void()> stopped) {
  if (stopping_) return;
  stopping_ = true;
  stop_deadline_ = HttpConnection::Clock::now() + grace;
  stopped_ = std::move(stopped);
  accept_pending();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_timer_.cancel();
  for (HttpConnection* connection : connections_) connection->begin_stop();
  watch_timer_.cancel();
}

// Connections in the kernel's accept queue would be reset with the acceptor.
void Listener::accept_pending() {
  boost::system::error_code error;
  acceptor_.non_blocking(true, error);
  while (!error) {
    tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    if (!error) admit(std::move(socket));
  }
}

void Listener::finish_stop() {
  if (!connections_.empty()) {
    log_warn("the stop closed connections with requests in flight",
             {{"port", port_}, {"connections", connections_.size()}});
  }
  for (HttpConnection* connection : connections_) connection->close_now();
  if (stopped_) std::exchange(stopped_, nullptr)();
}

}  // namespace sagactl::http
