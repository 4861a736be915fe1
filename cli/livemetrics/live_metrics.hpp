// The figures of a running load test in the forms that monitoring systems read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/json.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

using LoadTags = std::vector<std::pair<std::string, std::string>>;

// One moment of a run. The counts are totals since its start, warm-up included, so that a reader that misses some
// moments loses nothing.
struct LiveMetrics {
  std::string scenario;
  std::string instance;  // a name that no other load test has, for systems that tell senders apart by it
  LoadTags tags;         // of --tag
  Timestamp started_at, at;
  LoadProgress load;
};

// Prometheus text format 0.0.4.
std::string prometheus_text(const LiveMetrics& metrics);

// InfluxDB line protocol: one line of the measurement `sagactl_loadtest`, in nanoseconds.
std::string influx_line(const LiveMetrics& metrics);

// StatsD: counters as differences from `before`, others as gauges, one per line. With tags, in DogStatsD's form.
std::string statsd_lines(const LiveMetrics& metrics, const LiveMetrics& before);

// OTLP 1.x, ExportMetricsServiceRequest as JSON: cumulative sums and a histogram.
Json otlp_json(const LiveMetrics& metrics);

}  // namespace sagactl
