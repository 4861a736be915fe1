// The metrics of what a process reads from other processes. Names: docs/metrics.md.
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

  // Before the metrics are written out.
  void set(const ConsumerProgress& progress);

 private:
  void raise(const std::string& group, const char* result, std::uint64_t now);

  prometheus::Family<prometheus::Gauge>& lag_;
  prometheus::Family<prometheus::Counter>& messages_;
  std::mutex mutex_;
};

}  // namespace sagactl::api
