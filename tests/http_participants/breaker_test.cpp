// When a participant is left alone, and when it is tried again.
#include "server/adapters/participants/breaker.hpp"

#include <gmock/gmock.h>

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr SteadyTime start{1'000'000'000};

bool fails(Breaker& breaker, SteadyTime now, bool was_probe = false) {
  return breaker.failed(now, "answered 503", was_probe);
}

TEST(Breaker, OpensAfterFiveFailuresInARow) {
  Breaker breaker(1);
  for (int i = 0; i < 4; ++i) EXPECT_FALSE(fails(breaker, start));
  EXPECT_TRUE(breaker.admits(start));
  EXPECT_TRUE(fails(breaker, start));
  EXPECT_TRUE(breaker.is_open());
  EXPECT_FALSE(breaker.admits(start));
  EXPECT_EQ(breaker.reason(), "not called, since the last 5 calls failed (answered 503)");
}

TEST(Breaker, StaysClosedWhileSomethingSucceededInTheLastSecond) {
  Breaker breaker(1);
  breaker.succeeded(start);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(fails(breaker, start + 999ms));
  EXPECT_TRUE(fails(breaker, start + 1s));
}

TEST(Breaker, CountsAgainFromASuccess) {
  Breaker breaker(1);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(fails(breaker, start));
    breaker.succeeded(start);
  }
  EXPECT_FALSE(breaker.is_open());
}

TEST(Breaker, AdmitsOneProbeAndClosesWhenItSucceeds) {
  Breaker breaker(1);
  for (int i = 0; i < 5; ++i) fails(breaker, start);
  EXPECT_FALSE(breaker.admits(start + 499ms));
  EXPECT_TRUE(breaker.admits(start + 1s));
  EXPECT_FALSE(breaker.admits(start + 1s)) << "one at a time";
  breaker.succeeded(start + 1s);
  EXPECT_FALSE(breaker.is_open());
  EXPECT_TRUE(breaker.admits(start + 1s));
}

TEST(Breaker, WaitsTwiceAsLongAfterEachProbeThatFailsUpToThirtySeconds) {
  Breaker breaker(1);
  SteadyTime now = start;
  for (int i = 0; i < 5; ++i) fails(breaker, now);
  for (Duration pause = 1s;; pause *= 2) {
    const Duration longest = std::min<Duration>(pause, 30s);
    EXPECT_FALSE(breaker.admits(now + longest / 2 - 1us)) << longest.count();
    ASSERT_TRUE(breaker.admits(now + longest)) << longest.count();
    now = now + longest;
    fails(breaker, now, true);
    if (pause > 2min) break;
  }
}

TEST(Breaker, LearnsNothingFromFailuresOfCallsThatBeganBeforeItOpened) {
  Breaker breaker(1);
  for (int i = 0; i < 5; ++i) fails(breaker, start);
  ASSERT_TRUE(breaker.admits(start + 1s));
  fails(breaker, start + 1s, false);
  EXPECT_FALSE(breaker.admits(start + 1s)) << "the probe is still in progress";
  breaker.abandoned();
  EXPECT_TRUE(breaker.admits(start + 1s)) << "a probe that says nothing makes room for another";
}

TEST(Breaker, ProbesOfTwoNodesAreNotMadeTogether) {
  Breaker one(1), other(2);
  for (int i = 0; i < 5; ++i) {
    fails(one, start);
    fails(other, start);
  }
  const auto first_probe = [](Breaker& breaker) {
    Duration wait{0};
    while (!breaker.admits(start + wait)) wait += 1ms;
    return wait;
  };
  EXPECT_NE(first_probe(one), first_probe(other));
}

}  // namespace
}  // namespace sagactl
