#include "server/http/metrics/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

#include "server/http/message/response.hpp"
#include "server/http/metrics/open_metrics.hpp"
#include "server/http/metrics/process_metrics.hpp"
#include "server/http/router.hpp"

namespace sagactl::http {
namespace {

const prometheus::Histogram::BucketBoundaries& seconds_buckets() {
  static const prometheus::Histogram::BucketBoundaries bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                                 0.1,    0.25,  0.5,    1,     2.5,  5,     10};
  return bounds;
}

// The statuses of requests that cannot be read.
constexpr std::array unread_statuses = {400, 408, 413, 431, 501};

}  // namespace

Metrics::Metrics() : registry_(std::make_unique<prometheus::Registry>()) {}
Metrics::~Metrics() = default;

std::string Metrics::text(ExpositionFormat format) const {
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  for (prometheus::MetricFamily& family : process_families()) families.push_back(std::move(family));
  const bool is_text = format == ExpositionFormat::text;
  return is_text ? prometheus::TextSerializer().Serialize(families) : open_metrics_text(families);
}

void Metrics::add_build_info(const std::string& version, const std::string& revision) {
  prometheus::BuildGauge()
      .Name("sagactl_build_info")
      .Help("Version and revision of the build; the value is always 1")
      .Register(*registry_)
      .Add({{"version", version}, {"revision", revision}})
      .Set(1);
}

Response metrics_response(const Metrics& metrics, const Request& request) {
  const bool open = wants_open_metrics(request.header("accept"));
  const auto format = open ? Metrics::ExpositionFormat::open_metrics : Metrics::ExpositionFormat::text;
  Response response = text_response(200, metrics.text(format), open ? media::open_metrics : media::metrics);
  response.headers.push_back({"Vary", "Accept"});
  return response;
}

HttpMetrics::HttpMetrics(Metrics& metrics, const Router& router)
    : duration_family_(prometheus::BuildHistogram()
                           .Name("sagactl_http_request_duration_seconds")
                           .Help("Time from the last byte of a request to the first byte of its answer")
                           .Register(metrics.registry())),
      refused_family_(prometheus::BuildCounter()
                          .Name("sagactl_http_refused_total")
                          .Help("Requests and connections refused by a limit or not readable")
                          .Register(metrics.registry())),
      in_flight_(&prometheus::BuildGauge()
                      .Name("sagactl_http_requests_in_flight")
                      .Help("Requests whose handlers are running")
                      .Register(metrics.registry())
                      .Add({})),
      connections_(&prometheus::BuildGauge()
                        .Name("sagactl_http_connections")
                        .Help("Open client connections")
                        .Register(metrics.registry())
                        .Add({})) {
  for (const Route& route : router.routes()) labels_.push_back({std::string(to_string(route.method)), route.pattern});
  labels_.push_back({"other", "none"});
  durations_.resize(labels_.size());
  // Counters start at 0: rate() does not see the first event of a series that starts with it.
  auto& responses = prometheus::BuildCounter()
                        .Name("sagactl_http_responses_total")
                        .Help("Answers by class of status")
                        .Register(metrics.registry());
  for (std::size_t i = 0; i < responses_.size(); ++i)
    responses_[i] = &responses.Add({{"class", std::to_string(i + 2) + "xx"}});
  for (const char* reason : {"rate", "connections"}) refused_family_.Add({{"reason", reason}});
  for (const int status : unread_statuses) refused_family_.Add({{"reason", std::string(reason_phrase(status))}});
}

void HttpMetrics::observe(std::size_t route, int status, double seconds) {
  responses_[static_cast<std::size_t>(std::clamp(status / 100, 2, 5) - 2)]->Increment();
  const std::size_t row = route < labels_.size() ? route : labels_.size() - 1;
  for (const auto& [known, histogram] : durations_[row]) {
    if (known == status) {
      histogram->Observe(seconds);
      return;
    }
  }
  prometheus::Histogram& created = duration_family_.Add(
      {{"method", labels_[row].method}, {"route", labels_[row].route}, {"status", std::to_string(status)}},
      seconds_buckets());
  durations_[row].emplace_back(status, &created);
  created.Observe(seconds);
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
