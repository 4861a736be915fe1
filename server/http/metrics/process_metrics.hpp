// Metrics of this process, named as in every Prometheus client library: process_cpu_seconds_total,
// process_resident_memory_bytes, process_open_fds ... Nodes in one process have the same values.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace sagactl::http {

// Omits what cannot be read.
std::vector<prometheus::MetricFamily> process_families();

}  // namespace sagactl::http
