#include "analysis/journey_verdict.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/readable.hpp"

namespace sagactl {
namespace {

constexpr std::string_view journey_verdict_name = "journeys-go-as-described";
constexpr std::size_t journey_rows_max = 1000;

bool is_fault(StepEnd end) {
  return end == StepEnd::unexpected || end == StepEnd::no_value || end == StepEnd::not_in_time;
}

Json row_of(const Ledger& ledger, const LedgerEntry& entry) {
  return {{"step", ledger.steps[entry.step].name}, {"journey", entry.journey()},
          {"operation", entry.operation},          {"user", entry.user + 1},
          {"status", entry.http_status},           {"end", to_string(entry.step_end)},
          {"sent", iso8601_us(entry.sent)},        {"done", iso8601_us(entry.done)}};
}

Json rows_of(const Ledger& ledger) {
  Json rows = Json::array();
  for (const LedgerEntries* entries : {&ledger.step_entries, &ledger.entries})
    for (const LedgerEntry& entry : *entries)
      if (is_fault(entry.step_end) && ledger.is_measured(entry) && rows.size() < journey_rows_max)
        rows.push_back(row_of(ledger, entry));
  return rows;
}

// "step 'pay': 3 answers that it does not expect; "
std::string faults_of(const StepFigures& step) {
  std::string text;
  const auto add = [&](std::uint64_t count, const char* what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count_of(count, "answer"), what);
  };
  add(step.unexpected, "that it does not expect");
  add(step.no_value, "without a value that it keeps");
  add(step.not_in_time, "at the end of its time without what it waits for");
  return text;
}

}  // namespace

std::optional<Verdict> journeys_go_as_described(const RunResult& load, double missing_max) {
  const JourneyFigures& journeys = load.journeys;
  if (journeys.steps.empty()) return std::nullopt;
  if (journeys.started == 0) return undecided(journey_verdict_name, "no journey was started");
  std::string reason, first;
  for (std::size_t i = 0; i < journeys.steps.size(); ++i) {
    const std::string faults = faults_of(journeys.steps[i]);
    if (faults.empty()) continue;
    reason += fmt::format("{}step '{}': {}", reason.empty() ? "" : "; ", journeys.steps[i].name, faults);
    if (first.empty() && i < load.unexpected_answers.size()) first = load.unexpected_answers[i];
  }
  Verdict verdict;
  verdict.name = journey_verdict_name;
  verdict.ruling = reason.empty() ? Ruling::pass : Ruling::fail;
  std::uint64_t requests = 0, unanswered = 0;
  for (const StepFigures& step : journeys.steps) {
    if (step.creates) continue;  // its own answers are for answers-were-read
    requests += std::max(step.sent, step.unanswered);
    unanswered += step.unanswered;
  }
  if (reason.empty() && static_cast<double>(unanswered) > missing_max * static_cast<double>(requests))
    return undecided(journey_verdict_name,
                     fmt::format("{} of {} of the steps beside the order got no answer; raise --missing to allow more",
                                 with_separators(unanswered), count_of(requests, "request")));
  if (reason.empty()) {
    verdict.reason = fmt::format("{} of {} came to the end, and no answer was unexpected",
                                 with_separators(journeys.completed), count_of(journeys.started, "journey"));
    return verdict;
  }
  verdict.reason = reason;
  verdict.witness = Json{
      {"rows", rows_of(load.ledger)},
      {"why", Json::array({fmt::format("the first such answer: {}", first),
                           "each answer has a status that its step expects, and what the step keeps or waits for"})}};
  return verdict;
}

}  // namespace sagactl
