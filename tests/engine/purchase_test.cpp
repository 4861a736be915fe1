// The purchase of an item: balance, slots and units are reserved, the payment is charged, and then they are confirmed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/saga/saga_view.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// User u has a balance of 100.00 and 5 slots; there are 4 swords at 20.00.
class PurchaseFlow : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(node.set_stock(StockKind::balance, "u", 10000).ok());
    ASSERT_TRUE(node.set_stock(StockKind::slots, "u", 5).ok());
    ASSERT_TRUE(node.set_stock(StockKind::item, "sword", 4, Money{2000}).ok());
  }
  OrderId place(std::int64_t quantity) {
    const auto receipt = node.run(purchase_for("u", "sword", quantity));
    EXPECT_TRUE(receipt.ok());
    return receipt->flow->order.id;
  }
  void charged() {
    node.gateway.answer_charge(Charged{"tx"});
    node.settle();
  }
  // Balance, slots and swords.
  std::string all() {
    return node.stock("u", StockKind::balance) + " " + node.stock("u", StockKind::slots) + " " +
           node.stock("sword", StockKind::item);
  }
  Saga saga(OrderId id) { return *node.flow(id).saga; }
  // The payment stays in doubt until the saga has failed.
  void lose(OrderId id) {
    node.gateway.answer_charge(UnknownOutcome{"timed out"});
    node.settle();
    for (int i = 0; i < 1000 && saga(id).status == SagaStatus::started; ++i) {
      node.pass(5s);
      while (!node.gateway.queries.empty()) node.gateway.answer_query(Unavailable{"503"});
      node.settle();
    }
    ASSERT_EQ(saga(id).status, SagaStatus::failed);
  }
  // Its reservations have expired and the items are sold when a retry finds that it was paid.
  void find_paid_and_out_of_stock(OrderId id) {
    lose(id);
    node.pass(6min);
    ASSERT_TRUE(node.set_stock(StockKind::item, "sword", 1, Money{2000}).ok());
    ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
    node.gateway.answer_query(Charged{"tx"});
    node.pass(2min);
  }

  ScriptedNode node;
};

TEST_F(PurchaseFlow, HoldsWhatItNeedsAndSettlesItWhenItIsPaid) {
  const OrderId id = place(3);
  EXPECT_EQ(node.flow(id).order.total, Money{6000}) << "at the item's price";
  EXPECT_EQ(node.flow(id).order.items.at(0).product_name, "The sword");
  EXPECT_EQ(all(), "4000/6000/0 2/3/0 1/3/0");
  charged();
  EXPECT_EQ(saga(id).status, SagaStatus::completed);
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
  EXPECT_EQ(all(), "4000/0/6000 2/0/3 1/0/3");
  EXPECT_EQ(node.events_of(id).back(), "SagaCompleted");
  EXPECT_THAT(node.events_of(id), ::testing::Contains("NotificationSent").Times(1));
}

TEST_F(PurchaseFlow, NothingIsHeldWhicheverStockIsShort) {
  struct Row {
    StockKind kind;
    const char* id;
    const char* error;
    std::vector<std::string> undone;
  };
  const std::vector<Row> rows = {
      {StockKind::balance, "u", "Insufficient balance of user u: 0.01 available, 60.00 wanted", {"order_cancelled"}},
      {StockKind::slots,
       "u",
       "Insufficient inventory slots of user u: 1 available, 3 wanted",
       {"payment_rolled_back", "order_cancelled"}},
      {StockKind::item,
       "sword",
       "Insufficient stock of item sword: 1 available, 3 wanted",
       {"inventory_rolled_back", "payment_rolled_back", "order_cancelled"}},
  };
  for (const Row& row : rows) {
    SetUp();
    ASSERT_TRUE(node.set_stock(row.kind, row.id, 1, Money{2000}).ok());
    const std::string before = all();
    const OrderId id = place(3);
    EXPECT_EQ(saga(id).status, SagaStatus::compensated);
    EXPECT_EQ(saga(id).error, row.error);
    EXPECT_EQ(compensation_steps(*find_definition(item_purchase_saga), saga(id)), row.undone);
    EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled);
    EXPECT_EQ(all(), before);
  }
  EXPECT_THAT(node.gateway.calls, IsEmpty()) << "nothing was charged";
}

TEST_F(PurchaseFlow, ADeclinedPaymentReleasesEverything) {
  const OrderId id = place(3);
  node.gateway.answer_charge(Refused{"declined"});
  node.settle();
  EXPECT_EQ(saga(id).status, SagaStatus::compensated);
  EXPECT_EQ(all(), "10000/0/0 5/0/0 4/0/0");
}

