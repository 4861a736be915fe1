// What every Clock does, and what the simulated one does beside.
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

// What has been done so far, and waiting for more of it.
class Journal {
 public:
  std::function<void()> entry(std::string text) {
    return [this, text = std::move(text)] {
      const std::lock_guard lock(mutex_);
      entries_.push_back(text);
      changed_.notify_all();
    };
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, hang_limit, [&] { return entries_.size() >= count; });
    return entries_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> entries_;
};

struct ClockKind {
  std::string name;
  std::function<std::unique_ptr<Clock>()> make;
  std::function<void(Clock&)> pass_time;  // until what waits at most 50 ms is due
};

class ClockContract : public testing::TestWithParam<ClockKind> {
 protected:
  Journal journal;  // outlives the clock, whose work writes to it
  std::unique_ptr<Clock> clock = GetParam().make();
};

TEST_P(ClockContract, DoesWorkInTheOrderInWhichItIsDue) {
  for (;;) {
    Journal asked;
    const SteadyTime began = clock->steady();
    clock->after(20ms, asked.entry("later"));
    clock->after(-5ms, asked.entry("overdue"));
    clock->after(10ms, asked.entry("sooner"));
    const bool in_time = clock->steady() - began < 10ms;  // otherwise the last may be due after the first
    GetParam().pass_time(*clock);
    const auto done = asked.wait_for(3);
    if (!in_time) continue;
    EXPECT_EQ(done, (std::vector<std::string>{"overdue", "sooner", "later"}));
    return;
  }
}

TEST_P(ClockContract, WorkMayAskForMoreWork) {
  clock->after(1ms, [this] {
    journal.entry("first")();
    clock->after(1ms, journal.entry("second"));
  });
  GetParam().pass_time(*clock);
  EXPECT_EQ(journal.wait_for(2), (std::vector<std::string>{"first", "second"}));
}

TEST_P(ClockContract, DropsWorkThatStillWaitsWhenItIsDestroyed) {
  auto owned = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = owned;
  clock->after(1h, [owned = std::move(owned), done = journal.entry("never")] { done(); });
  clock.reset();
  EXPECT_TRUE(watch.expired());
  EXPECT_TRUE(journal.wait_for(0).empty());
}

INSTANTIATE_TEST_SUITE_P(Clocks, ClockContract,
                         testing::Values(ClockKind{
                                             "Simulated", [] { return std::make_unique<SimulatedClock>(); },
                                             [](Clock& clock) { dynamic_cast<SimulatedClock&>(clock).advance(50ms); }},
                                         ClockKind{"System", [] { return make_system_clock(); }, [](Clock&) {}}),
                         [](const auto& kind) { return kind.param.name; });

TEST(SimulatedClock, StandsStillUntilItIsMoved) {
  SimulatedClock clock(Timestamp{100});
  EXPECT_EQ(clock.now(), Timestamp{100});
  EXPECT_FALSE(clock.advance_to_next());
  clock.advance(5us);
  EXPECT_EQ(clock.now(), Timestamp{105});
}

TEST(SimulatedClock, EqualTimesKeepTheOrderOfAsking) {
  SimulatedClock clock;
  Journal journal;
  clock.after(1s, [&] {
    journal.entry("a")();
    clock.after(0s, journal.entry("c"));
  });
  clock.after(1s, journal.entry("b"));
  EXPECT_EQ(clock.next(), clock.steady() + 1s);
  while (clock.advance_to_next()) continue;
  EXPECT_EQ(journal.wait_for(3), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(clock.now(), SimulatedClock::epoch + 1s);
}

TEST(SimulatedClock, WorkKeepsItsDistanceWhenTheTimeIsStepped) {
  SimulatedClock clock;
  Journal journal;
  clock.after(10s, journal.entry("work"));
  clock.step(-1h);
  clock.advance(9s);
  EXPECT_TRUE(journal.wait_for(0).empty());
  clock.advance(1s);
  EXPECT_EQ(journal.wait_for(1).size(), 1u);
  EXPECT_EQ(clock.now(), SimulatedClock::epoch - 1h + 10s);
}

}  // namespace
}  // namespace sagactl
