// When events are published.
#include "server/engine/publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;

// Records the sequences of each batch, and answers on request.
class RecordingBus : public Bus {
 public:
  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override {
    std::vector<std::int64_t>& batch = batches.emplace_back();
    for (const Event& event : events) batch.push_back(event.sequence);
    done_ = std::move(done);
  }
  Duration batch_window() const override { return window; }
  std::function<void()> subscribe(std::function<void(const Event&)>, std::function<void()>) override {
    return [] {};
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }

  void answer(Result<void> result = {}) { std::exchange(done_, nullptr)(std::move(result)); }

  std::vector<std::vector<std::int64_t>> batches;
  Duration window{0};

 private:
  std::function<void(Result<void>)> done_;
};

class PublisherTest : public testing::Test {
 protected:
  PublisherTest() {
    const auto registration = store->register_node("node-1", "", 10s).value();
    EXPECT_TRUE(publisher.start(registration.writer, registration.last_sequence, now));
  }
  void turn(SteadyTime at, bool flush = false) { EXPECT_TRUE(publisher.turn(at, flush)); }
  void commit(int count) {
    std::deque<Event> events;
    for (int i = 0; i < count; ++i) {
      events.emplace_back().node = "node-1";
      events.back().sequence = ++sequence;
    }
    publisher.committed(events);
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> store = make_memory_store(clock);
  RecordingBus bus;
  Publisher publisher{*store, bus};
  SteadyTime now = clock.steady();
  std::int64_t sequence = 0;
};

TEST_F(PublisherTest, PublishesImmediatelyAndThenWhatWasCommittedMeanwhile) {
  commit(1);
  turn(now);
  commit(2);
  turn(now);
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(1))) << "one batch at a time";
  bus.answer();
  turn(now);
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
}

TEST_F(PublisherTest, CollectsABatchDuringTheBatchWindow) {
  bus.window = 20ms;
  commit(1);
  turn(now);
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(1))) << "the first does not wait";
  bus.answer();
  commit(1);
  turn(now + 5ms);
  commit(1);
  turn(now + 19ms);
  EXPECT_EQ(bus.batches.size(), 1u);
  EXPECT_EQ(publisher.due(), now + 20ms);
  turn(now + 20ms);
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
}

TEST_F(PublisherTest, AnIdleBusWaitsForNothing) {
  bus.window = 20ms;
  for (int i = 1; i <= 3; ++i) {
    commit(1);
    turn(now + i * 1s);
    EXPECT_EQ(bus.batches.size(), static_cast<std::size_t>(i));
    bus.answer();
  }
}

TEST_F(PublisherTest, ABacklogDoesNotWait) {
  bus.window = 20ms;
  commit(5'500);
  turn(now);
  bus.answer();
  turn(now + 1ms);
  ASSERT_EQ(bus.batches.size(), 2u);
  EXPECT_EQ(bus.batches[0].size() + bus.batches[1].size(), 5'500u);
  bus.answer();
  commit(1);
  turn(now + 2ms);
  EXPECT_EQ(bus.batches.size(), 2u) << "after the backlog it waits for the batch window again";
}

TEST_F(PublisherTest, FlushDoesNotWaitForTheBatchWindow) {
  bus.window = 20ms;
  commit(1);
  turn(now);
  bus.answer();
  commit(1);
  turn(now + 1ms, true);
  EXPECT_EQ(bus.batches.size(), 2u);
}

TEST_F(PublisherTest, EventsThatGetTheNumbersOfLostOnesArePublished) {
  commit(3);
  turn(now);
  bus.answer();
  commit(2);
  turn(now);
  ASSERT_THAT(bus.batches, ElementsAre(ElementsAre(1, 2, 3), ElementsAre(4, 5)));
  bus.batches.clear();
  sequence = 2;  // the others are lost
  ASSERT_TRUE(publisher.start({"node-1", 2}, sequence, now));
  commit(3);
  bus.answer();  // for the lost ones
  turn(now);
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(3, 4, 5)));
  EXPECT_EQ(publisher.waiting(), 3);
  bus.answer();
  EXPECT_EQ(publisher.waiting(), 0);
}

TEST_F(PublisherTest, RetriesAfterAFailureWithTheSameEventsAndMore) {
  commit(1);
  turn(now);
  bus.answer(Error{ErrorCode::unavailable, "unavailable"});
  commit(1);
  turn(now + 1ms);
  EXPECT_EQ(bus.batches.size(), 1u);
  turn(publisher.due());
  EXPECT_THAT(bus.batches, ElementsAre(ElementsAre(1), ElementsAre(1, 2)));
}

}  // namespace
}  // namespace sagactl
