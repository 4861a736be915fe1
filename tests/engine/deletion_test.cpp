// What operators have deleted through the views releases its reservations.
#include <map>

#include "server/engine/batch/command_batch.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

// A flow whose order and saga were deleted through the views, as a store loads it.
struct Remains : ScriptedNode {
  Remains() {
    EXPECT_TRUE(set_stock(StockKind::balance, "u", 10'000).ok() && set_stock(StockKind::slots, "u", 5).ok());
    EXPECT_TRUE(set_stock(StockKind::item, "sword", 4, Money{2'000}).ok());
    const OrderId id = run(purchase_for("u", "sword", 2))->flow->order.id;
    EXPECT_EQ(stock("sword", StockKind::item), "2/2/0");
    loaded.flows.push_back(flow(id));
    Flow& left = loaded.flows.front();
    left.order = Order{};
    left.order.id = id;
    left.saga.reset();
    left.payments.clear();
  }
  Result<Receipt> expire() {
    const OrderId id = loaded.flows.front().order.id;
    clock.advance(10min);
    batch = std::make_unique<CommandBatch>(std::move(loaded), Writer{"node-1", 1}, 100, policy, clock.now(),
                                           clock.steady(), random);
    return batch->apply(CheckDueFlowRequest{id});
  }

  Loaded loaded;
  Random random{1};
  std::unique_ptr<CommandBatch> batch;
};

TEST(Deleted, OrderReleasesItsReservations) {
  Remains remains;
  BatchKeys keys;
  add_dependent_keys(remains.loaded.flows, "node-1", keys);
  EXPECT_EQ(keys.stocks.size(), 3u);
  for (const StockKey& key : keys.stocks) remains.loaded.stocks.push_back(*remains.store->stock(key).value());
  ASSERT_TRUE(remains.expire().ok());
  const Changes changes = remains.batch->changes();
  ASSERT_EQ(changes.stocks.size(), 3u);
  for (const Stock* stock : changes.stocks) EXPECT_EQ(stock->available, stock->total) << stock->key.id;
}

TEST(Deleted, StockIsTolerated) {
  Remains remains;
  BatchKeys keys;
  add_dependent_keys(remains.loaded.flows, "node-1", keys);
  remains.loaded.absent_stocks = keys.stocks;
  EXPECT_TRUE(remains.expire().ok());
  EXPECT_TRUE(remains.batch->changes().stocks.empty());
}

TEST(Deleted, FlowsAreNoLongerDue) {
  Remains remains;
  remains.loaded.flows.front().reservations.clear();
  ASSERT_TRUE(remains.expire().ok());
  const Changes changes = remains.batch->changes();
  ASSERT_EQ(changes.reservations.size(), 1u);
  EXPECT_FALSE(changes.reservations.front().next_check_at);
  EXPECT_TRUE(changes.events.empty());
}

TEST(Deleted, StockAndStockThatWasNotLoadedAreDistinguished) {
  Remains remains;
  const auto expired = remains.expire();
  ASSERT_FALSE(expired.ok());
  EXPECT_EQ(expired.error().code, ErrorCode::bug);
  EXPECT_TRUE(remains.batch->changes().events.empty());
}

}  // namespace
}  // namespace sagactl
