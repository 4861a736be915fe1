#include "server/api/metrics/consumer_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace sagactl::api {

ConsumerMetrics::ConsumerMetrics(http::Metrics& metrics)
    : lag_(prometheus::BuildGauge()
               .Name("sagactl_consumer_lag")
               .Help("Messages that this member of the group has still to deal with")
               .Register(metrics.registry())),
      messages_(prometheus::BuildCounter()
                    .Name("sagactl_consumer_messages_total")
                    .Help("Messages dealt with, by what became of them")
                    .Register(metrics.registry())) {}

void ConsumerMetrics::set(const ConsumerProgress& progress) {
  const std::lock_guard lock(mutex_);
  for (const auto& [topic, lag] : progress.lag)
    lag_.Add({{"group", progress.group}, {"topic", topic}}).Set(static_cast<double>(lag));
  raise(progress.group, "effected", progress.effected);
  raise(progress.group, "repeated", progress.repeated);
  raise(progress.group, "dead_letter", progress.dead_letters);
}

void ConsumerMetrics::raise(const std::string& group, const char* result, std::uint64_t now) {
  prometheus::Counter& counter = messages_.Add({{"group", group}, {"result", result}});
  if (const double more = static_cast<double>(now) - counter.Value(); more > 0) counter.Increment(more);
}

}  // namespace sagactl::api
