// Deadlines are found, in any order in which they are set, and never early.
#include "server/adapters/participants/deadline_wheel.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "common/random.hpp"

namespace sagactl {
namespace {

TEST(DeadlineWheel, FindsEveryDeadlineOnceAndNoneEarly) {
  Random random(7);
  SteadyTime now{123'456'789};
  DeadlineWheel wheel(now);
  std::vector<std::unique_ptr<WheelEntry>> entries;
  std::size_t linked = 0, found = 0;
  std::vector<WheelEntry*> due;
  for (int round = 0; round < 3000; ++round) {
    entries.push_back(std::make_unique<WheelEntry>());
    wheel.set(*entries.back(), now + Duration{static_cast<std::int64_t>(random.below(20'000'000))});
    ++linked;
    now = now + Duration{static_cast<std::int64_t>(random.below(50'000))};
    due.clear();
    wheel.turn(now, due);
    found += due.size();
    for (const WheelEntry* entry : due) EXPECT_LE(entry->due(), now);
    EXPECT_EQ(wheel.size(), linked - found);
  }
  for (const auto& entry : entries) EXPECT_TRUE(!entry->is_linked() || entry->due() + DeadlineWheel::tick > now);
  due.clear();
  wheel.turn(now + 21s, due);
  EXPECT_EQ(found + due.size(), linked);
  EXPECT_EQ(wheel.size(), 0u);
}

TEST(DeadlineWheel, ForgetsWhatIsUnlinkedOrDestroyedAndMovesWhatIsSetAgain) {
  const SteadyTime now{1'000'000};
  DeadlineWheel wheel(now);
  WheelEntry kept, unlinked;
  {
    WheelEntry destroyed;
    wheel.set(destroyed, now + 1s);
  }
  wheel.set(unlinked, now + 1s);
  unlinked.unlink();
  wheel.set(kept, now + 1s);
  wheel.set(kept, now + 3s);
  std::vector<WheelEntry*> due;
  wheel.turn(now + 2s, due);
  EXPECT_TRUE(due.empty());
  EXPECT_EQ(wheel.size(), 1u);
  wheel.turn(now + 4s, due);
  EXPECT_EQ(due, std::vector<WheelEntry*>{&kept});
}

}  // namespace
}  // namespace sagactl
