#include "loadgen/schedule/scenario.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sagactl {
namespace {

LoadOptions options_of(ScenarioKind scenario) {
  LoadOptions options;
  options.scenario = scenario;
  options.targets = {"http://a:1", "http://a:2", "http://a:3"};
  return options;
}

// All units of a load test, by phase, numbered on from phase to phase as a run does.
std::vector<std::pair<LoadPhase, std::vector<LoadUnit>>> units_of(const LoadOptions& options,
                                                                  std::size_t units_max = 100'000) {
  std::vector<std::pair<LoadPhase, std::vector<LoadUnit>>> all;
  std::uint64_t operation = 0;
  std::uint32_t group = 0;
  for (const LoadPhase& phase : plan_phases(options)) {
    UnitSource source(phase, options.seed, operation, group);
    std::vector<LoadUnit> units;
    while (units.size() < units_max) {
      const auto unit = source.next();
      if (!unit) break;
      units.push_back(*unit);
    }
    operation = source.next_operation();
    group = source.next_group();
    all.emplace_back(phase, std::move(units));
  }
  return all;
}

std::vector<LoadUnit> first_units_of(const LoadOptions& options, std::size_t units_max = 100'000) {
  return units_of(options, units_max)[0].second;
}

struct Totals {
  std::uint64_t orders = 0, singles = 0, fails = 0, groups = 0, duplicates = 0;
};
Totals totals_of(const std::vector<LoadUnit>& units) {
  Totals totals;
  for (const LoadUnit& unit : units) {
    totals.orders += unit.count;
    switch (unit.kind) {
      case OrderKind::single:
        ++totals.singles;
        break;
      case OrderKind::payment_fail:
        ++totals.fails;
        break;
      case OrderKind::duplicate:
        ++totals.groups;
        totals.duplicates += unit.count;
        break;
    }
  }
  return totals;
}

TEST(Scenario, AllWithoutNumbersIsTheReferencesSuite) {
  const auto phases = units_of(options_of(ScenarioKind::all));
  std::vector<std::string> names;
  for (const auto& [phase, units] : phases) names.push_back(phase.name);
  EXPECT_EQ(names, (std::vector<std::string>{"duplicate", "payment failure", "duplicate over nodes", "individual 5",
                                             "individual 10", "mixed duplicates", "mixed distinct"}));
  EXPECT_EQ(totals_of(phases[0].second).groups, 1u);
  EXPECT_EQ(totals_of(phases[0].second).duplicates, 5u);
  EXPECT_EQ(totals_of(phases[1].second).fails, 1u);
  EXPECT_EQ(totals_of(phases[2].second).groups, 1u);
  EXPECT_EQ(totals_of(phases[2].second).duplicates, 3u);
  EXPECT_EQ(totals_of(phases[3].second).singles, 5u);
  EXPECT_EQ(totals_of(phases[4].second).singles, 10u);
  EXPECT_EQ(totals_of(phases[5].second).groups, 3u);
  EXPECT_EQ(totals_of(phases[6].second).singles, 5u);
  for (const LoadUnit& unit : phases[5].second) {
    EXPECT_GE(unit.count, 3);
    EXPECT_LE(unit.count, 5);
  }
}

TEST(Scenario, OneAddressGetsTheSameProductThreeTimes) {
  LoadOptions options = options_of(ScenarioKind::duplicate);
  options.targets = {"http://a:1"};
  EXPECT_EQ(units_of(options)[2].second[0].count, 3);
}

TEST(Scenario, HasExactlyTheRequestedOrders) {
  for (const auto scenario :
       {ScenarioKind::duplicate, ScenarioKind::individual, ScenarioKind::mixed, ScenarioKind::all}) {
    for (const std::uint64_t orders : {1u, 2u, 7u, 100u, 1234u}) {
      LoadOptions options = options_of(scenario);
      options.orders = orders;
      options.fail_share = 0.1;
      std::uint64_t sum = 0;
      const auto phases = units_of(options);
      for (const auto& [phase, units] : phases) sum += totals_of(units).orders;
      EXPECT_EQ(sum, orders) << to_string(scenario);
    }
  }
}

TEST(Scenario, NumbersOperationsWithoutGapsAndGroupsWithoutRepeats) {
  LoadOptions options = options_of(ScenarioKind::all);
  options.orders = 500;
  options.fail_share = 0.2;
  std::uint64_t expected = 0;
  std::set<std::uint32_t> groups;
  const auto phases = units_of(options);
  for (const auto& [phase, units] : phases) {
    for (const LoadUnit& unit : units) {
      EXPECT_EQ(unit.operation, expected);
      expected += unit.count;
      EXPECT_TRUE(groups.insert(unit.group).second) << unit.group;
    }
  }
}

TEST(Scenario, KeepsTheFailShare) {
  for (const double share : {0.0, 0.01, 0.1, 0.5, 1.0}) {
    for (const auto scenario : {ScenarioKind::duplicate, ScenarioKind::individual, ScenarioKind::mixed}) {
      LoadOptions options = options_of(scenario);
      options.orders = 2000;
      options.fail_share = share;
      const Totals totals = totals_of(first_units_of(options));
      EXPECT_NEAR(static_cast<double>(totals.fails), share * 2000, 1) << to_string(scenario) << " " << share;
    }
  }
}

TEST(Scenario, MixesThreeGroupsToFiveSingles) {
  LoadOptions options = options_of(ScenarioKind::mixed);
  options.duration = 1s;
  const Totals totals = totals_of(first_units_of(options, 800));
  EXPECT_EQ(totals.groups, 300u);
  EXPECT_EQ(totals.singles, 500u);
}

TEST(Scenario, UsesItsProductsInTurn) {
  LoadOptions options = options_of(ScenarioKind::mixed);
  options.orders = 400;
  options.products = 7;
  std::map<std::uint32_t, std::uint64_t> groups;
  std::set<std::uint32_t> singles;
  const auto units = first_units_of(options);
  for (const LoadUnit& unit : units) {
    if (unit.kind == OrderKind::duplicate) {
      ++groups[unit.group];
    } else {
      EXPECT_TRUE(singles.insert(unit.group).second);
      EXPECT_FALSE(groups.contains(unit.group));
    }
  }
  EXPECT_EQ(groups.size(), 7u);
  for (const auto& [group, count] : groups) EXPECT_NEAR(static_cast<double>(count), 400.0 / 14 * 3 / 7, 5.0);
}

TEST(Scenario, ProductsAndDuplicatesAloneSetTheNumbers) {
  LoadOptions options = options_of(ScenarioKind::duplicate);
  options.products = 20;
  options.duplicates = 8;
  const Totals totals = totals_of(first_units_of(options));
  EXPECT_EQ(totals.groups, 20u);
  EXPECT_EQ(totals.duplicates, 160u);
  LoadOptions individual = options_of(ScenarioKind::individual);
  individual.products = 42;
  ASSERT_EQ(units_of(individual).size(), 1u);
  EXPECT_EQ(totals_of(first_units_of(individual)).singles, 42u);
}

TEST(Scenario, WarmsUpFirstWithGroupsOfItsOwn) {
  LoadOptions options = options_of(ScenarioKind::duplicate);
  options.orders = 10;
  options.warmup = 1s;
  options.products = 2;
  const auto phases = units_of(options, 50);
  ASSERT_EQ(phases.size(), 2u);
  EXPECT_TRUE(phases[0].first.warmup);
  EXPECT_FALSE(phases[1].first.warmup);
  std::set<std::uint32_t> warm;
  for (const LoadUnit& unit : phases[0].second) warm.insert(unit.group);
  for (const LoadUnit& unit : phases[1].second) EXPECT_FALSE(warm.contains(unit.group));
}

TEST(Scenario, IsTheSameForTheSameSeedAlone) {
  LoadOptions options = options_of(ScenarioKind::mixed);
  options.orders = 1000;
  const auto first = first_units_of(options);
  EXPECT_EQ(first_units_of(options), first);
  options.seed = 2;
  EXPECT_NE(first_units_of(options), first);
}

TEST(Scenario, SharesTheDurationOfAllAmongItsParts) {
  LoadOptions options = options_of(ScenarioKind::all);
  options.duration = 9s;
  const auto phases = plan_phases(options);
  for (const LoadPhase& phase : phases) EXPECT_EQ(phase.duration, Duration(3s)) << phase.name;
  EXPECT_EQ(plan_phases(options).size(), 3u);
  LoadOptions rated = options_of(ScenarioKind::individual);
  rated.rate = 100;
  EXPECT_EQ(plan_phases(rated)[0].duration, Duration(10s)) << "a rate alone lasts ten seconds";
}

TEST(Scenario, UsersShareTheOrders) {
  std::map<std::uint16_t, int> orders;
  for (std::uint64_t operation = 0; operation < 4000; ++operation) ++orders[user_of(1, operation, 4)];
  ASSERT_EQ(orders.size(), 4u);
  for (const auto& [user, count] : orders) EXPECT_NEAR(count, 1000, 150) << user;
}

}  // namespace
}  // namespace sagactl
