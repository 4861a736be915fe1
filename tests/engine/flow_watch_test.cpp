#include "server/engine/flow_watch.hpp"

#include <gtest/gtest.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

class Watching : public testing::Test {
 protected:
  std::function<void(bool)> counter() {
    return [this](bool) { ++woken; };
  }
  FlowWatch watch;
  const OrderId order = OrderId::fresh(), other = OrderId::fresh();
  int woken = 0;
};

TEST_F(Watching, WakesOnceWhenThatFlowIsWritten) {
  FlowWatch::Watcher ticket(watch, order);
  ticket.on_write(counter());
  watch.written(other);
  EXPECT_EQ(woken, 0);
  watch.written(order);
  watch.written(order);
  EXPECT_EQ(woken, 1);
}

TEST_F(Watching, AWriteBetweenTheReadAndTheWaitIsNotMissed) {
  FlowWatch::Watcher ticket(watch, order);
  watch.written(order);
  ticket.on_write(counter());
  EXPECT_EQ(woken, 1);
  ticket.clear();
  ticket.on_write(counter());
  EXPECT_EQ(woken, 1);
}

TEST_F(Watching, SeveralMayWaitAndADestroyedOneIsNotWoken) {
  FlowWatch::Watcher first(watch, order);
  first.on_write(counter());
  {
    FlowWatch::Watcher second(watch, order);
    second.on_write(counter());
  }
  watch.written(order);
  EXPECT_EQ(woken, 1);
}

TEST_F(Watching, AFlowIsWatchedForAsLongAsOneWatches) {
  EXPECT_FALSE(watch.is_watched(order));
  {
    const FlowWatch::Watcher first(watch, order);
    { const FlowWatch::Watcher second(watch, order); }
    EXPECT_TRUE(watch.is_watched(order));
    EXPECT_FALSE(watch.is_watched(other));
  }
  EXPECT_FALSE(watch.is_watched(order));
}

TEST_F(Watching, IsWokenByACommitOfTheEngine) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  FlowWatch::Watcher ticket(node.engine->watch(), id);
  ticket.on_write([&](bool) {
    EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed) << "after it is durable";
    ++woken;
  });
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(woken, 1);
}

}  // namespace
}  // namespace sagactl
