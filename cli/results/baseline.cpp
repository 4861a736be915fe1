#include "cli/results/baseline.hpp"

#include <fmt/format.h>

#include <charconv>

#include "analysis/result/baseline.hpp"
#include "analysis/result/result.hpp"
#include "cli/flag.hpp"

namespace sagactl {
namespace {

constexpr double tolerance_max = 10;

}  // namespace

Result<double> parse_percent(const std::string& text) {
  double percent = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, percent);
  const bool complete = failure == std::errc() && std::string_view(stopped, end) == "%";
  if (!complete || !(percent >= 0) || percent / 100 > tolerance_max)
    return Error{ErrorCode::invalid,
                 fmt::format("'{}' is not a percentage from 0% to {:.0f}%, such as 20%", text, tolerance_max * 100)};
  return percent / 100;
}

void add_baseline_flags(CLI::App& app, Baseline& baseline) {
  add_text(app, "--baseline", baseline.file, "FILE.json", "Fail if the run is worse than this saved result");
  add_parsed(app, "--tolerance", baseline.tolerance, parse_percent, "PERCENT",
             "How much worse than the baseline the run may be [20%]");
}

Result<std::vector<Threshold>> baseline_thresholds(const Invocation& invocation, const Baseline& baseline,
                                                   std::string_view scenario) {
  if (baseline.file.empty()) return std::vector<Threshold>();
  const auto result = load_result(invocation.environment.resolve(baseline.file).string());
  if (!result) return result.error();
  auto limits = baseline_limits(*result, scenario, baseline.tolerance);
  if (limits)
    for (const std::string& reason : not_limited(*result))
      invocation.info("sagactl: --baseline does not limit " + reason);
  return limits;
}

}  // namespace sagactl
