// Partitions are added to topics while they are in use.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <set>
#include <thread>

#include "server/adapters/kafka/kafka_bus.hpp"
#include "server/adapters/kafka/kafka_payment_gateway.hpp"
#include "server/adapters/kafka/payment_participant.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/engine/engine.hpp"
#include "tests/kafka/add_partitions.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using kafka::Incoming;
using kafka::Outgoing;

class AddedPartitions : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options = kafka::site_options(*kafka_brokers());
  }
  std::string topic(const char* name) const { return options.topic_prefix + name; }
  std::unique_ptr<kafka::Producer> producer(std::vector<std::string> topics) {
    kafka::ProducerOptions producing;
    producing.kafka = options;
    producing.topics = std::move(topics);
    return kafka::Producer::open(producing).value();
  }

  KafkaOptions options;
};

TEST_F(AddedPartitions, AreReadFromTheirBeginningByExistingReaders) {
  (void)producer({topic("t")});
  const kafka::Recorder recorder(options, {topic("t")});
  ASSERT_TRUE(kafka::add_partitions(options, topic("t"), 8).ok());
  std::vector<Outgoing> messages;
  for (int i = 0; i < 100; ++i) messages.push_back({topic("t"), "key-" + std::to_string(i), "{}", {}});
  ASSERT_TRUE(kafka::send_all(*producer({topic("t")}), messages).ok());
  ASSERT_TRUE(recorder.await(messages.size())) << recorder.messages().size();
  std::set<std::int32_t> partitions;
  for (const Incoming& message : recorder.messages()) partitions.insert(message.partition);
  EXPECT_GT(*partitions.rbegin(), 1);
  EXPECT_EQ(recorder.messages().size(), messages.size()) << "each once";
}

TEST_F(AddedPartitions, GetNoKeyThatIsInAnotherPartition) {
  SimulatedClock clock;
  const auto store = make_memory_store(clock);
  options.book = store.get();
  const auto publish = [](Bus& bus, std::int64_t sequence) {
    std::vector<Event> events;
    for (int i = 0; i < 50; ++i) events.push_back(kafka::an_event("node-1", sequence + i, "flow-" + std::to_string(i)));
    std::atomic<bool> done = false;
    bus.publish(events, [&](Result<void> result) { done = result.ok(); });
    ASSERT_TRUE(kafka::eventually([&] { return done.load(); }));
  };
  const auto first = make_kafka_bus(options).value();
  const kafka::Recorder recorder(options, {topic("order-events")});
  publish(*first, 1);
  ASSERT_TRUE(kafka::add_partitions(options, topic("order-events"), 9).ok());
  const auto second = make_kafka_bus(options).value();  // another node, which starts with all of them
  publish(*second, 51);
  publish(*first, 101);
  ASSERT_TRUE(recorder.await(150));
  std::map<std::string, std::set<std::int32_t>> places;
  for (const Incoming& message : recorder.messages()) places[message.key].insert(message.partition);
  EXPECT_EQ(places.size(), 50u);
  for (const auto& [key, partitions] : places) EXPECT_EQ(partitions.size(), 1u) << key;
}

// Two nodes with a remote payment participant, which is restarted after partitions were added.
TEST_F(AddedPartitions, LeaveNoSagaWithoutItsPayment) {
  const auto clock = make_system_clock();
  const auto store = make_memory_store(*clock);
  SimulatedGatewayOptions simulated;
  simulated.success = 1;
  simulated.delay_min = simulated.delay_max = 1ms;
  const auto provider = make_simulated_gateway(simulated, *clock);
  PaymentParticipantOptions participating;
  participating.kafka = options;
  participating.group = topic("group");
  auto participant = PaymentParticipant::start(participating, *provider, *clock).value();

  RemotePaymentOptions remote;
  remote.kafka = options;
  remote.kafka.book = store.get();
  remote.reply_to = "node-1";
  const auto gateway = make_kafka_payment_gateway(remote, *clock).value();
  const auto bus = make_kafka_bus(remote.kafka).value();
  std::atomic<int> seen = 0;
  const auto end = bus->subscribe([&](const Event& event) { seen += event.type == EventType::order_created; });
  EngineOptions node;
  node.node = "node-1";
  Engine engine(node, *store, *gateway, *bus, *clock);
  ASSERT_TRUE(engine.start().ok());
  const auto completed = [&] {
    return store->counts().value().sagas[{std::string(order_processing_saga), SagaStatus::completed}];
  };
  int placed = 0;
  const auto place_and_await = [&](int count) {
    for (int i = 0; i < count; ++i, ++placed) {
      PlaceOrder order;
      order.id = OrderId::fresh();
      order.actor = {UserId::fresh(), Role::customer};
      order.items = {{"P" + std::to_string(placed), "P", 1, Money{1000}}};
      order.address = "Seoul";
      engine.submit(std::move(order), [](const Result<Receipt>&) {});
    }
    EXPECT_TRUE(kafka::eventually([&] {
      engine.turn();
      return completed() == placed;
    })) << completed()
        << " of " << placed;
  };
  const auto all_seen = [&](int since) {
    return kafka::eventually([&] {
      engine.turn();
      return seen >= placed - since;
    });
  };
  // From the first that is seen on, none is missing: with a slow broker the subscription may start late.
  ASSERT_TRUE(eventually(
      [&] {
        place_and_await(1);
        engine.turn();
        return seen > 0;
      },
      std::chrono::milliseconds(500)));
  const int missed = placed - seen;
  place_and_await(20);
  for (const char* name : {"payment-replies", "payment-commands", "order-events"})
    ASSERT_TRUE(kafka::add_partitions(options, topic(name), 8).ok());
  participant.reset();
  participant = PaymentParticipant::start(participating, *provider, *clock).value();
  place_and_await(30);
  EXPECT_TRUE(all_seen(missed)) << seen << " of " << placed - missed;
  end();
  engine.stop();
}

}  // namespace
}  // namespace sagactl
