#include "cli/loadtest/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "analysis/result/result.hpp"
#include "cli/output/display_text.hpp"
#include "cli/output/table.hpp"

namespace sagactl {
namespace {

constexpr double first_rate = 100;
constexpr double rate_max = 1'000'000;
constexpr Duration step_duration = 5s;
// The ratio of planned requests that must have been sent.
constexpr double sent_ratio_min = 0.98;

std::string_view word_of(CapacityOutcome outcome) {
  switch (outcome) {
    case CapacityOutcome::kept:
      return "kept";
    case CapacityOutcome::missed:
      return "missed";
    case CapacityOutcome::no_evidence:
      return "no evidence";
  }
  crash("unknown outcome of a capacity step");
}

std::string_view word_of(CapacityLimit limit) {
  switch (limit) {
    case CapacityLimit::server:
      return "server";
    case CapacityLimit::generator:
      return "generator";
    case CapacityLimit::none:
      return "none";
  }
  crash("unknown limit of a capacity search");
}

Json step_json(const CapacityStep& step) {
  return Json{{"rate", step.rate},
              {"sentPerSecond", step.sent_per_second},
              {"p50", static_cast<double>(step.p50.count()) / 1000},
              {"p99", static_cast<double>(step.p99.count()) / 1000},
              {"errors", step.errors},
              {"outcome", word_of(step.outcome)},
              {"reason", step.reason}};
}

std::string conclusion(const CapacityResult& found) {
  if (found.knee == 0) return "no rate met the thresholds";
  const std::string knee = fmt::format("the knee is at {:g}/s", found.knee);
  switch (found.limit) {
    case CapacityLimit::server:
      return knee + ": the next higher rate missed a threshold";
    case CapacityLimit::generator:
      return fmt::format("at least {:g}/s: above it this machine's load generator did not keep up", found.knee);
    case CapacityLimit::none:
      return fmt::format("at least {:g}/s: the search ended there", found.knee);
  }
  crash("unknown limit of a capacity search");
}

Result<void> check_capacity(const LoadOptions& options, std::span<const Threshold> thresholds) {
  const auto wrong = [](const char* what) { return Error{ErrorCode::invalid, what}; };
  if (thresholds.empty()) return wrong("--capacity needs a --threshold to meet, such as p99<50ms");
  for (const Threshold& threshold : thresholds) {
    if (threshold.metric == Threshold::Metric::saga_latency || threshold.metric == Threshold::Metric::failed_sagas)
      return wrong("--capacity uses only what the client sees: remove thresholds of sagas");
    if (threshold.metric == Threshold::Metric::throughput)
      return wrong("--capacity finds the throughput itself: remove thresholds of it");
  }
  if (!options.stages.empty() || options.concurrency || options.orders)
    return wrong("--capacity chooses the rates: remove --stages, --concurrency and --orders");
  if (options.arrival == ArrivalKind::ramp || options.arrival == ArrivalKind::steps)
    return wrong("--capacity needs constant rates: use --arrival constant or poisson");
  if (!options.run.empty()) return wrong("--capacity makes several runs: remove --run");
  if (options.scenario == ScenarioKind::all)
    return wrong("--capacity needs one of duplicate, individual and mixed, not all three");
  return {};
}

}  // namespace

CapacityStep judge_step(double rate, const RunResult& load, std::span<const Threshold> thresholds) {
  const Measured measured = measured_by(load, nullptr);
  CapacityStep step;
  step.rate = rate;
  const double seconds = static_cast<double>(load.rated.count()) / 1e6;
  step.sent_per_second = seconds > 0 ? static_cast<double>(load.requests.sent) / seconds : 0;
  step.p50 = load.response.percentile(50);
  step.p99 = load.response.percentile(99);
  step.errors = measured.errors.value_or(0);
  // Only the generator's own lateness counts. Waiting for a connection is caused by the server.
  const bool is_generator_late = is_too_late(measured);
  const auto end_as = [&](CapacityOutcome outcome, std::string reason) {
    step.outcome = is_generator_late && outcome == CapacityOutcome::missed ? CapacityOutcome::no_evidence : outcome;
    step.reason = std::move(reason);
    if (is_generator_late)
      step.reason += fmt::format("; the generator was {} late at p99",
                                 format_duration(load.generator.own_lateness.percentile(99)));
    return step;
  };
  std::string undecided;
  for (const Threshold& threshold : thresholds) {
    const ThresholdResult result = evaluate(threshold, measured);
    const std::string reason = threshold.text + ": " + result.reason;
    if (result.ruling == Ruling::fail) return end_as(CapacityOutcome::missed, reason);
    if (result.ruling == Ruling::unknown) undecided = reason;
  }
  std::uint64_t planned = 0;
  for (const LoadSecond& second : load.seconds) planned += second.planned;
  if (load.generator.skipped > 0 ||
      static_cast<double>(load.requests.sent) < static_cast<double>(planned) * sent_ratio_min)
    return end_as(CapacityOutcome::missed,
                  fmt::format("only {} of {} requests could be sent", load.requests.sent, planned));
  if (!undecided.empty()) return end_as(CapacityOutcome::no_evidence, undecided);
  step.outcome = CapacityOutcome::kept;
  return step;
}

Result<CapacityResult> search_capacity(const Invocation& invocation, const LoadOptions& options,
                                       std::span<const Threshold> thresholds, const std::stop_token& stop,
                                       const std::function<Result<RunResult>(const LoadOptions&)>& run,
                                       const std::function<void(RunResult&)>& judge) {
  if (auto checked = check_capacity(options, thresholds); !checked) return checked.error();
  CapacityResult found;
  CapacitySearch search(options.rate.value_or(first_rate), rate_max);
  while (const auto rate = search.next()) {
    LoadOptions step_options = options;
    step_options.rate = *rate;
    step_options.duration = options.duration.value_or(step_duration);
    auto load = run(step_options);
    if (!load) return load.error();
    found.interrupted = load->interrupted || stop.stop_requested();
    if (found.interrupted && !found.steps.empty()) break;  // an incomplete step has no outcome
    CapacityStep step = judge_step(*rate, *load, thresholds);
    if (!found.interrupted) search.record(step.outcome);
    invocation.info(fmt::format("{:>9g}/s  {:<11}  p50 {}, p99 {}{}", step.rate, word_of(step.outcome),
                                format_duration(step.p50), format_duration(step.p99),
                                step.reason.empty() ? "" : "  (" + step.reason + ")"));
    const bool is_best = step.outcome == CapacityOutcome::kept;
    found.steps.push_back(std::move(step));
    if (is_best || search.knee() == 0) {
      judge(*load);
      found.best = std::move(*load);
    }
    if (found.interrupted) break;
  }
  found.knee = search.knee();
  found.limit = search.limit();
  return found;
}

std::string capacity_text(const CapacityResult& found, int width) {
  Table table({{"RATE", Fit::number, needed},
               {"SENT", Fit::number},
               {"P50", Fit::number},
               {"P99", Fit::number},
               {"ERRORS", Fit::number},
               {"OUTCOME", Fit::whole, needed},
               {"REASON", Fit::folded}});
  for (const CapacityStep& step : found.steps)
    table.row({fmt::format("{:g}/s", step.rate), fmt::format("{:.0f}/s", step.sent_per_second),
               format_duration(step.p50), format_duration(step.p99), fmt::format("{:.2f} %", step.errors * 100),
               std::string(word_of(step.outcome)), step.reason});
  std::ostringstream out;
  table.print(out, width);
  return folded("Capacity: " + conclusion(found), width) + "\n" + out.str() + "\n";
}

Json capacity_json(const CapacityResult& found) {
  Json steps = Json::array();
  for (const CapacityStep& step : found.steps) steps.push_back(step_json(step));
  return Json{{"knee", found.knee}, {"limitedBy", word_of(found.limit)}, {"text", conclusion(found)}, {"steps", steps}};
}

}  // namespace sagactl
