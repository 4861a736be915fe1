// The live metrics of one load test: kept while it runs, served and sent as its flags say.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "cli/livemetrics/metrics_listener.hpp"
#include "cli/livemetrics/metrics_sender.hpp"

namespace sagactl {

class RunMetrics {
 public:
  RunMetrics(const Invocation& invocation, LoadTags tags, std::string scenario);

  // `listen`: "PORT", "HOST:PORT" or "". `targets`: addresses of MetricsTarget. The token for them is in the
  // environment variable SAGACTL_METRICS_TOKEN. An error names the flag.
  Result<void> open(const std::string& listen, const std::vector<std::string>& targets);
  // Another run of the same load test, as --capacity has several: its counts are added to those so far.
  void begin_run();
  void update(const LoadProgress& progress);
  // Nothing is sent any more: the rates are zero.
  void end_run();
  // Sends the last figures, and says what could not be sent.
  void end();
  // As MetricsListener's: who reads the figures shall have the last ones.
  void wait_for_reader(const std::stop_token& stop);

 private:
  LiveMetrics now() const;

  const Invocation& invocation_;
  mutable std::mutex mutex_;
  EntryCounts earlier_;  // of earlier runs
  LiveMetrics metrics_;
  std::optional<MetricsListener> listener_;
  std::optional<MetricsSender> sender_;
};

}  // namespace sagactl
