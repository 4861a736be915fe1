#include "server/engine/deferred_calls.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

class DeferredCallsTest : public testing::Test {
 protected:
  void put(int at) {
    calls.put(time(at), [this] { ++called; });
  }
  static SteadyTime time(int ms) { return SteadyTime{1'000'000} + std::chrono::milliseconds(ms); }

  DeferredCalls calls;
  int called = 0;
};

TEST_F(DeferredCallsTest, AreCalledOnceWhenTheyAreDue) {
  EXPECT_EQ(calls.due(), never_due);
  put(7);
  put(5);
  EXPECT_EQ(calls.due(), time(5));
  calls.run_due(time(4));
  EXPECT_EQ(called, 0);
  calls.run_due(time(5));
  EXPECT_EQ(called, 1);
  EXPECT_EQ(calls.due(), time(7));
  calls.run_due(time(8));
  calls.run_due(time(9));
  EXPECT_EQ(called, 2);
}

TEST_F(DeferredCallsTest, MayAddMore) {
  calls.put(time(1), [this] { put(2); });
  calls.run_due(time(1));
  EXPECT_EQ(calls.due(), time(2));
}

TEST_F(DeferredCallsTest, AreAllCalledOnCloseAndImmediatelyAfterIt) {
  put(5);
  calls.close();
  EXPECT_EQ(called, 1);
  put(5);
  EXPECT_EQ(called, 2);
  EXPECT_EQ(calls.due(), never_due);
}

}  // namespace
}  // namespace sagactl
