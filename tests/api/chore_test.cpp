#include "server/node/chore.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace sagactl {
namespace {

struct CountedChore {
  std::atomic<int> calls = 0;
  Chore chore{[this](const std::stop_token&) {
    ++calls;
    calls.notify_all();
    return std::chrono::hours(1);
  }};
};

TEST(Chore, WorksAtOnceAndAgainWhenItIsWoken) {
  CountedChore counted;
  auto& [calls, chore] = counted;
  calls.wait(0);
  chore.wake();
  calls.wait(1);
  EXPECT_EQ(calls, 2);
}

TEST(Chore, ThatHasStoppedIsNotWoken) {
  CountedChore counted;
  auto& [calls, chore] = counted;
  calls.wait(0);
  chore.stop();
  const int before = calls;
  chore.wake();
  chore.stop();
  EXPECT_EQ(calls, before);
}

}  // namespace
}  // namespace sagactl
