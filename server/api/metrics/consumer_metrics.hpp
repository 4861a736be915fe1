// Metrics of the consumers of messages from other processes. Names: docs/metrics.md.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>

#include "server/http/metrics/metrics.hpp"
#include "server/ports/consumer_progress.hpp"

namespace sagactl::api {

class ConsumerMetrics {
 public:
  explicit ConsumerMetrics(http::Metrics& metrics);

  // Called before the metrics are rendered.
  void set(const ConsumerProgress& progress);

 private:
  void raise_to(const std::string& group, const char* result, std::uint64_t now);

  prometheus::Family<prometheus::Gauge>& lag_;
  prometheus::Family<prometheus::Counter>& messages_;
  std::mutex mutex_;
};

}  // namespace sagactl::api
