// Accepts the connections of one server and holds what they share: options, routes, limits, and whether it is stopping.
// Everything runs on the one thread of the io_context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "server/http/connection/rate_limit.hpp"
#include "server/http/connection/refused_connection.hpp"
#include "server/http/metrics/metrics.hpp"
#include "server/http/router.hpp"
#include "server/http/server.hpp"

namespace sagactl::http {

class HttpConnection;

class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(boost::asio::io_context& context, ServerOptions options, std::shared_ptr<const Router> router,
           std::shared_ptr<Metrics> metrics);
  ~Listener();

  Result<void> open();
  void start();
  void stop(std::chrono::milliseconds grace, std::function<void()> stopped);

  std::uint16_t port() const { return port_; }
  boost::asio::io_context& context() { return context_; }
  const ServerOptions& options() const { return options_; }
  const Router& router() const { return *router_; }
  HttpMetrics& metrics() { return http_metrics_; }
  RateLimit& rate_limit() { return rate_limit_; }
  bool stopping() const { return stopping_; }

  // Logs once that a proxy which is not declared as trusted forwards requests: its clients are counted as one.
  void note_proxy(const Request& request, const boost::asio::ip::address& peer);

  // Connections register and unregister themselves.
  void add(HttpConnection* connection);
  void remove(HttpConnection* connection);

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> watch();
  void admit(boost::asio::ip::tcp::socket socket);
  void accept_pending();
  bool refuse_next();
  void finish_stop();

  boost::asio::io_context& context_;
  const ServerOptions options_;
  const std::shared_ptr<const Router> router_;
  const std::shared_ptr<Metrics> metrics_;
  HttpMetrics http_metrics_;
  RateLimit rate_limit_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer watch_timer_;
  boost::asio::steady_timer pause_timer_;
  std::uint16_t port_ = 0;
  std::vector<HttpConnection*> connections_;
  ReservedDescriptor reserved_descriptor_;
  std::chrono::steady_clock::time_point log_descriptors_after_{};
  bool stopping_ = false;
  bool logged_proxy_ = false;
  std::chrono::steady_clock::time_point stop_deadline_{};
  std::function<void()> stopped_;
};

}  // namespace sagactl::http
