// A refusal that is not final: the call is repeated, and reaches the participant.
#include <gmock/gmock.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

TEST(RefusedRefund, IsCalledAgainByARetry) {
  ScriptedNode node;
  const OrderId id = node.completed("A");
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
  node.gateway.answer_refund(Refused{"the bank is closed"});
  node.settle();
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::failed);
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1", "refund 1"));
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensating) << node.flow(id).saga->error;
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::refunded);
}

TEST(RefusedRefund, IsCalledAgainByACompensationAndByACancellation) {
  for (const bool cancels : {false, true}) {
    ScriptedNode node;
    const OrderId id = node.completed("A");
    ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "x"}).ok());
    node.gateway.answer_refund(Refused{"the bank is closed"});
    node.settle();
    if (cancels) {
      ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
    } else {
      ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "again"}).ok());
    }
    EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1", "refund 1"));
  }
}

// The last steps of a purchase follow its pivot: a refused one is retried until its budget is used up, and then by an
// operator.
TEST(RefusedStep, AfterThePivotIsRetriedAndReachesTheParticipant) {
  ScriptedNode node;
  ASSERT_TRUE(node.set_stock(StockKind::balance, "ann", 1'000'000).ok());
  ASSERT_TRUE(node.set_stock(StockKind::slots, "ann", 10).ok());
  ASSERT_TRUE(node.set_stock(StockKind::item, "lamp", 5, Money{1000}).ok());
  const auto placed = node.run(purchase_for("ann", "lamp", 2));
  ASSERT_TRUE(placed.ok());
  const OrderId id = placed->flow->order.id;
  // The reservation expires before the payment is answered, and another order takes the units.
  node.pass(6min);
  ASSERT_TRUE(node.set_stock(StockKind::item, "lamp", 0, Money{1000}).ok());
  while (node.gateway.queries.size() > 1) node.gateway.queries.pop_front();
  if (node.flow(id).saga->status == SagaStatus::failed) {
    ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
    node.gateway.queries.pop_front();
  }
  node.gateway.answer_query(Charged{"tx"});
  node.settle();
  node.pass(10min);
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::failed) << "the item is out of stock";
  ASSERT_TRUE(node.set_stock(StockKind::item, "lamp", 5, Money{1000}).ok());
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  node.pass(1min);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed) << node.flow(id).saga->error;
  EXPECT_EQ(node.stock("lamp", StockKind::item), "3/0/2");
}

}  // namespace
}  // namespace sagactl
