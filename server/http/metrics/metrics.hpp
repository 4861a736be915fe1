// The metrics of one node: a Prometheus registry, and the measurements of the HTTP server.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sagactl::http {

class Router;
struct Request;
struct Response;

// Every module registers its families in registry(). No label may hold an id. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  prometheus::Registry& registry() { return *registry_; }
  enum class ExpositionFormat { text, open_metrics };
  // All families of the registry and of the process, as GET /metrics answers them.
  std::string text(ExpositionFormat format = ExpositionFormat::text) const;
  // Adds sagactl_build_info{version,revision}, which is always 1. Called once.
  void add_build_info(const std::string& version, const std::string& revision);

 private:
  std::unique_ptr<prometheus::Registry> registry_;
};

// The answer to GET /metrics, in the format that the request's Accept prefers.
Response metrics_response(const Metrics& metrics, const Request& request);

// sagactl_http_request_duration_seconds{method,route,status}, sagactl_http_responses_total{class},
// sagactl_http_requests_in_flight, sagactl_http_connections, sagactl_http_refused_total{reason}. One for each listener,
// used on its executor only.
class HttpMetrics {
 public:
  HttpMetrics(Metrics& metrics, const Router& router);

  // `route` is Route::index, or `no_route` when no route matched.
  static constexpr std::size_t no_route = static_cast<std::size_t>(-1);
  void observe(std::size_t route, int status, double seconds);
  void in_flight(int change);
  void connections(int change);
  void refused(std::string_view reason);  // one of a few constants

 private:
  struct Labels {
    std::string method, route;
  };
  using ByStatus = std::vector<std::pair<int, prometheus::Histogram*>>;

  std::vector<Labels> labels_;       // by route; the last for no route
  std::vector<ByStatus> durations_;  // created when a status is first seen
  prometheus::Family<prometheus::Histogram>& duration_family_;
  prometheus::Family<prometheus::Counter>& refused_family_;
  std::array<prometheus::Counter*, 4> responses_{};  // 2xx, 3xx, 4xx, 5xx
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* connections_;
};

}  // namespace sagactl::http
