#include "server/engine/saga_timers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr SteadyTime start{1'000'000};

OrderId order(int number) {
  OrderId id;
  id.uuid.bytes[15] = static_cast<std::uint8_t>(number);
  return id;
}

class SagaTimersTest : public testing::Test {
 protected:
  // A timer of that saga, due in so many seconds; its durable time is as many seconds after 0.
  void set(int number, int in_s) { timers.set({order(number), at(in_s), Duration{in_s * 1s}}, start); }
  void end(int number) { timers.set({order(number), std::nullopt, Duration{0}}, start); }
  static Timestamp at(int s) { return Timestamp{s * 1'000'000LL}; }
  std::vector<int> fire(int after_s, std::size_t max = 100) {
    std::vector<int> fired;
    for (const WakeRequest& wake : timers.fire(start + Duration{after_s * 1s}, max))
      fired.push_back(wake.saga.uuid.bytes[15]);
    return fired;
  }

  SagaTimers timers;
};

TEST_F(SagaTimersTest, FireOnceInTheOrderInWhichTheyAreDue) {
  EXPECT_EQ(timers.due(), never_due);
  set(1, 30);
  set(2, 10);
  set(3, 20);
  EXPECT_EQ(timers.due(), start + 10s);
  EXPECT_THAT(fire(9), IsEmpty());
  EXPECT_THAT(fire(20, 1), ElementsAre(2)) << "no more than asked for";
  EXPECT_THAT(fire(30), ElementsAre(3, 1));
  EXPECT_THAT(fire(30), IsEmpty());
  EXPECT_EQ(timers.due(), never_due);
  EXPECT_EQ(timers.open(), 3u) << "a saga whose timer has fired is still driven by this node";
}

TEST_F(SagaTimersTest, AreReplacedByTheNextOneOfTheirSaga) {
  set(1, 10);
  set(1, 30);
  set(2, 20);
  EXPECT_THAT(fire(25), ElementsAre(2));
  set(1, 5);
  EXPECT_THAT(fire(25), ElementsAre(1));
  set(1, 26);
  EXPECT_THAT(fire(26), ElementsAre(1)) << "also after the one before has fired";
}

TEST_F(SagaTimersTest, EndWithTheirSaga) {
  set(1, 10);
  set(2, 10);
  end(1);
  end(7);
  EXPECT_EQ(timers.open(), 1u);
  EXPECT_THAT(timers.flows(), UnorderedElementsAre(order(2)));
  EXPECT_THAT(fire(10), ElementsAre(2));
  end(2);
  EXPECT_EQ(timers.open(), 0u);
}

TEST_F(SagaTimersTest, AreForgottenOnlyWhenNoLaterOneWasSet) {
  set(1, 10);
  timers.forget(order(1), at(9));
  timers.forget(order(2), at(10));
  EXPECT_EQ(timers.open(), 1u);
  EXPECT_THAT(fire(10), ElementsAre(1));
  timers.forget(order(1), at(10));
  EXPECT_EQ(timers.open(), 0u);
}

TEST_F(SagaTimersTest, KnowNothingAfterTheyWereCleared) {
  set(1, 10);
  timers.clear();
  EXPECT_EQ(timers.open(), 0u);
  EXPECT_EQ(timers.due(), never_due);
  set(2, 5);
  EXPECT_THAT(fire(10), ElementsAre(2));
}

// What many timers do is what a plain list of them would do.
TEST_F(SagaTimersTest, DoWhatAListWould) {
  std::mt19937 random(7);
  std::map<int, std::optional<int>> list;  // by saga; none: it has fired
  const auto draw = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  int now = 0;
  for (int i = 0; i < 20'000; ++i) {
    const int saga = draw(200);
    switch (draw(4)) {
      case 0:
      case 1:
        list[saga] = now + draw(50);
        set(saga, *list[saga]);
        break;
      case 2:
        list.erase(saga);
        end(saga);
        break;
      default: {
        now += draw(3);
        std::vector<std::pair<int, int>> due;
        for (auto& [each, time] : list)
          if (time && *time <= now) {
            due.emplace_back(*time, each);
            time.reset();
          }
        std::sort(due.begin(), due.end());
        std::vector<int> expected;
        for (const auto& [time, each] : due) expected.push_back(each);
        ASSERT_EQ(fire(now, 1'000), expected) << "step " << i;
      }
    }
    ASSERT_EQ(timers.open(), list.size());
  }
}

}  // namespace
}  // namespace sagactl
