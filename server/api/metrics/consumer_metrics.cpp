#include "server/api/metrics/consumer_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace sagactl::api {

ConsumerMetrics::ConsumerMetrics(http::Metrics& metrics)
    : lag_(prometheus::BuildGauge()
               .Name("sagactl_consumer_lag")
               .Help("Messages that this member of the group has not processed yet")
               .Register(metrics.registry())),
      messages_(prometheus::BuildCounter()
                    .Name("sagactl_consumer_messages_total")
                    .Help("Messages processed, by result")
                    .Register(metrics.registry())) {}

void ConsumerMetrics::set(const ConsumerProgress& progress) {
  const std::lock_guard lock(mutex_);
  for (const auto& [topic, lag] : progress.lag)
    lag_.Add({{"group", progress.group}, {"topic", topic}}).Set(static_cast<double>(lag));
  raise_to(progress.group, "effected", progress.effected);
  raise_to(progress.group, "repeated", progress.repeated);
  raise_to(progress.group, "dead_letter", progress.dead_letters);
}

void ConsumerMetrics::raise_to(const std::string& group, const char* result, std::uint64_t now) {
  prometheus::Counter& counter = messages_.Add({{"group", group}, {"result", result}});
  if (const double more = static_cast<double>(now) - counter.Value(); more > 0) counter.Increment(more);
}

}  // namespace sagactl::api
