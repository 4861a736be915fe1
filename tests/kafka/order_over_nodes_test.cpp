// The events of one flow that several nodes write, over a real broker.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

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

using testing::ElementsAre;

PlaceOrder order_for_a_flow(const std::string& product) {
  PlaceOrder order;
  order.id = OrderId::fresh();
  order.actor = {UserId::fresh(), Role::customer};
  order.items = {{product, product, 1, Money{1000}}};
  order.address = "Seoul";
  return order;
}

TEST(OrderOverNodes, IsKeptWhenAnIdleNodeCancelsAnOrderThatABusyOneHasJustPlaced) {
  SAGACTL_NEEDS(kafka_brokers(), "Kafka");
  SimulatedClock clock;
  const auto store = make_memory_store(clock);
  SimulatedGatewayOptions simulated;
  simulated.delay_min = simulated.delay_max = 1h;  // no payment is answered
  const auto gateway = make_simulated_gateway(simulated, clock);
  const KafkaOptions options = kafka::site_options(*kafka_brokers());
  const auto bus_1 = make_kafka_bus(options).value(), bus_2 = make_kafka_bus(options).value();
  const kafka::Recorder recorder(options, {options.topic_prefix + "order-events"});
  EngineOptions first, second;
  first.node = "node-1";
  second.node = "node-2";
  Engine one(first, *store, *gateway, *bus_1, clock), two(second, *store, *gateway, *bus_2, clock);
  ASSERT_TRUE(one.start().ok() && two.start().ok());
  const auto turn = [&](Duration time) {
    one.turn();
    two.turn();
    clock.advance(time);
  };
  one.submit(order_for_a_flow("busy"), [](const Result<Receipt>&) {});
  ASSERT_TRUE(kafka::eventually([&] {
    turn(1ms);
    return recorder.messages().size() == 1;
  }));
  one.submit(order_for_a_flow("busy too"), [](const Result<Receipt>&) {});
  turn(10ms);
  const PlaceOrder order = order_for_a_flow("cancelled");
  one.submit(order, [](const Result<Receipt>&) {});
  turn(10ms);
  two.submit(CancelOrderRequest{order.id, {UserId{}, Role::admin}, "x"}, [](const Result<Receipt>&) {});
  ASSERT_TRUE(kafka::eventually([&] {
    turn(1ms);
    return recorder.messages().size() >= 5;
  })) << recorder.messages().size();
  std::vector<std::string> seen;
  for (const kafka::Incoming& message : recorder.messages())
    if (message.key == order.id.text())
      seen.push_back(std::string(message.header("event-type")) + " of " + std::string(message.header("node")));
  EXPECT_THAT(seen, ElementsAre("OrderCreated of node-1", "OrderCancelled of node-2", "OrderStatusChanged of node-2"));
  one.stop();
  two.stop();
}

}  // namespace
}  // namespace sagactl
