#include "loadgen/sending/unit_backlog.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

DueUnit unit(std::uint64_t operation, std::uint16_t count = 1) {
  return {{operation, 0, OrderKind::single, count}, 0};
}

TEST(UnitBacklog, IsFifoPerQueue) {
  UnitBacklog waiting(2, 10);
  for (std::uint64_t i = 0; i < 6; ++i) ASSERT_TRUE(waiting.push(i % 3, unit(i)));
  EXPECT_EQ(waiting.requests(), 6u);
  for (std::uint64_t i = 0; i < 6; ++i) {
    ASSERT_NE(waiting.front(i % 3), nullptr);
    EXPECT_EQ(waiting.front(i % 3)->unit.operation, i);
    waiting.pop(i % 3);
  }
  for (std::size_t line = 0; line < waiting.queues(); ++line) EXPECT_EQ(waiting.front(line), nullptr);
}

TEST(UnitBacklog, CountsRequestsAndRefusesTooMany) {
  UnitBacklog waiting(1, 10);
  EXPECT_TRUE(waiting.push(waiting.group_queue(), unit(0, 6)));
  EXPECT_FALSE(waiting.push(waiting.group_queue(), unit(6, 5)));
  EXPECT_TRUE(waiting.push(0, unit(11, 4)));
  EXPECT_FALSE(waiting.push(0, unit(15)));
  EXPECT_EQ(waiting.requests(), 10u);
  waiting.pop(waiting.group_queue());
  EXPECT_EQ(waiting.requests(), 4u);
}

TEST(UnitBacklog, ReusesItsPlaces) {
  UnitBacklog waiting(1, 3);
  for (std::uint64_t i = 0; i < 100; ++i) {
    ASSERT_TRUE(waiting.push(0, unit(i)));
    if (i < 2) continue;
    EXPECT_EQ(waiting.front(0)->unit.operation, i - 2);
    waiting.pop(0);
  }
}

}  // namespace
}  // namespace sagactl
