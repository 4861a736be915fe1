// Verdicts fencing-increases and locks-do-not-overlap: under one lock the tokens increase in the order of the commits,
// and no two holders overlap in time.
#include <fmt/format.h>

#include <optional>
#include <tuple>

#include "analysis/checks/database_checks.hpp"
#include "analysis/history/node_numbers.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"
#include "common/crypto.hpp"
#include "common/records/record_sorter.hpp"

namespace sagactl {
namespace {

constexpr std::string_view nothing_locked = "no order was placed under a lock";

// An order that was placed under a lock that was held from `acquired` on, and was written at `committed`.
struct Placement {
  KeyDigest lock;
  Timestamp acquired, committed;
  std::int64_t token = 0;
  OrderId order;
  std::uint16_t node = 0;
};

bool committed_before(const Placement& a, const Placement& b) {
  return std::tie(a.lock, a.committed, a.token) < std::tie(b.lock, b.committed, b.token);
}
bool acquired_before(const Placement& a, const Placement& b) {
  return std::tie(a.lock, a.acquired, a.committed) < std::tie(b.lock, b.acquired, b.committed);
}

// The placements, collected once and sorted by lock, then in the order that each check needs.
struct Placements {
  explicit Placements(const Scratch& scratch)
      : by_commit(scratch, committed_before), by_acquisition(scratch, acquired_before) {}

  RecordSorter<Placement> by_commit, by_acquisition;
  NodeNumbers nodes;

  void add(const Placement& placement) {
    by_commit.add(placement);
    by_acquisition.add(placement);
  }
  Json row(const Placement& placement) const {
    return Json{{"table", "orders"},
                {"id", placement.order.text()},
                {"nodeId", nodes.name(placement.node)},
                {"fencingToken", placement.token},
                {"lockAcquiredAt", iso8601_us(placement.acquired)},
                {"createdAt", iso8601_us(placement.committed)}};
  }
  Json names(const Placement& a, const Placement& b) const {
    return Json::array({nodes.name(a.node), nodes.name(b.node)});
  }
};

// Orders that arrive while their node holds the lock share that grant: one holder, one token.
bool is_one_grant(const Placement& a, const Placement& b) {
  return a.node == b.node && a.token == b.token && a.acquired == b.acquired;
}

// Compares neighbouring placements of one lock, in the check's own order.
class LockCheck : public Check {
 public:
  LockCheck(std::string_view name, std::shared_ptr<Placements> placements, RecordSorter<Placement>& in_order)
      : placements_(std::move(placements)), name_(name), in_order_(in_order) {}

  void on_flow(const FlowFacts&) override {}

  Verdict finish(const ClusterSnapshot&) override {
    std::optional<Placement> before;
    std::uint64_t locks = 0;
    while (const Placement* placement = in_order_.next()) {
      if (!before || placement->lock != before->lock)
        ++locks;
      else if (!is_one_grant(*before, *placement))
        compare(*before, *placement);
      before = *placement;
    }
    if (!before) return does_not_apply(name_, nothing_locked);
    return violations_.verdict(name_, summary(count_of(in_order_.size(), "order"), count_of(locks, "lock")));
  }

 protected:
  virtual void compare(const Placement& before, const Placement& after) = 0;
  virtual std::string summary(const std::string& orders, const std::string& locks) = 0;

  const std::shared_ptr<Placements> placements_;
  Violations violations_;

 private:
  std::string_view name_;
  RecordSorter<Placement>& in_order_;
};

class FencingIncreases final : public LockCheck {
 public:
  explicit FencingIncreases(const std::shared_ptr<Placements>& placements)
      : LockCheck("fencing-increases", placements, placements->by_commit) {}

  // Collects the placements for both checks.
  void on_flow(const FlowFacts& facts) override {
    const EventFacts* created = facts.first(EventType::order_created);
    if (!created || !created->lock) return;
    const LockFacts& lock = *created->lock;
    placements_->add({digest_of_key(lock.key), lock.acquired_at, created->event->occurred_at, lock.fencing_token,
                      facts.flow.order.id, placements_->nodes.of(created->event->node)});
    if (facts.has_order) check_row(facts.flow.order, lock);
  }

 private:
  void compare(const Placement& before, const Placement& after) override {
    if (after.token > before.token) return;
    violations_.add({.what = fmt::format("order {} was written with token {}, after order {} with token {} of "
                                         "the same lock",
                                         after.order.text(), after.token, before.order.text(), before.token),
                     .rule = "a write under a lock carries a greater token than every earlier one",
                     .rows = Json::array({placements_->row(before), placements_->row(after)}),
                     .nodes = placements_->names(before, after)});
  }
  void check_row(const Order& order, const LockFacts& lock) {
    if (order.fencing_token == lock.fencing_token) return;
    Json row = row_of(order);
    row["fencingToken"] = order.fencing_token;
    violations_.add({.what = fmt::format("order {} has token {}, but its event has {}", order.id.text(),
                                         order.fencing_token, lock.fencing_token),
                     .rule = "an order carries the token of the lock under which it was placed",
                     .rows = Json::array({row})});
  }
  std::string summary(const std::string& orders, const std::string& locks) override {
    return fmt::format("tokens increase over {} under {}", orders, locks);
  }
};

class LocksDoNotOverlap final : public LockCheck {
 public:
  LocksDoNotOverlap(const std::shared_ptr<Placements>& placements, Duration clock_error)
      : LockCheck("locks-do-not-overlap", placements, placements->by_acquisition), clock_error_(clock_error) {}

 private:
  void compare(const Placement& before, const Placement& after) override {
    const Duration overlap = before.committed - after.acquired;
    if (overlap <= clock_error_) return;
    violations_.add({.what = fmt::format("the lock of order {} was granted {} before order {} was written under it",
                                         after.order.text(), format_duration(overlap), before.order.text()),
                     .rule = fmt::format("a lock has one holder at a time (clocks may differ by {})",
                                         format_duration(clock_error_)),
                     .rows = Json::array({placements_->row(before), placements_->row(after)}),
                     .nodes = placements_->names(before, after)});
  }
  std::string summary(const std::string& orders, const std::string& locks) override {
    return fmt::format("no overlap among {} under {}, allowing {} between clocks", orders, locks,
                       format_duration(clock_error_));
  }

  const Duration clock_error_;
};

}  // namespace

Checks lock_checks(const CheckOptions& options) {
  const auto placements = std::make_shared<Placements>(options.scratch);
  Checks checks;
  checks.push_back(std::make_unique<FencingIncreases>(placements));
  checks.push_back(std::make_unique<LocksDoNotOverlap>(placements, options.lock_clock_error));
  return checks;
}

}  // namespace sagactl
