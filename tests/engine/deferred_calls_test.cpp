#include "server/engine/deferred_calls.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace sagactl {
namespace {

class DeferredCallsTest : public testing::Test {
 protected:
  // At `ms`, to be made at `at`.
  void put(int ms, int at) {
    calls.put(time(ms), time(at), [this] { ++made; });
  }
  static Timestamp time(int ms) { return Timestamp{1'000'000} + std::chrono::milliseconds(ms); }

  DeferredCalls calls;
  int made = 0;
};

TEST_F(DeferredCallsTest, AreMadeOnceWhenTheirTimeHasCome) {
  EXPECT_EQ(calls.due(), Timestamp{INT64_MAX});
  put(0, 7);
  put(0, 5);
  EXPECT_EQ(calls.due(), time(5));
  calls.make_due(time(4));
  EXPECT_EQ(made, 0);
  calls.make_due(time(5));
  EXPECT_EQ(made, 1);
  EXPECT_EQ(calls.due(), time(7));
  calls.make_due(time(8));
  calls.make_due(time(9));
  EXPECT_EQ(made, 2);
}

TEST_F(DeferredCallsTest, AreMadeWhenTheClockIsSetBack) {
  put(3, 5);
  calls.make_due(time(2));
  EXPECT_EQ(made, 1);
}

TEST_F(DeferredCallsTest, MayPutFurtherOnes) {
  calls.put(time(0), time(1), [this] { put(1, 2); });
  calls.make_due(time(1));
  EXPECT_EQ(calls.due(), time(2));
}

TEST_F(DeferredCallsTest, AreAllMadeAtTheEndAndAtOnceAfterIt) {
  put(0, 5);
  calls.close();
  EXPECT_EQ(made, 1);
  put(0, 5);
  EXPECT_EQ(made, 2);
  EXPECT_EQ(calls.due(), Timestamp{INT64_MAX});
}

}  // namespace
}  // namespace sagactl
