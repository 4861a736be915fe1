// A stock's history is joined from changes in any order, and keeps only its gaps.
#include "analysis/stock/stock_chain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace sagactl {
namespace {

using StockMovement = StockMovement;

StockChange change(int version, StockMovement way, std::int64_t quantity, std::int64_t available, std::int64_t reserved,
                   std::int64_t sold) {
  StockChange made;
  made.movement = way;
  made.after = {version, available, reserved, sold};
  made.quantity = quantity;
  return made;
}

// One of each movement.
std::vector<StockChange> life() {
  return {change(1, StockMovement::set, 0, 10, 0, 0),     change(2, StockMovement::reserved, 3, 7, 3, 0),
          change(3, StockMovement::sold, 3, 7, 0, 3),     change(4, StockMovement::reserved, 2, 5, 2, 3),
          change(5, StockMovement::released, 2, 7, 0, 3), change(6, StockMovement::sold_after_expiry, 2, 5, 0, 5),
          change(7, StockMovement::returned, 3, 8, 0, 2), change(8, StockMovement::set, 0, 20, 0, 2)};
}

TEST(StockChain, JoinsChangesInAnyOrder) {
  std::vector<StockChange> changes = life();
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::shuffle(changes.begin(), changes.end(), random);
    StockChain chain;
    for (const StockChange& it : changes) EXPECT_FALSE(chain.take(it)) << it.after.version;
    EXPECT_FALSE(chain.gap());
    EXPECT_EQ(chain.first().after.version, 1);
    EXPECT_EQ(chain.last().after.version, 8);
  }
}

TEST(StockChain, FindsTheOneWrongChangeInAnyOrder) {
  std::mt19937 random(2);
  for (std::size_t wrong = 1; wrong < 7; ++wrong) {
    for (int round = 0; round < 50; ++round) {
      std::vector<StockChange> changes = life();
      ++changes[wrong].after.reserved;
      std::shuffle(changes.begin(), changes.end(), random);
      StockChain chain;
      bool found = false;
      for (const StockChange& it : changes)
        if (const auto mismatch = chain.take(it)) {
          found = true;
          const int version = mismatch->later.after.version;
          const int changed = static_cast<int>(wrong) + 1;
          EXPECT_TRUE(version == changed || version == changed + 1) << version;
        }
      EXPECT_TRUE(found) << wrong;
    }
  }
}

TEST(StockChain, ReportsAGapAndTwoChangesOfOneVersion) {
  const std::vector<StockChange> changes = life();
  StockChain chain;
  for (const std::size_t i : {0u, 1u, 3u, 4u}) EXPECT_FALSE(chain.take(changes[i]));
  ASSERT_TRUE(chain.gap());
  EXPECT_EQ(chain.gap()->earlier->after.version, 2);
  EXPECT_EQ(chain.gap()->later.after.version, 4);
  const auto again = chain.take(changes[3]);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->twice);
  EXPECT_FALSE(chain.take(changes[2]));
  EXPECT_FALSE(chain.gap());
}

}  // namespace
}  // namespace sagactl
