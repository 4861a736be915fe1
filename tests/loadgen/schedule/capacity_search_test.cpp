#include "loadgen/schedule/capacity_search.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sagactl {
namespace {

using CapacityOutcome = CapacityOutcome;
using CapacityLimit = CapacityLimit;

// A server that keeps up with `server` per second, and a generator with `generator`.
CapacitySearch searched(double first, double server, double generator, std::vector<double>* rates = nullptr) {
  CapacitySearch search(first, 1e6);
  while (const auto rate = search.next()) {
    if (rates) rates->push_back(*rate);
    search.record(*rate > generator ? CapacityOutcome::no_evidence
                  : *rate > server  ? CapacityOutcome::missed
                                    : CapacityOutcome::kept);
  }
  return search;
}

TEST(CapacitySearch, FindsTheKneeFromBelowAndFromAbove) {
  for (const double server : {3.0, 47.0, 1'234.0, 88'000.0}) {
    for (const double first : {1.0, 100.0, 200'000.0}) {
      const CapacitySearch search = searched(first, server, 1e9);
      EXPECT_LE(search.knee(), server) << first;
      EXPECT_GE(search.knee(), server < 20 ? server - 1 : server * 0.94) << first << " " << server;
      EXPECT_EQ(search.limit(), CapacityLimit::server);
    }
  }
}

TEST(CapacitySearch, BracketsByDoublingThenBisects) {
  std::vector<double> rates;
  searched(100, 330, 1e9, &rates);
  ASSERT_GE(rates.size(), 4u);
  EXPECT_EQ((std::vector<double>(rates.begin(), rates.begin() + 4)), (std::vector<double>{100, 200, 400, 300}));
}

TEST(CapacitySearch, ARateThatTheGeneratorDidNotKeepIsRetriedAndNotMissed) {
  std::vector<double> rates;
  const CapacitySearch search = searched(100, 1e9, 330, &rates);
  EXPECT_EQ(search.limit(), CapacityLimit::generator);
  EXPECT_LE(search.knee(), 330);
  EXPECT_GE(search.knee(), 310);
  ASSERT_GE(rates.size(), 4u);
  EXPECT_EQ(rates[2], 400);
  EXPECT_EQ(rates[3], 400) << "once more";

  CapacitySearch moment(100, 1e6);
  moment.record(CapacityOutcome::no_evidence);
  moment.record(CapacityOutcome::kept);
  EXPECT_EQ(moment.knee(), 100);
  EXPECT_EQ(moment.next(), 200) << "what was kept the second time is kept";
}

TEST(CapacitySearch, EndsAtItsBoundsAndWithoutAnyKeptRate) {
  CapacitySearch bounded(600, 1000);
  bounded.record(CapacityOutcome::kept);
  EXPECT_EQ(bounded.next(), 1000);
  bounded.record(CapacityOutcome::kept);
  EXPECT_EQ(bounded.next(), std::nullopt);
  EXPECT_EQ(bounded.limit(), CapacityLimit::none);

  const CapacitySearch hopeless = searched(100, 0, 1e9);
  EXPECT_EQ(hopeless.knee(), 0);
  EXPECT_EQ(hopeless.limit(), CapacityLimit::server);
}

}  // namespace
}  // namespace sagactl
