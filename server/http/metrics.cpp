#include "server/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "server/http/router.hpp"

namespace sagactl::http {
namespace {

const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds = {
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return bounds;
}

}  // namespace

Metrics::Metrics() : registry_(std::make_unique<prometheus::Registry>()) {}
Metrics::~Metrics() = default;

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(registry_->Collect());
}

HttpMetrics::HttpMetrics(Metrics& metrics, const Router& router)
    : duration_family_(prometheus::BuildHistogram()
                           .Name("sagactl_http_request_duration_seconds")
                           .Help("Time from the last byte of a request to the first byte of its answer.")
                           .Register(metrics.registry())),
      refused_family_(prometheus::BuildCounter()
                          .Name("sagactl_http_refused_total")
                          .Help("Requests and connections that met a limit or could not be read.")
                          .Register(metrics.registry())),
      in_flight_(&prometheus::BuildGauge()
                      .Name("sagactl_http_requests_in_flight")
                      .Help("Requests whose handlers are running.")
                      .Register(metrics.registry())
                      .Add({})),
      connections_(&prometheus::BuildGauge()
                        .Name("sagactl_http_connections")
                        .Help("Open client connections.")
                        .Register(metrics.registry())
                        .Add({})) {
  for (const Route& route : router.routes())
    labels_.push_back({std::string(to_string(route.method)), route.pattern});
  labels_.push_back({"", "none"});
  durations_.resize(labels_.size());
}

void HttpMetrics::observe(std::size_t route, int status, double seconds) {
  const std::size_t row = route < labels_.size() ? route : labels_.size() - 1;
  for (const auto& [known, histogram] : durations_[row]) {
    if (known == status) {
      histogram->Observe(seconds);
      return;
    }
  }
  prometheus::Histogram& made = duration_family_.Add(
      {{"method", labels_[row].method}, {"route", labels_[row].route}, {"status", std::to_string(status)}},
      seconds_buckets());
  durations_[row].emplace_back(status, &made);
  made.Observe(seconds);
}

void HttpMetrics::in_flight(int change) {
  in_flight_->Increment(change);
}
void HttpMetrics::connections(int change) {
  connections_->Increment(change);
}

void HttpMetrics::refused(std::string_view reason) {
  refused_family_.Add({{"reason", std::string(reason)}}).Increment();
}

}  // namespace sagactl::http
