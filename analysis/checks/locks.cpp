// Under one lock, tokens increase in the order of the commits, and no two holders overlap in time.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "analysis/checks/database_checks.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"
#include "common/crypto.hpp"

namespace sagactl {
namespace {

constexpr std::string_view nothing_locked = "no order was placed under a lock";

// An order that was placed under a lock: held from `acquired` on, and written at `committed`.
struct Placement {
  KeyDigest lock;
  Timestamp acquired, committed;
  std::int64_t token = 0;
  OrderId order;

  Json row() const {
    return Json{{"table", "orders"},
                {"id", order.text()},
                {"fencingToken", token},
                {"lockAcquiredAt", iso8601_us(acquired)},
                {"committedAt", iso8601_us(committed)}};
  }
};

// Collects the placements and hands them over lock by lock.
class LockCheck : public Check {
 public:
  explicit LockCheck(std::string_view name) : name_(name) {}

  void see(const FlowFacts& facts) override {
    const EventFacts* created = facts.first(EventType::order_created);
    if (!created || !created->lock) return;
    const LockFacts& lock = *created->lock;
    placements_.push_back({digest_of_key(lock.key), lock.acquired_at, created->event->occurred_at,
                           lock.fencing_token, facts.flow.order.id});
    if (facts.has_order) look_at_row(facts.flow.order, lock);
  }

  Verdict finish(const Surroundings&) override {
    if (placements_.empty()) return does_not_apply(name_, nothing_locked);
    std::uint64_t locks = 1;
    sort(placements_);
    for (std::size_t i = 1; i < placements_.size(); ++i) {
      if (placements_[i].lock == placements_[i - 1].lock)
        compare(placements_[i - 1], placements_[i]);
      else
        ++locks;
    }
    return violations_.verdict(name_, held(counted(placements_.size(), "order"), counted(locks, "lock")));
  }

 protected:
  virtual void sort(std::vector<Placement>& placements) = 0;
  virtual void compare(const Placement& before, const Placement& after) = 0;
  virtual void look_at_row(const Order&, const LockFacts&) {}
  virtual std::string held(const std::string& orders, const std::string& locks) = 0;

  Violations violations_;

 private:
  std::string_view name_;
  std::vector<Placement> placements_;
};

class FencingIncreases final : public LockCheck {
 public:
  FencingIncreases() : LockCheck("fencing-increases") {}

 private:
  void sort(std::vector<Placement>& placements) override {
    std::sort(placements.begin(), placements.end(), [](const Placement& a, const Placement& b) {
      return std::tie(a.lock, a.committed, a.token) < std::tie(b.lock, b.committed, b.token);
    });
  }
  void compare(const Placement& before, const Placement& after) override {
    if (after.token > before.token) return;
    violations_.add({.what = fmt::format("order {} was accepted with token {} after order {} with token {}",
                                         after.order.text(), after.token, before.order.text(), before.token),
                     .rule = "a write under a lock carries a greater token than every earlier one",
                     .rows = Json::array({before.row(), after.row()})});
  }
  void look_at_row(const Order& order, const LockFacts& lock) override {
    if (order.fencing_token == lock.fencing_token) return;
    Json row = row_of(order);
    row["fencingToken"] = order.fencing_token;
    violations_.add({.what = fmt::format("order {} has token {}, its event {}", order.id.text(),
                                         order.fencing_token, lock.fencing_token),
                     .rule = "an order carries the token of the lock under which it was placed",
                     .rows = Json::array({row})});
  }
  std::string held(const std::string& orders, const std::string& locks) override {
    return fmt::format("tokens increased over {} under {}", orders, locks);
  }
};

class LocksDoNotOverlap final : public LockCheck {
 public:
  explicit LocksDoNotOverlap(Duration clock_error)
      : LockCheck("locks-do-not-overlap"), clock_error_(clock_error) {}

 private:
  void sort(std::vector<Placement>& placements) override {
    std::sort(placements.begin(), placements.end(), [](const Placement& a, const Placement& b) {
      return std::tie(a.lock, a.acquired, a.committed) < std::tie(b.lock, b.acquired, b.committed);
    });
  }
  void compare(const Placement& before, const Placement& after) override {
    const Duration overlap = before.committed - after.acquired;
    if (overlap <= clock_error_) return;
    violations_.add(
        {.what = fmt::format("the lock of order {} was granted {} before order {} was written under it",
                             after.order.text(), format_duration(overlap), before.order.text()),
         .rule = fmt::format("a lock has one holder at a time (clocks may differ by {})",
                             format_duration(clock_error_)),
         .rows = Json::array({before.row(), after.row()})});
  }
  std::string held(const std::string& orders, const std::string& locks) override {
    return fmt::format("no overlap among {} under {}, clocks good to {}", orders, locks,
                       format_duration(clock_error_));
  }

  const Duration clock_error_;
};

}  // namespace

std::unique_ptr<Check> fencing_increases() {
  return std::make_unique<FencingIncreases>();
}
std::unique_ptr<Check> locks_do_not_overlap(const CheckOptions& options) {
  return std::make_unique<LocksDoNotOverlap>(options.lock_clock_error);
}

}  // namespace sagactl
