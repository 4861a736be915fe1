// Every saga has ended, or is still within the time that it may take.
#include <fmt/format.h>

#include <algorithm>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"

namespace sagactl {
namespace {

class AllSagasEnd final : public Check {
  static constexpr std::string_view name = "all-sagas-end";

 public:
  explicit AllSagasEnd(const CheckOptions& options) : options_(options) {}

  void see(const FlowFacts& facts) override {
    if (!facts.flow.saga) return;
    const Saga& saga = *facts.flow.saga;
    ++sagas_;
    manual_ += saga.requires_manual_intervention;
    if (is_terminal(saga.status)) return;
    Timestamp progress = std::max(saga.created_at, saga.updated_at);
    for (const EventFacts& it : facts.events) progress = std::max(progress, it.event->occurred_at);
    if (unfinished_++ == 0 || progress < oldest_progress_) {
      oldest_progress_ = progress;
      oldest_ = row_of(saga, facts.definition);
    }
  }

  Verdict finish(const Surroundings& surroundings) override {
    std::string held = fmt::format("all {} ended", counted(sagas_, "saga"));
    if (manual_ > 0) held += fmt::format(", {} of them failed and waiting for a person", grouped(manual_));
    if (unfinished_ == 0) return Violations{}.verdict(name, held);

    const Duration still = surroundings.taken_at - oldest_progress_;
    const std::string id = oldest_.value("id", ""), status = oldest_.value("status", "");
    if (!options_.drained && still < options_.stuck_after) {
      Verdict verdict =
          undecided(name, fmt::format("{} of {} under way, none for longer than {} without progress",
                                      grouped(unfinished_), counted(sagas_, "saga"),
                                      format_duration(options_.stuck_after)));
      verdict.witness = Json{{"rows", Json::array({oldest_})}};
      return verdict;
    }
    Violations violations;
    for (std::uint64_t i = 0; i < unfinished_; ++i)
      violations.add({.what = fmt::format("saga {} is {} and has made no progress for {}", id, status,
                                          format_duration(still)),
                      .rule = options_.drained ? "every saga ends within the time it was given to drain"
                                               : "a saga makes progress until it ends",
                      .rows = Json::array({oldest_})});
    return violations.verdict(name, held);
  }

 private:
  const CheckOptions options_;
  std::uint64_t sagas_ = 0, unfinished_ = 0, manual_ = 0;
  Timestamp oldest_progress_;
  Json oldest_;
};

}  // namespace

std::unique_ptr<Check> all_sagas_end(const CheckOptions& options) {
  return std::make_unique<AllSagasEnd>(options);
}

}  // namespace sagactl