TEST_F(PurchaseFlow, RequiresAnExistingUserAndItem) {
  for (const auto& [user, item] : {std::pair{"nobody", "sword"}, std::pair{"u", "nothing"}}) {
    const PlaceOrder order = purchase_for(user, item, 1);
    EXPECT_EQ(node.run(order).error().code, ErrorCode::not_found);
    EXPECT_FALSE(node.store->flow(order.id)->has_value());
  }
  EXPECT_EQ(node.run(purchase_for("", "sword", 1)).error().code, ErrorCode::invalid);
}

TEST_F(PurchaseFlow, OfTwoConcurrentOnesOneFailsAndTheBalanceIsExact) {
  const OrderId first = place(2), second = place(2);
  EXPECT_EQ(all(), "2000/8000/0 1/4/0 0/4/0");
  node.gateway.answer_charge(Refused{"declined"});
  charged();
  EXPECT_EQ(saga(first).status, SagaStatus::compensated);
  EXPECT_EQ(saga(second).status, SagaStatus::completed);
  EXPECT_EQ(all(), "6000/0/4000 3/0/2 2/0/2");
}

TEST_F(PurchaseFlow, OfTwoInOneBatchTheSecondSeesWhatTheFirstHolds) {
  std::vector<OrderId> placed;
  for (int i = 0; i < 2; ++i)
    node.engine->submit(purchase_for("u", "sword", 3),
                        [&](Result<Receipt> receipt) { placed.push_back(receipt->flow->order.id); });
  node.engine->turn();
  ASSERT_EQ(placed.size(), 2u);
  EXPECT_EQ(saga(placed[0]).status, SagaStatus::started);
  EXPECT_EQ(saga(placed[1]).status, SagaStatus::compensated);
  EXPECT_EQ(all(), "4000/6000/0 2/3/0 1/3/0");
}

TEST_F(PurchaseFlow, ExpiredReservationsAreReleasedAlsoWhenTheSagaHasFailed) {
  const OrderId id = place(3);
  lose(id);
  EXPECT_EQ(all(), "4000/6000/0 2/3/0 1/3/0") << "it may have been paid";
  node.pass(6min);
  EXPECT_EQ(all(), "10000/0/0 5/0/0 4/0/0");
  for (const Reservation& reservation : node.flow(id).reservations)
    EXPECT_EQ(reservation.status, ReservationStatus::expired);
  EXPECT_EQ(saga(id).status, SagaStatus::failed) << "it still requires intervention";
}

TEST_F(PurchaseFlow, ARetryReservesAgainWhatHasExpired) {
  const OrderId id = place(3);
  lose(id);
  node.pass(6min);
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  node.gateway.answer_query(Charged{"tx"});
  node.settle();
  EXPECT_EQ(saga(id).status, SagaStatus::completed);
  EXPECT_EQ(all(), "4000/0/6000 2/0/3 1/0/3");
}

TEST_F(PurchaseFlow, APaidOneThatIsOutOfStockWaitsForStockOrAnOperator) {
  const OrderId id = place(3);
  ASSERT_NO_FATAL_FAILURE(find_paid_and_out_of_stock(id));
  EXPECT_EQ(saga(id).status, SagaStatus::failed) << "it was paid: the saga does not compensate on its own";
  EXPECT_EQ(all(), "4000/0/6000 2/0/3 1/0/0");
  ASSERT_TRUE(node.set_stock(StockKind::item, "sword", 9, Money{2000}).ok());
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  node.settle();
  EXPECT_EQ(saga(id).status, SagaStatus::completed);
  EXPECT_EQ(all(), "4000/0/6000 2/0/3 6/0/3");
}

TEST_F(PurchaseFlow, APaidOneThatCannotBeDeliveredIsCompensatedByAnOperator) {
  const OrderId id = place(3);
  ASSERT_NO_FATAL_FAILURE(find_paid_and_out_of_stock(id));
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "out of stock"}).ok());
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga(id).status, SagaStatus::compensated);
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::refunded);
  EXPECT_EQ(all(), "10000/0/0 5/0/0 1/0/0");
}

TEST_F(PurchaseFlow, CompensatingACompletedOneReturnsEverything) {
  const OrderId id = place(3);
  charged();
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "returned"}).ok());
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga(id).status, SagaStatus::compensated);
  EXPECT_EQ(all(), "10000/0/0 5/0/0 4/0/0");
  EXPECT_THAT(compensation_steps(*find_definition(item_purchase_saga), saga(id)),
              ElementsAre("payment_refunded", "item_restored", "inventory_rolled_back", "payment_rolled_back",
                          "order_cancelled"));
}

TEST_F(PurchaseFlow, AnotherNodeReleasesWhatExpires) {
  const OrderId id = place(3);
  node.engine.reset();
  node.start("node-2");
  node.gateway.queries.clear();
  node.pass(6min);
  EXPECT_EQ(all(), "10000/0/0 5/0/0 4/0/0");
  EXPECT_EQ(node.flow(id).reservations.at(0).node, "node-2");
}

}  // namespace
}  // namespace sagactl
