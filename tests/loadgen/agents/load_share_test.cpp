// The parts of several machines are together what one would send.
#include "loadgen/schedule/load_share.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "loadgen/running/phase_plan.hpp"

namespace sagactl {
namespace {

LoadPhase phase_of(LoadMix mix, std::uint64_t orders) {
  LoadPhase phase;
  phase.name = "load";
  phase.mix = mix;
  phase.orders = orders;
  return phase;
}

struct SharedOrder {
  std::uint32_t agent = 0, group = 0;
  OrderKind kind = OrderKind::single;
};

// By operation.
std::map<std::uint64_t, SharedOrder> shared_out(const LoadPhase& phase, std::uint32_t count, bool splits) {
  std::map<std::uint64_t, SharedOrder> orders;
  for (std::uint32_t index = 0; index < count; ++index) {
    UnitSource source(phase, 7, 100, 20, 5);
    while (const auto unit = source.next()) {
      const auto part = LoadShare{index, count}.part_of(*unit, splits);
      for (std::uint16_t member = 0; part && member < part->count; ++member) {
        const bool is_new =
            orders.emplace(part->operation + member, SharedOrder{index, part->group, part->kind}).second;
        EXPECT_TRUE(is_new) << "operation " << part->operation + member << " is sent twice";
        EXPECT_EQ(part->journey, unit->journey);
      }
    }
  }
  return orders;
}

LoadMix mixed() {
  LoadMix mix;
  mix.groups = 3;
  mix.singles = 5;
  mix.duplicates_min = 3;
  mix.duplicates_max = 5;
  mix.fail_share = 0.2;
  mix.hot_share = 0.1;
  return mix;
}

TEST(LoadShare, TheSharesAreTogetherTheWholePlanEachRequestOnce) {
  for (const std::uint32_t count : {1u, 2u, 3u, 7u, 64u}) {
    for (const bool splits : {false, true}) {
      const LoadPhase phase = phase_of(mixed(), 1000);
      const auto orders = shared_out(phase, count, splits);
      ASSERT_EQ(orders.size(), 1000u) << count << " agents";
      UnitSource whole(phase, 7, 100, 20, 5);
      while (const auto unit = whole.next())
        for (std::uint16_t member = 0; member < unit->count; ++member) {
          const SharedOrder& order = orders.at(unit->operation + member);
          EXPECT_EQ(order.group, unit->group);
          EXPECT_EQ(order.kind, unit->kind);
        }
    }
  }
}

TEST(LoadShare, NoPatternOfTheLoadFallsOnOneMachine) {
  LoadMix half_fails;
  half_fails.singles = 1;
  half_fails.fail_share = 0.5;
  std::map<std::uint32_t, int> failing;
  for (const auto& [operation, order] : shared_out(phase_of(half_fails, 1200), 2, true))
    failing[order.agent] += order.kind == OrderKind::payment_fail;
  EXPECT_EQ(failing[0], 300);
  EXPECT_EQ(failing[1], 300);
}

TEST(LoadShare, TheOrdersOfAGroupComeFromAllMachinesWhenTheyAreSentAtOneMoment) {
  LoadMix groups;
  groups.groups = 1;
  groups.duplicates_min = groups.duplicates_max = 5;
  std::map<std::uint32_t, std::set<std::uint32_t>> agents_of;
  for (const auto& [operation, order] : shared_out(phase_of(groups, 500), 3, true))
    agents_of[order.group].insert(order.agent);
  for (const auto& [group, agents] : agents_of) EXPECT_EQ(agents.size(), 3u) << "group " << group;
  agents_of.clear();
  for (const auto& [operation, order] : shared_out(phase_of(groups, 500), 3, false))
    agents_of[order.group].insert(order.agent);
  for (const auto& [group, agents] : agents_of) EXPECT_EQ(agents.size(), 1u) << "group " << group;
}

TEST(LoadShare, GroupsOfAClosedLoopAreSplitOnlyWhenAllOfThemBeginAtOnce) {
  LoadPhase phase;
  phase.mix.groups = 1;
  phase.units = 3;
  EXPECT_TRUE(splits_groups(phase, 15));
  EXPECT_FALSE(splits_groups(phase, 14)) << "the last group waits for earlier answers";
  phase.units.reset();
  phase.duration = 10s;
  EXPECT_FALSE(splits_groups(phase, 1000));
  EXPECT_TRUE(splits_groups(phase, 0)) << "an open loop";
}

TEST(LoadShare, SlotsAndConnectionsAreDividedAndNeverNone) {
  std::uint32_t all = 0;
  for (std::uint32_t index = 0; index < 3; ++index) all += LoadShare{index, 3}.part_of(16u);
  EXPECT_EQ(all, 16u);
  EXPECT_EQ((LoadShare{2, 3}.part_of(2u)), 1u);
}

}  // namespace
}  // namespace sagactl
