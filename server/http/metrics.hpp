// The metrics of one node: a Prometheus registry, and what the listener measures.
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

// Rooms register their own families in registry(). Never an id in a label. Any thread.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  prometheus::Registry& registry() { return *registry_; }
  std::string text() const;  // Prometheus text format, what GET /metrics answers

 private:
  std::unique_ptr<prometheus::Registry> registry_;
};

// sagactl_http_request_duration_seconds{method,route,status}, sagactl_http_requests_in_flight,
// sagactl_http_connections, sagactl_http_refused_total{reason}. One per listener; used by its executor only.
class HttpMetrics {
 public:
  HttpMetrics(Metrics& metrics, const Router& router);

  // `route` is Route::index; `no_route` for requests that matched none.
  static constexpr std::size_t no_route = static_cast<std::size_t>(-1);
  void observe(std::size_t route, int status, double seconds);
  void in_flight(int change);
  void connections(int change);
  void refused(std::string_view reason);  // a constant

 private:
  struct Labels {
    std::string method, route;
  };
  using ByStatus = std::vector<std::pair<int, prometheus::Histogram*>>;

  std::vector<Labels> labels_;       // by route, the last for no route
  std::vector<ByStatus> durations_;  // made when a status is first seen
  prometheus::Family<prometheus::Histogram>& duration_family_;
  prometheus::Family<prometheus::Counter>& refused_family_;
  prometheus::Gauge* in_flight_;
  prometheus::Gauge* connections_;
};

}  // namespace sagactl::http
