// Verdict published-once-or-more-applied-once: the outbox is empty once the system is idle, and no message was applied
// twice.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analysis/checks/database_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

std::string step_name(const FlowFacts& facts, std::size_t step) {
  if (facts.definition && step < facts.definition->steps.size()) return std::string(facts.definition->steps[step].name);
  return fmt::format("{}", step);
}

class PublishedAppliedOnce final : public Check {
  static constexpr std::string_view name = "published-once-or-more-applied-once";

 public:
  explicit PublishedAppliedOnce(const CheckOptions& options) : options_(options) {}

  void on_flow(const FlowFacts& facts) override {
    check_records(facts);
    const auto& barriers = facts.flow.barriers;
    applied_ += barriers.size();
    for (std::size_t i = 0; i < barriers.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k) {
        const auto key = [](const Barrier& b) { return std::tuple(b.step, b.direction, b.execution); };
        if (key(barriers[i]) != key(barriers[k])) continue;
        violations_.add({.what = fmt::format("the {} of step {} of order {} was applied twice (execution {})",
                                             to_string(barriers[i].direction), step_name(facts, barriers[i].step),
                                             facts.flow.order.id.text(), barriers[i].execution),
                         .rule = "a redelivered message has no second effect",
                         .rows = Json::array({row(facts, barriers[k]), row(facts, barriers[i])})});
      }
    }
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    std::int64_t waiting = 0, published = 0;
    Json behind = Json::array();
    for (const NodeInfo& node : snapshot.nodes) {
      published += node.published;
      if (node.published > node.last_sequence)
        violations_.add({.what = fmt::format("node {} has published events up to {}, but written only up to {}",
                                             node.name, node.published, node.last_sequence),
                         .rule = "an event is published only after it was written",
                         .rows = Json::array({row_of(node)}),
                         .nodes = Json::array({node.name})});
      if (node.published >= node.last_sequence) continue;
      waiting += node.last_sequence - node.published;
      behind.push_back(row_of(node));
      // The events of a dead node are published by its adopter, which may take the length of a lease.
      if (options_.drained && node.live)
        violations_.add(
            {.what = fmt::format("{} of node {} not published",
                                 count_of(static_cast<std::uint64_t>(node.last_sequence - node.published), "event"),
                                 node.name),
             .rule = "after the drain every event is published",
             .rows = Json::array({row_of(node)}),
             .nodes = Json::array({node.name})});
    }
    if (violations_.count() == 0 && waiting > 0) {
      Verdict verdict =
          undecided(name, fmt::format("{} not yet published", count_of(static_cast<std::uint64_t>(waiting), "event")));
      verdict.witness = Json{{"rows", behind}};
      return verdict;
    }
    return violations_.verdict(
        name, fmt::format("{} published, {} applied once", count_of(static_cast<std::uint64_t>(published), "event"),
                          count_of(applied_, "call")));
  }

 private:
  // By its record a call that is repeated is recognised.
  void check_records(const FlowFacts& facts) {
    const AggregateFacts* history = facts.saga_events();
    if (!history || !facts.definition || !facts.definition->is_built_in()) return;
    for (const EventFacts* it : history->events) {
      const bool is_action = it->event->type == EventType::saga_step_completed;
      if ((!is_action && it->event->type != EventType::saga_step_compensated) || !it->step) continue;
      const Direction direction = is_action ? Direction::action : Direction::compensation;
      const auto& barriers = facts.flow.barriers;
      if (std::any_of(barriers.begin(), barriers.end(), [&](const Barrier& barrier) {
            return barrier.step == *it->step && barrier.direction == direction && barrier.execution == it->execution;
          }))
        continue;
      violations_.add(
          {.what = fmt::format("the {} of step {} of order {} (execution {}) has left no record", to_string(direction),
                               it->step_name, facts.flow.order.id.text(), it->execution),
           .rule = "a call that had an effect is recorded, so that a repeated one has none",
           .rows = Json::array({row_of(*it->event)})});
    }
  }

  static Json row(const FlowFacts& facts, const Barrier& barrier) {
    return Json{{"table", "barriers"},
                {"orderId", facts.flow.order.id.text()},
                {"step", step_name(facts, barrier.step)},
                {"direction", to_string(barrier.direction)},
                {"attempt", barrier.execution}};
  }

  const CheckOptions options_;
  std::uint64_t applied_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> published_once_or_more_applied_once(const CheckOptions& options) {
  return std::make_unique<PublishedAppliedOnce>(options);
}

}  // namespace sagactl
