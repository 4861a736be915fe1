// Which orders a load test sends: its phases, and the units of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/options.hpp"
#include "loadgen/orders/product.hpp"

namespace sagactl {

// Orders that are sent together: one, or the concurrent orders of one group. Their operations are numbered from
// `operation` on.
struct LoadUnit {
  std::uint64_t operation = 0;
  std::uint32_t group = 0;
  OrderKind kind = OrderKind::single;
  std::uint16_t count = 1;
  std::uint32_t journey = 0;  // the number of the unit in its run, from 0
  friend bool operator==(const LoadUnit&, const LoadUnit&) = default;
};

// How duplicate groups and single orders alternate: `groups` to `singles`, evenly spread.
struct LoadMix {
  std::uint32_t groups = 0;
  std::uint32_t singles = 0;
  std::uint32_t duplicates_min = 5;
  std::uint32_t duplicates_max = 5;
  std::uint32_t products = 0;  // of the duplicate groups, used in turn; 0: each group has its own
  double fail_share = 0;       // of all orders; a payment failure is always single
  double hot_share = 0;        // of all other orders: single orders for the hot product
  friend bool operator==(const LoadMix&, const LoadMix&) = default;
};

struct LoadPhase {
  std::string name;
  bool warmup = false;
  LoadMix mix;
  // Exactly one of them ends the phase: N units, N orders (the last group may be cut), or the time.
  std::optional<std::uint64_t> units;
  std::optional<std::uint64_t> orders;
  std::optional<Duration> duration;
  friend bool operator==(const LoadPhase&, const LoadPhase&) = default;
};

// The phases of a load test, one after the other: each starts when all requests of the previous one have ended.
// `options` must have passed check(). Pure.
std::vector<LoadPhase> plan_phases(const LoadOptions& options);

// The units of one phase, in order: a pure function of the phase, the seed and the first numbers.
class UnitSource {
 public:
  UnitSource(const LoadPhase& phase, std::uint64_t seed, std::uint64_t first_operation, std::uint32_t first_group,
             std::uint32_t first_journey = 0);

  // Ends the run before the journey with this number.
  void limit_journeys(std::uint64_t limit) { journeys_max_ = limit; }

  // Nothing after the phase's last unit, or at the maximum of a run. A phase that is limited by time is endless.
  std::optional<LoadUnit> next();

  std::uint64_t next_operation() const { return operation_; }  // the first number of the next phase
  std::uint32_t next_group() const { return group_; }
  std::uint32_t next_journey() const { return journey_; }

 private:
  bool fail_is_due() const;
  bool hot_is_due() const;
  LoadUnit make_duplicate_group();

  LoadPhase phase_;
  std::uint64_t seed_;
  std::uint64_t first_operation_;
  std::uint32_t first_group_;
  std::uint64_t operation_;
  std::uint32_t group_;
  std::uint32_t journey_;
  std::uint64_t journeys_max_ = UINT64_MAX;
  std::uint64_t units_ = 0;
  std::uint64_t regular_units_ = 0;  // without the payment failures
  std::uint64_t duplicate_groups_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t hot_orders_ = 0;
  std::uint32_t hot_group_ = 0;
};

// Which of the run's users sends an operation.
std::uint16_t user_of(std::uint64_t seed, std::uint64_t operation, std::uint32_t users);

}  // namespace sagactl
