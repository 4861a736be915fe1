// What every Bus does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/id.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "server/adapters/memory/memory_bus.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct BusKind {
  std::string name;
  bool needs_kafka = false;
  std::function<std::unique_ptr<Bus>()> make;
};

std::vector<Event> events(std::int64_t from, std::int64_t to) {
  std::vector<Event> list;
  for (std::int64_t sequence = from; sequence <= to; ++sequence) {
    list.emplace_back().sequence = sequence;
    list.back().node = "node-1";
  }
  return list;
}

// What was received, on any thread.
class Inbox {
 public:
  void put(std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    list_.push_back(sequence);
    changed_.notify_all();
  }
  // What was received when there are `count`.
  std::vector<std::int64_t> await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, hang_limit, [&] { return list_.size() >= count; });
    return list_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::int64_t> list_;
};

// Topics that were just created are read only when a busy broker has found leaders for them, which may be later than
// a subscription waits for.
void wait_until_read(const KafkaOptions& options) {
  Inbox inbox;
  const auto bus = make_kafka_bus(options).value();
  bus->subscribe([&](const Event& event) { inbox.put(event.sequence); });
  const auto is_read = [&] {
    if (!inbox.await(0).empty()) return true;
    bus->publish(events(0, 0), [](const Result<void>&) {});
    return false;
  };
  EXPECT_TRUE(eventually(is_read, std::chrono::milliseconds(100)));
}

// One set of topics for all tests of a run.
std::unique_ptr<Bus> kafka_bus() {
  static const KafkaOptions options = [] {
    KafkaOptions made;
    made.brokers = kafka_brokers().value();
    made.topic_prefix = "test-" + new_uuid().text() + "-";
    wait_until_read(made);
    return made;
  }();
  return make_kafka_bus(options).value();
}

class BusContract : public testing::TestWithParam<BusKind> {
 protected:
  void SetUp() override {
    if (GetParam().needs_kafka) SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    bus = GetParam().make();
  }
  void publish(const std::vector<Event>& list) {
    std::promise<Result<void>> done;
    bus->publish(list, [&](Result<void> result) { done.set_value(std::move(result)); });
    const Result<void> result = done.get_future().get();
    EXPECT_TRUE(result.ok());
  }
  std::function<void(const Event&)> into(Inbox& inbox) {
    return [&inbox](const Event& event) { inbox.put(event.sequence); };
  }

  Inbox first, second;
  std::unique_ptr<Bus> bus;
};

TEST_P(BusContract, EverySubscriberGetsEveryEventInOrder) {
  bus->subscribe(into(first));
  publish(events(1, 2));
  bus->subscribe(into(second));
  publish(events(3, 4));
  EXPECT_THAT(first.await(4), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(second.await(2), ElementsAre(3, 4)) << "from its subscription on";
}

TEST_P(BusContract, AnEndedSubscriptionGetsNoMore) {
  const auto end = bus->subscribe(into(first));
  bus->subscribe(into(second));
  publish(events(1, 1));
  EXPECT_THAT(first.await(1), ElementsAre(1));
  end();
  end();
  publish(events(2, 2));
  EXPECT_THAT(second.await(2), ElementsAre(1, 2));
  EXPECT_THAT(first.await(1), ElementsAre(1));
}

TEST_P(BusContract, ASubscriberMayEndItsSubscriptionWhileItReceives) {
  std::function<void()> end;
  end = bus->subscribe([&](const Event& event) {
    first.put(event.sequence);
    end();
  });
  publish(events(1, 3));
  EXPECT_THAT(first.await(1), ElementsAre(1));
  bus->subscribe(into(second));
  publish(events(4, 4));
  EXPECT_THAT(second.await(1), ElementsAre(4)) << "others may begin afterwards";
  EXPECT_THAT(first.await(1), ElementsAre(1));
}

TEST_P(BusContract, ASubscriptionHasEndedWhenNothingIsReceivedAnyMore) {
  std::promise<void> receives, may_go_on;
  std::atomic<bool> is_receiving = false, received_while_ended = false;
  const auto end = bus->subscribe([&](const Event&) {
    is_receiving = true;
    receives.set_value();
    may_go_on.get_future().wait();
    is_receiving = false;
  });
  auto published = std::async(std::launch::async, [&] { publish(events(1, 1)); });
  receives.get_future().wait();
  auto ended = std::async(std::launch::async, [&] {
    end();
    received_while_ended = is_receiving.load();
  });
  EXPECT_EQ(ended.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  may_go_on.set_value();
  ended.wait();
  published.wait();
  EXPECT_FALSE(received_while_ended);
}

TEST_P(BusContract, ASubscriptionMayEndAfterItsBus) {
  const auto end = bus->subscribe(into(first));
  bus.reset();
  end();
  EXPECT_THAT(first.await(0), IsEmpty());
}

TEST_P(BusContract, NothingToPublishIsDoneToo) {
  publish({});
}

TEST_P(BusContract, CountsWhatItHasPublished) {
  publish(events(1, 7));
  EXPECT_TRUE(bus->state().available);
  EXPECT_EQ(bus->state().published, 7u);
}

TEST_P(BusContract, AProbeIsAnsweredAndNoEvent) {
  bus->subscribe(into(first));
  std::promise<Result<void>> done;
  bus->probe(Timestamp{1'000'000}, [&](Result<void> result) { done.set_value(std::move(result)); });
  const Result<void> probed = done.get_future().get();
  EXPECT_EQ(probed.ok(), bus->state().external);
  publish(events(1, 1));
  EXPECT_THAT(first.await(1), ElementsAre(1));
}

INSTANTIATE_TEST_SUITE_P(Buses, BusContract,
                         testing::Values(BusKind{"Memory", false, [] { return make_memory_bus(); }},
                                         BusKind{"Kafka", true, kafka_bus}),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace sagactl
