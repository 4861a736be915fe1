#include "analysis/result/baseline.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/result/json_view.hpp"
#include "loadgen/run.hpp"

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

// As in measured_by().
std::optional<double> share_of_errors(const RequestCounts& requests, std::uint64_t skipped) {
  const std::uint64_t all = requests.sent + requests.unreached + skipped;
  if (all == 0) return std::nullopt;
  return static_cast<double>(all - std::min(all, requests.good())) / static_cast<double>(all);
}

// Without it, acceptances count as orders of the throughput although some may be repeated.
bool counts_orders(const JsonView& result) {
  return result["requests"]["repeated"].number().has_value() || result["scenario"].text() == "individual";
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
  if (const auto rate = result["throughput"]["acceptedPerSecond"].number();
      counts_orders(result) && rate && *rate > 0) {
    const double limit = *rate / (1 + tolerance);
    limits.push_back(
        {.text = fmt::format("throughput>{:.1f}/s (baseline {:.1f}/s / {:g})", limit, *rate, 1 + tolerance),
         .metric = Threshold::Metric::throughput,
         .below = false,
         .limit = limit});
  }
  if (const auto errors =
          share_of_errors(request_counts(result["requests"].json()), result["generator"]["skipped"].count())) {
    const double limit = *errors * (1 + tolerance) + error_slack;
    limits.push_back(
        {.text = fmt::format("errors<{:.3g}% (baseline {:.3g} % + {})", limit * 100, *errors * 100, margin),
         .metric = Threshold::Metric::errors,
         .below = true,
         .limit = limit});
  }
  return limits;
}

std::vector<std::string> not_limited(const Json& baseline) {
  const JsonView result(baseline);
  std::vector<std::string> reasons;
  for (const BaselineLatency& it : baseline_latencies) {
    const JsonView latency = result[it.object];
    if (latency[it.member].number() && !has_samples_for(latency, it.member))
      reasons.push_back(fmt::format("{}{}, as the baseline has too few samples for it",
                                    it.metric == Threshold::Metric::saga_latency ? "saga-" : "", it.member));
  }
  if (!counts_orders(result))
    reasons.emplace_back("the throughput, as the baseline does not say how many answers were repeated: save a new one");
  return reasons;
}

}  // namespace sagactl
