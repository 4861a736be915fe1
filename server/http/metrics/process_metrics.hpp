// What the system says of this process, under the names that every Prometheus client library has:
// process_cpu_seconds_total, process_resident_memory_bytes, process_open_fds and so on. Nodes that share a process have
// the same.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace sagactl::http {

// What cannot be read is left out.
std::vector<prometheus::MetricFamily> process_families();

}  // namespace sagactl::http
