// Metrics as OpenMetrics 1.0 has them, for whoever asks for that rather than for Prometheus' older text.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace sagactl::http {

std::string open_metrics_text(const std::vector<prometheus::MetricFamily>& families);

// Whether an Accept header wants OpenMetrics before the older text: it names it, with no lower a weight.
bool wants_open_metrics(std::string_view accept);

}  // namespace sagactl::http
