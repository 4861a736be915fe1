// A node publishes the backlog of a crashed one, over a real broker.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "common/text/json.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/engine/engine.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

// A bus that accepts nothing, as when a node's connection to Kafka is cut.
class CutBus : public Bus {
 public:
  void publish(std::vector<Event>, std::function<void(Result<void>)> done) override {
    done(Error{ErrorCode::unavailable, "cut"});
  }
  std::function<void()> subscribe(std::function<void(const Event&)>, std::function<void()>) override {
    return [] {};
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }
};

PlaceOrder order_of(const std::string& product) {
  PlaceOrder order;
  order.id = OrderId::fresh();
  order.actor = {UserId::fresh(), Role::customer};
  order.items = {{product, product, 1, Money{1000}}};
  order.address = "Seoul";
  order.trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  return order;
}

TEST(Takeover, PublishesTheBacklogOfACrashedNodeInOrderAndOnceByNodeAndSequence) {
  SAGACTL_NEEDS(kafka_brokers(), "Kafka");
  SimulatedClock clock;
  const auto store = make_memory_store(clock);
  SimulatedGatewayOptions simulated;
  simulated.success = 1;
  simulated.delay_min = simulated.delay_max = Duration{0};
  const auto gateway = make_simulated_gateway(simulated, clock);
  const KafkaOptions options = kafka::site_options(*kafka_brokers());
  const auto bus = make_kafka_bus(options).value();
  const kafka::Recorder recorder(options,
                                 {options.topic_prefix + "order-events", options.topic_prefix + "payment-events",
                                  options.topic_prefix + "saga-events"});
  CutBus cut;
  EngineOptions first;
  first.node = "node-1";
  auto dying = std::make_unique<Engine>(first, *store, *gateway, cut, clock);
  ASSERT_TRUE(dying->start().ok());
  OrderId last_order;
  for (int i = 0; i < 300; ++i) {
    PlaceOrder order = order_of("P" + std::to_string(i));
    last_order = order.id;
    dying->submit(std::move(order), [](Result<Receipt>) {});
  }
  for (int i = 0; i < 50; ++i) dying->turn();
  const std::int64_t left = dying->stats().unpublished;
  ASSERT_GT(left, 2'000) << "more than one page";
  dying.reset();  // as kill -9: it releases nothing

  clock.advance(first.lease * 2);
  EngineOptions second;
  second.node = "node-2";
  Engine adopter(second, *store, *gateway, *bus, clock);
  ASSERT_TRUE(adopter.start().ok());
  ASSERT_TRUE(kafka::eventually([&] {
    clock.advance(100ms);
    adopter.turn();
    return recorder.messages().size() >= static_cast<std::size_t>(left);
  })) << recorder.messages().size();
  adopter.submit(CancelOrderRequest{last_order, {UserId{}, Role::admin}, "x"}, [](const Result<Receipt>&) {});
  ASSERT_TRUE(kafka::eventually([&] {
    clock.advance(100ms);
    adopter.turn();
    return recorder.messages().back().header("node") == "node-2";
  }));

  // Of every aggregate the versions come one after the other, whichever of the two wrote them.
  std::map<std::string, int> versions;
  std::set<std::string> ids;
  std::set<std::string> nodes;
  for (const kafka::Incoming& message : recorder.messages()) {
    if (!ids.insert(std::string(message.header("event-id"))).second) continue;
    nodes.insert(std::string(message.header("node")));
    const Json json = Json::parse(*message.value);
    int& version = versions[json["aggregateType"].get<std::string>() + json["aggregateId"].get<std::string>()];
    EXPECT_EQ(json["version"], version + 1) << *message.value;
    version = json["version"];
  }
  EXPECT_EQ(nodes.size(), 2u) << "the adopter has written as well";

  std::map<std::pair<std::string, std::string>, std::int64_t> last;  // by topic and key
  std::set<std::int64_t> sequences;
  for (const kafka::Incoming& message : recorder.messages()) {
    if (message.header("node") != "node-1") continue;
    const std::int64_t sequence = std::stoll(std::string(message.header("sequence")));
    if (!sequences.insert(sequence).second) continue;
    EXPECT_GT(sequence, std::exchange(last[std::pair(message.topic, message.key)], sequence));
    EXPECT_FALSE(message.header("traceparent").empty()) << *message.value;
  }
  EXPECT_EQ(sequences.size(), static_cast<std::size_t>(left));
  EXPECT_EQ(*sequences.rbegin(), left) << "without a gap";
  adopter.stop();
}

}  // namespace
}  // namespace sagactl
