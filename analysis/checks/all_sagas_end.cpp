// Verdict all-sagas-end: every saga has ended, or is still within the time that it may take.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "analysis/checks/database_checks.hpp"
#include "analysis/checks/nested_lras.hpp"
#include "analysis/history/run_filter.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

constexpr Timestamp without_end{std::numeric_limits<std::int64_t>::max() / 2};

// Until when a user's saga waits, if all its steps in progress wait for an answer from outside or for a time.
std::optional<Timestamp> waits_until(const Saga& saga) {
  const SagaDefinition* definition = saga.own_definition.definition.get();
  if (!definition) return std::nullopt;
  bool waits = false;
  for (std::size_t i = 0; i < saga.steps.size() && i < definition->steps.size(); ++i) {
    const StepState& step = saga.steps[i];
    if (!is_in_progress(step)) continue;
    const bool is_under_way = !step.calling && step.in_doubt && step.error.empty();  // at its participant
    if (!definition->steps[i].only_waits() && !is_under_way) return std::nullopt;
    waits = true;
  }
  return waits ? std::optional(saga.wake_at.value_or(without_end)) : std::nullopt;
}

class AllSagasEnd final : public Check {
  static constexpr std::string_view name = "all-sagas-end";

 public:
  explicit AllSagasEnd(const CheckOptions& options) : options_(options), of_run_(options.run) {}

  void on_flow(const FlowFacts& facts) override {
    if (!facts.flow.saga) return;
    const Saga& saga = *facts.flow.saga;
    ++sagas_;
    nested_.take(saga);
    manual_ += saga.requires_manual_intervention;
    if (is_terminal(saga.status)) return;
    Timestamp progress = std::max(saga.created_at, saga.updated_at);
    for (const EventFacts& it : facts.events) progress = std::max(progress, it.event->occurred_at);
    const bool drained = options_.drained && of_run_.matches(facts.flow);
    unfinished_.push_back({saga.id.text(), std::string(to_string(saga.status)), progress, waits_until(saga), drained});
    if (unfinished_.size() == 1 || progress < oldest_progress_) {
      oldest_progress_ = progress;
      oldest_ = row_of(saga, facts.definition);
    }
    if (unfinished_.size() > kept_max) unfinished_.pop_back();
    ++unfinished_count_;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    std::string summary = fmt::format("all {} ended", count_of(sagas_ - unfinished_count_, "saga"));
    if (manual_ > 0)
      summary += fmt::format(", {} of them failed and need manual intervention", with_separators(manual_));
    // The saga without progress for longest is the witness.
    std::stable_sort(unfinished_.begin(), unfinished_.end(),
                     [](const Unfinished& a, const Unfinished& b) { return a.progress < b.progress; });
    Violations violations;
    std::uint64_t running = 0, of_others = 0, waiting = 0;
    for (const Unfinished& saga : unfinished_) {
      const Duration still = snapshot.taken_at - saga.progress;
      // A user's saga may wait for a person, or sleep, for as long as its definition says.
      if (!saga.drained && saga.waits_until && *saga.waits_until + options_.stuck_after > snapshot.taken_at) {
        ++waiting;
        continue;
      }
      if (!saga.drained && still < options_.stuck_after) {
        ++running;
        of_others += options_.drained;
        continue;
      }
      Witness witness{
          .what = fmt::format("saga {} is {} and has made no progress for {}", saga.id, saga.status,
                              format_duration(still)),
          .rule = saga.drained ? "every saga ends before the drain timeout" : "a saga makes progress until it ends"};
      if (violations.first())
        witness.rows.push_back(saga.id == oldest_.value("id", "") ? oldest_ : unfinished_row(saga));
      violations.add(std::move(witness));
    }
    for (const NestedLras::Nested& it : nested_.forsaken())
      violations.add({.what = fmt::format("LRA {} waits for {}, in which it is nested and which is completed",
                                          it.id.text(), it.parent.text()),
                      .rule = "an LRA ends once those that are nested in it know how",
                      .rows = Json::array({Json{
                          {"table", "saga_instances"}, {"id", it.id.text()}, {"status", to_string(it.status)}}})});
    if (violations.count() == 0 && running > of_others) {
      Verdict verdict = undecided(name, fmt::format("{} of {} still running, none without progress for longer than {}",
                                                    with_separators(unfinished_count_), count_of(sagas_, "saga"),
                                                    format_duration(options_.stuck_after)));
      verdict.witness = Json{{"rows", Json::array({oldest_})}};
      return verdict;
    }
    if (waiting > 0)
      summary += fmt::format(", and {} for an answer or a time",
                             count_of(waiting, "saga") + (waiting == 1 ? " waits" : " wait"));
    if (of_others > 0) summary += fmt::format("; {} of other runs still running", count_of(of_others, "saga"));
    return violations.verdict(name, summary);
  }

 private:
  struct Unfinished {
    std::string id, status;
    Timestamp progress;
    std::optional<Timestamp> waits_until;  // of a user's saga
    bool drained = false;
  };
  static constexpr std::size_t kept_max = 100'000;

  static Json unfinished_row(const Unfinished& saga) {
    return Json{{"table", "saga_instances"},
                {"id", saga.id},
                {"status", saga.status},
                {"lastProgressAt", iso8601_us(saga.progress)}};
  }
  const CheckOptions options_;
  const RunFilter of_run_;
  NestedLras nested_;
  std::uint64_t sagas_ = 0, unfinished_count_ = 0, manual_ = 0;
  std::vector<Unfinished> unfinished_;
  Timestamp oldest_progress_;
  Json oldest_;
};

}  // namespace

std::unique_ptr<Check> all_sagas_end(const CheckOptions& options) {
  return std::make_unique<AllSagasEnd>(options);
}

}  // namespace sagactl
