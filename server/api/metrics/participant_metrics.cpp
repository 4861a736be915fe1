#include "server/api/metrics/participant_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <map>
#include <utility>

namespace sagactl::api {
namespace {

prometheus::Family<prometheus::Counter>& counters(http::Metrics& metrics, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(metrics.registry());
}

prometheus::Family<prometheus::Gauge>& gauges(http::Metrics& metrics, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(metrics.registry());
}

void raise_to(prometheus::Counter& counter, double now) {
  if (const double more = now - counter.Value(); more > 0) counter.Increment(more);
}

}  // namespace

ParticipantMetrics::ParticipantMetrics(http::Metrics& metrics)
    : calls_(counters(metrics, "sagactl_participant_calls_total", "Calls of this node to participants")),
      failures_(counters(metrics, "sagactl_participant_failures_total",
                         "Calls of this node to participants that got no answer, or a status of 5xx")),
      seconds_(counters(metrics, "sagactl_participant_call_seconds_total",
                        "Time that the calls of this node to participants took together")),
      running_(gauges(metrics, "sagactl_participant_calls_running", "Calls of this node in progress")),
      waiting_(gauges(metrics, "sagactl_participant_calls_waiting",
                      "Calls of this node that wait for others to the same participant")),
      open_(gauges(metrics, "sagactl_participant_breaker_open",
                   "1 while the participant fails and this node leaves it alone")) {}

void ParticipantMetrics::set(const std::vector<ParticipantStats>& stats) {
  const std::lock_guard lock(mutex_);
  std::map<std::pair<std::string, std::string>, ParticipantStats> sums;
  for (const ParticipantStats& each : stats) {
    const bool is_named = names_.add(each.definition + ' ' + each.participant);
    ParticipantStats& sum = sums[is_named ? std::pair(each.definition, each.participant)
                                          : std::pair(std::string(other_name), std::string(other_name))];
    sum.calls += each.calls;
    sum.failures += each.failures;
    sum.took_total += each.took_total;
    sum.running += each.running;
    sum.waiting += each.waiting;
    sum.is_open |= each.is_open;
  }
  for (const auto& [names, sum] : sums) {
    const prometheus::Labels labels{{"type", names.first}, {"participant", names.second}};
    raise_to(calls_.Add(labels), static_cast<double>(sum.calls));
    raise_to(failures_.Add(labels), static_cast<double>(sum.failures));
    raise_to(seconds_.Add(labels), static_cast<double>(sum.took_total.count()) / 1e6);
    running_.Add(labels).Set(static_cast<double>(sum.running));
    waiting_.Add(labels).Set(static_cast<double>(sum.waiting));
    open_.Add(labels).Set(sum.is_open ? 1 : 0);
  }
}

}  // namespace sagactl::api
