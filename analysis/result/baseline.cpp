#include "analysis/result/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

constexpr double latency_slack_ms = 0.5;
constexpr double error_slack = 0.001;

struct BaselineLatency {
  const char* object;
  const char* member;
  Threshold::Metric metric;
  double percentile;
};

constexpr BaselineLatency baseline_latencies[] = {
    {"latency", "p50", Threshold::Metric::latency, 50},
    {"latency", "p90", Threshold::Metric::latency, 90},
    {"latency", "p99", Threshold::Metric::latency, 99},
    {"sagaLatency", "p50", Threshold::Metric::saga_latency, 50},
    {"sagaLatency", "p99", Threshold::Metric::saga_latency, 99},
};

bool has_samples_for(const JsonView& latency, const char* member) {
  const auto& few = latency["tooFewSamplesFor"].list();
  return std::none_of(few.begin(), few.end(), [&](const Json& name) { return JsonView(name).text() == member; });
}

std::optional<double> share_of_errors(const JsonView& requests) {
  const double all = requests["sent"].number().value_or(0) + requests["unreached"].number().value_or(0);
  double good = 0;
  for (const char* member : {"succeeded", "repeated", "duplicates", "refusedAsAsked"})
    good += requests[member].number().value_or(0);
  if (all <= 0) return std::nullopt;
  return std::max(0.0, all - good) / all;
}

}  // namespace

Result<std::vector<Threshold>> baseline_limits(const Json& baseline, std::string_view scenario, double tolerance) {
  const JsonView result(baseline);
  if (result["kind"].text() != "loadtest")
    return Error{ErrorCode::invalid, "the baseline is not the result of a load test; create one with loadtest --save"};
  if (result["scenario"].text() != scenario)
    return Error{ErrorCode::invalid, fmt::format("the baseline is for scenario '{}', this run for '{}'",
                                                 result["scenario"].text(), scenario)};
  const std::string margin = fmt::format("{:g} %", tolerance * 100);
  std::vector<Threshold> limits;
  for (const BaselineLatency& it : baseline_latencies) {
    const JsonView latency = result[it.object];
    const auto ms = latency[it.member].number();
    if (!ms || !has_samples_for(latency, it.member)) continue;
    const double limit = std::max(*ms * (1 + tolerance), *ms + latency_slack_ms);
    limits.push_back({.text = fmt::format("{}{}<{:.2f}ms (baseline {:.2f} ms + {})",
                                          it.metric == Threshold::Metric::saga_latency ? "saga-" : "", it.member, limit,
                                          *ms, margin),
                      .metric = it.metric,
                      .percentile = it.percentile,
                      .below = true,
                      .limit = limit * 1000});
  }
  // Where it is not known how many acceptances were repeated, the throughput counts them as orders.
  const bool counts_orders = result["requests"]["repeated"].number().has_value();
  if (const auto rate = result["throughput"]["acceptedPerSecond"].number(); counts_orders && rate && *rate > 0) {
    const double limit = *rate / (1 + tolerance);
    limits.push_back(
        {.text = fmt::format("throughput>{:.1f}/s (baseline {:.1f}/s / {:g})", limit, *rate, 1 + tolerance),
         .metric = Threshold::Metric::throughput,
         .below = false,
         .limit = limit});
  }
  if (const auto errors = share_of_errors(result["requests"])) {
    const double limit = *errors * (1 + tolerance) + error_slack;
    limits.push_back(
        {.text = fmt::format("errors<{:.3g}% (baseline {:.3g} % + {})", limit * 100, *errors * 100, margin),
         .metric = Threshold::Metric::errors,
         .below = true,
         .limit = limit});
  }
  return limits;
}

}  // namespace sagactl
