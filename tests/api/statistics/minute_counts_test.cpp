// Counts by the minute, over the records of a store.
#include "server/api/statistics/minute_counts.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

const SagaDefinition* order_saga() {
  return find_definition(order_processing_saga);
}

SagaProgress progress(std::size_t started, std::vector<std::pair<SagaStatus, Duration>> ended) {
  SagaProgress made;
  made.started.assign(started, order_saga());
  for (const auto& [status, took] : ended) made.ended_sagas.push_back({order_saga(), status, took});
  return made;
}

class MinuteCountsTest : public testing::Test {
 protected:
  MinuteCount of(const std::string& minute) {
    MinuteCounts reader("reader", *store);
    return of(reader, minute);
  }
  static MinuteCount of(MinuteCounts& reader, const std::string& minute) {
    auto minutes = reader.read("").value();
    return minutes[minute][std::string(order_processing_saga)];
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> store = make_memory_store(clock);
  const Timestamp at = *parse_iso8601("2026-11-29T17:00:10.000Z");
};

TEST_F(MinuteCountsTest, AddUpOverNodesAndLivesOfANode) {
  {
    MinuteCounts one("one", *store), two("two", *store);
    one.add(progress(2, {{SagaStatus::completed, 40ms}}), at);
    EXPECT_TRUE(one.flush(at));
    one.add(progress(1, {{SagaStatus::failed, 2s}}), at + 40s);
    two.add(progress(1, {{SagaStatus::compensated, 40ms}}), at);
    two.add(progress(1, {}), at + 1min);
    EXPECT_TRUE(one.flush(at + 40s));
    EXPECT_TRUE(two.flush(at + 1min));
  }
  MinuteCounts again("one", *store);
  again.add(progress(1, {}), at);
  EXPECT_TRUE(again.flush(at));
  const MinuteCount first = of("2026-11-29T17:00");
  EXPECT_EQ(first.started, 5);
  EXPECT_EQ(first.ended, (std::array<std::int64_t, 3>{1, 1, 1}));
  EXPECT_EQ(first.durations.at(DurationBucket::of(40ms)), 2);
  EXPECT_EQ(of("2026-11-29T17:01").started, 1);
}

TEST_F(MinuteCountsTest, AreReadWithWhatTheNodeHasNotWrittenYet) {
  MinuteCounts one("one", *store), two("two", *store);
  one.add(progress(2, {}), at);
  EXPECT_EQ(of(one, "2026-11-29T17:00").started, 2);
  EXPECT_EQ(of(two, "2026-11-29T17:00").started, 0);
  EXPECT_TRUE(one.flush(at));
  one.add(progress(1, {}), at);
  EXPECT_EQ(of(one, "2026-11-29T17:00").started, 3);
  EXPECT_EQ(of(two, "2026-11-29T17:00").started, 2);
  EXPECT_TRUE(one.read("2026-11-29T17:01")->empty());
}

TEST_F(MinuteCountsTest, AreForgottenAfterSomeHours) {
  MinuteCounts counts("one", *store);
  counts.add(progress(1, {}), at);
  EXPECT_TRUE(counts.flush(at));
  EXPECT_TRUE(counts.flush(at + MinuteCounts::kept_for));
  EXPECT_EQ(of("2026-11-29T17:00").started, 1);
  EXPECT_TRUE(counts.flush(at + MinuteCounts::kept_for + 1min));
  EXPECT_EQ(of("2026-11-29T17:00").started, 0);
}

TEST_F(MinuteCountsTest, WhatAnotherVersionWroteOtherwiseIsLeftOut) {
  for (const char* body : {"[]", "{\"trip\":1}", "{\"trip\":{\"started\":\"x\",\"durations\":[1]}}", "no JSON"})
    EXPECT_TRUE(store->add_record("minute", std::string("2026-11-29T17:00/") + body, body).value());
  EXPECT_EQ(of("2026-11-29T17:00").started, 0);
}

TEST(DurationBuckets, AreRightToWithinATenth) {
  for (double ms = 1.1; ms < 86'400'000; ms *= 1.37) {
    const double shown =
        DurationBucket::milliseconds(DurationBucket::of(Duration(static_cast<std::int64_t>(ms * 1000))));
    EXPECT_LT(std::abs(shown - ms), ms / 10) << ms;
  }
  const std::map<int, std::int64_t> durations = {{DurationBucket::of(10ms), 98}, {DurationBucket::of(1s), 2}};
  EXPECT_NEAR(DurationBucket::percentile(durations, 0.5), 10, 1);
  EXPECT_NEAR(DurationBucket::percentile(durations, 0.98), 10, 1);
  EXPECT_NEAR(DurationBucket::percentile(durations, 0.99), 1000, 100);
}

}  // namespace
}  // namespace sagactl::api
