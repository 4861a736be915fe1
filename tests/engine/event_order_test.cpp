// The events of one flow are published in the order in which they were written, whichever nodes wrote them.
#include <map>
#include <vector>

#include "tests/engine/controlled_store.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What a reader of a shared topic has seen of each flow, without repeats.
struct TopicReader {
  std::map<OrderId, std::vector<int>> versions;  // of the order's events
  std::map<OrderId, std::vector<Timestamp>> times;
  std::map<NodeName, std::int64_t> through;

  bool in_order(OrderId order) { return std::is_sorted(times[order].begin(), times[order].end()); }
};

// A node's connection to the topic.
struct TopicBus : Bus {
  explicit TopicBus(TopicReader& topic) : topic_(topic) {}
  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override {
    if (cut) return done(Error{ErrorCode::unavailable, "cut"});
    for (const Event& event : events) {
      if (event.sequence <= topic_.through[event.node]) continue;
      topic_.through[event.node] = event.sequence;
      topic_.times[event.order].push_back(event.occurred_at);
      if (event.aggregate_type == AggregateType::order) topic_.versions[event.order].push_back(event.version);
    }
    done({});
  }
  Duration batch_window() const override { return 250ms; }
  std::function<void()> subscribe(std::function<void(const Event&)>, std::function<void()>) override {
    return [] {};
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }

  bool cut = false;

 private:
  TopicReader& topic_;
};

class EventOrder : public testing::Test {
 protected:
  struct Node {
    Node(EventOrder& test, std::string name) : test_(test), name_(std::move(name)), bus(test.topic) { start(); }
    void start() {
      EngineOptions options;
      options.node = name_;
      engine = std::make_unique<Engine>(options, *test_.store, test_.gateway, bus, test_.clock);
      ASSERT_TRUE(engine->start().ok());
    }
    OrderId place() {
      PlaceOrder order = order_for(new_uuid().text());
      const OrderId id = order.id;
      engine->submit(std::move(order), [](const Result<Receipt>& receipt) { ASSERT_TRUE(receipt.ok()); });
      engine->turn();
      return id;
    }
    void cancel(OrderId id) {
      engine->submit(CancelOrderRequest{id, admin, "x"},
                     [](const Result<Receipt>& receipt) { ASSERT_TRUE(receipt.ok()); });
      engine->turn();
    }

    EventOrder& test_;
    const std::string name_;
    TopicBus bus;
    std::unique_ptr<Engine> engine;
  };

  void pass(Duration time) {
    for (Duration passed{0}; passed < time; passed += 10ms, clock.advance(10ms))
      for (Node* node : {&one, &two})
        if (node->engine) node->engine->turn();
  }

  SimulatedClock clock;
  std::unique_ptr<MemoryStore> store = make_memory_store(clock);
  ScriptedGateway gateway;
  TopicReader topic;
  Node one{*this, "node-1"}, two{*this, "node-2"};
};

TEST_F(EventOrder, IsKeptWhenAnIdleNodeCancelsWhatABusyOnePlaced) {
  one.place();  // starts a batch window
  const OrderId id = one.place();
  two.cancel(id);
  pass(100ms);
  EXPECT_THAT(topic.versions[id], IsEmpty());
  pass(600ms);
  EXPECT_THAT(topic.versions[id], ElementsAre(1, 2, 3));
  EXPECT_TRUE(topic.in_order(id));
}

TEST_F(EventOrder, ANodeThatStopsWaitsUntilTheEventsThatItsOwnFollowArePublished) {
  ControlledStore shared(*store);
  EngineOptions options;
  options.node = "node-3";
  TopicBus bus(topic);
  Engine three(options, shared, gateway, bus, clock);
  ASSERT_TRUE(three.start().ok());
  one.place();  // starts a batch window
  const OrderId id = one.place();
  three.submit(CancelOrderRequest{id, admin, "x"}, [](const Result<Receipt>& receipt) { ASSERT_TRUE(receipt.ok()); });
  three.turn();
  int calls = 0;  // of the stopping node; meanwhile the other one goes on
  shared.on_call = [&] {
    if (++calls < 3) return;
    clock.advance(250ms);
    one.engine->turn();
  };
  three.stop();
  EXPECT_THAT(topic.versions[id], ElementsAre(1, 2, 3));
  EXPECT_TRUE(topic.in_order(id));
  EXPECT_EQ(three.stats().unpublished, 0);
}

TEST_F(EventOrder, IsKeptWhenTwoNodesAlternateInWritingAFlow) {
  one.place();
  const OrderId id = one.place();
  two.cancel(id);
  gateway.answer_charge(Charged{"tx-1"});
  one.engine->turn();
  gateway.answer_charge(Charged{"tx-2"});
  one.engine->turn();
  two.engine->turn();
  while (!gateway.refunds.empty()) gateway.answer_refund(Succeeded{});
  pass(3s);
  EXPECT_TRUE(topic.in_order(id));
  EXPECT_EQ(topic.times[id].size(), store->flow_events(id)->size());
}

TEST_F(EventOrder, IsKeptWhenAnAdopterWritesToAFlowOfADeadNode) {
  one.bus.cut = true;
  OrderId last;
  for (int i = 0; i < 1'500; ++i) last = one.place();  // more than the adopter reads at once
  one.engine.reset();
  clock.advance(5s);
  two.cancel(last);
  pass(8s);
  EXPECT_THAT(topic.versions[last], ElementsAre(1, 2, 3));
  EXPECT_TRUE(topic.in_order(last));
}

TEST_F(EventOrder, IsKeptByAnEpochThatReadsItsEventsFromTheStore) {
  one.bus.cut = two.bus.cut = true;
  const OrderId id = one.place();
  two.cancel(id);
  two.engine.reset();
  clock.advance(500ms);
  one.engine->turn();
  two.start();
  two.bus.cut = false;
  pass(1s);
  EXPECT_THAT(topic.versions[id], IsEmpty());
  one.bus.cut = false;
  pass(1s);
  EXPECT_THAT(topic.versions[id], ElementsAre(1, 2, 3));
}

TEST_F(EventOrder, HoldsEventsBackWhileTheOtherNodesBrokerIsUnavailableAndReportsIt) {
  one.bus.cut = true;
  const OrderId id = one.place();
  two.cancel(id);
  const OrderId own = two.place();
  for (int i = 0; i < 60; ++i) pass(1s);
  EXPECT_THAT(topic.versions[id], IsEmpty());
  EXPECT_THAT(topic.versions[own], IsEmpty()) << "later events of the node wait as well";
  const EngineStats stats = two.engine->stats();
  EXPECT_EQ(stats.held_back, "node-2");
  EXPECT_EQ(stats.held_back_by, "node-1");
  EXPECT_GT(stats.held_back_for, 50s);
  one.bus.cut = false;
  pass(1s);
  EXPECT_THAT(topic.versions[id], ElementsAre(1, 2, 3));
  EXPECT_THAT(topic.versions[own], ElementsAre(1));
  EXPECT_EQ(two.engine->stats().held_back, "");
}

}  // namespace
}  // namespace sagactl
