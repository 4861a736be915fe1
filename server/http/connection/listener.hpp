// What the connections of one server share: the options, the routes, who is connected, and whether it stops.
// Everything here runs on the one thread of the io_context.
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

#include "server/http/metrics/metrics.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/router.hpp"
#include "server/http/server.hpp"
#include "server/http/connection/turned_away.hpp"

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

  // Says once in the log that a proxy hands requests on that was not declared: its clients are counted as one.
  void note_proxy(const Request& request, const boost::asio::ip::address& peer);

  // Connections put themselves on record, by pointer, and take themselves off when they end.
  void add(HttpConnection* connection);
  void remove(HttpConnection* connection);

 private:
  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> watch();
  void admit(boost::asio::ip::tcp::socket socket);
  void take_in();
  bool turn_one_away();
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
  SpareDescriptor spare_;
  std::chrono::steady_clock::time_point told_of_descriptors_{};
  bool stopping_ = false;
  bool told_of_proxy_ = false;
  std::chrono::steady_clock::time_point stop_deadline_{};
  std::function<void()> stopped_;
};

}  // namespace sagactl::http
