// Metrics in the OpenMetrics 1.0 format, for clients that prefer it to the Prometheus text format.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace sagactl::http {

std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families);

// Whether an Accept header prefers OpenMetrics to the Prometheus text format: it names it, with at least the same
// weight.
bool wants_open_metrics(std::string_view accept);

}  // namespace sagactl::http
