#include "server/adapters/kafka/client/consumer/offset_window.hpp"

#include <gtest/gtest.h>

#include "server/adapters/kafka/client/consumer/seen_ids.hpp"

namespace sagactl::kafka {
namespace {

TEST(OffsetWindow, CommitsOnlyUpToTheFirstInFlight) {
  OffsetWindow window;
  for (const std::int64_t offset : {3, 4, 7}) window.begin(offset);
  EXPECT_EQ(window.finish(4), std::nullopt);
  EXPECT_EQ(window.finish(3), 5);
  EXPECT_EQ(window.finish(7), 8);
  EXPECT_EQ(window.size(), 0u);
}

TEST(OffsetWindow, IgnoresARepeatAndAnUnknownOffset) {
  OffsetWindow window;
  window.begin(1);
  EXPECT_EQ(window.finish(9), std::nullopt);
  EXPECT_EQ(window.finish(1), 2);
  EXPECT_EQ(window.finish(1), std::nullopt);
}

TEST(SeenIds, ForgetTheOldestBeyondTheirLimit) {
  SeenIds seen(2);
  for (const char* id : {"a", "b", "b", "c"}) seen.add(id);
  EXPECT_FALSE(seen.contains("a"));
  EXPECT_TRUE(seen.contains("b"));
  EXPECT_TRUE(seen.contains("c"));
}

}  // namespace
}  // namespace sagactl::kafka
