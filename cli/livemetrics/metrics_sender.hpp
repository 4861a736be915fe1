// Sends the figures of a running load test to monitoring systems: `loadtest --metrics-to`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cli/livemetrics/live_metrics.hpp"

namespace sagactl {

// Where to, by the scheme of an address:
//   influxdb+http://HOST:8086/write?db=NAME, influxdb+https://HOST/api/v2/write?org=ORG&bucket=NAME
//   otlp+http://HOST:4318, otlp+https://...   OTLP over HTTP as JSON, to /v1/metrics below the address
//   statsd://HOST:8125                        over UDP
class MetricsTarget {
 public:
  virtual ~MetricsTarget() = default;
  virtual Result<void> send(const LiveMetrics& metrics) = 0;

  // `token`: sent as Authorization to InfluxDB ("Token ...") and OTLP ("Bearer ..."); "" for none. `invalid` says what
  // is wrong with the address.
  static Result<std::unique_ptr<MetricsTarget>> open(const std::string& address, const std::string& token);
};

// Sends once a second, from a thread of its own, and a last time at the end. What cannot be sent is lost, and counted:
// a monitoring system that is unavailable never disturbs the load.
class MetricsSender {
 public:
  // `now` may be called on the sender's thread.
  MetricsSender(std::vector<std::unique_ptr<MetricsTarget>> targets, std::vector<std::string> names,
                std::function<LiveMetrics()> now);
  ~MetricsSender();

  // Ends it. A line for each target that did not take everything.
  std::vector<std::string> stop();

 private:
  struct Target {
    std::unique_ptr<MetricsTarget> target;
    std::string name;
    std::uint64_t sends = 0, failed = 0;
    std::string first_failure = {};
  };
  void send();

  std::vector<Target> targets_;
  const std::function<LiveMetrics()> now_;
  std::jthread thread_;
};

}  // namespace sagactl
