#include "server/node/chore.hpp"

#include <gtest/gtest.h>

#include <atomic>

namespace sagactl {
namespace {

TEST(Chore, WorksAtOnceAndAgainWhenItIsWoken) {
  std::atomic<int> calls = 0;
  Chore chore([&](const std::stop_token&) {
    ++calls;
    calls.notify_all();
    return std::chrono::hours(1);
  });
  calls.wait(0);
  chore.wake();
  calls.wait(1);
  EXPECT_EQ(calls, 2);
}

TEST(Chore, ThatHasStoppedIsNotWoken) {
  std::atomic<int> calls = 0;
  Chore chore([&](const std::stop_token&) {
    ++calls;
    calls.notify_all();
    return std::chrono::hours(1);
  });
  calls.wait(0);
  chore.stop();
  const int before = calls;
  chore.wake();
  chore.stop();
  EXPECT_EQ(calls, before);
}

}  // namespace
}  // namespace sagactl
