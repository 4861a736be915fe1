// A checkout: charged, reserved and sold, or compensated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/saga/saga_view.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CheckoutFlow : public ::testing::TestWithParam<std::string_view> {
 protected:
  void SetUp() override { ASSERT_TRUE(node.set_stock(StockKind::product, "A", 10).ok()); }

  OrderId place(std::int64_t quantity) {
    PlaceOrder order = checkout_for("A", quantity);
    order.saga = GetParam();
    const auto receipt = node.run(order);
    EXPECT_TRUE(receipt.ok());
    return order.id;
  }
  OrderId complete(std::int64_t quantity) {
    const OrderId id = place(quantity);
    node.gateway.answer_charge(Charged{"tx"});
    node.settle();
    EXPECT_EQ(saga_of_order(id).status, SagaStatus::completed);
    return id;
  }
  Saga saga_of_order(OrderId id) { return *node.flow(id).saga; }
  std::vector<std::string> undone(OrderId id) {
    return compensation_steps(*find_definition(GetParam()), saga_of_order(id));
  }

  ScriptedNode node;
};

TEST_P(CheckoutFlow, IsChargedReservedAndSold) {
  const OrderId id = place(3);
  EXPECT_EQ(node.stock("A"), "10/0/0") << "stock is not reserved before the payment";
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.stock("A"), "7/0/3");
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
  EXPECT_EQ(node.flow(id).order.customer, "guest");
  EXPECT_EQ(node.flow(id).reservations.at(0).status, ReservationStatus::confirmed);
  EXPECT_THAT(node.events_of(id),
              ElementsAre("OrderCreated", "SagaStarted", "SagaStepCompleted", "PaymentProcessed", "SagaStepCompleted",
                          "StockReserved", "SagaStepCompleted", "StockConfirmed", "OrderConfirmed",
                          "OrderStatusChanged", "SagaStepCompleted", "SagaCompleted"));
}

TEST_P(CheckoutFlow, ADeclinedPaymentTouchesNoStock) {
  const OrderId id = place(3);
  node.gateway.answer_charge(Refused{"declined"});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensated);
  EXPECT_EQ(saga_of_order(id).error, "declined");
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled);
  EXPECT_THAT(node.flow(id).reservations, IsEmpty());
  EXPECT_EQ(node.stock("A"), "10/0/0");
}

TEST_P(CheckoutFlow, AnOrderThatIsOutOfStockIsRefunded) {
  const OrderId id = place(11);
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensating);
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensated);
  EXPECT_EQ(saga_of_order(id).error, "Insufficient stock of product A: 10 available, 11 wanted");
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::refunded);
  EXPECT_THAT(undone(id), ElementsAre("REFUND_PAYMENT", "CANCEL_ORDER"));
  EXPECT_EQ(node.stock("A"), "10/0/0");
}

TEST_P(CheckoutFlow, AFailedOrderThatIsCancelledIsCompensatedCompletely) {
  const OrderId id = place(3);
  node.gateway.answer_charge(UnknownOutcome{"timed out"});
  node.settle();
  for (int i = 0; i < 1000 && saga_of_order(id).status == SagaStatus::started; ++i) {
    node.pass(5s);
    while (!node.gateway.queries.empty()) node.gateway.answer_query(Unavailable{"503"});
    node.settle();
  }
  ASSERT_EQ(saga_of_order(id).status, SagaStatus::failed);
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "gave up"}).ok());
  node.gateway.answer_query(Charged{"tx"});
  node.settle();
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensated);
  EXPECT_THAT(undone(id), ElementsAre("REFUND_PAYMENT", "CANCEL_ORDER"));
  EXPECT_THAT(node.flow(id).reservations, IsEmpty());
  EXPECT_EQ(node.stock("A"), "10/0/0");
}

TEST_P(CheckoutFlow, CancellingDuringTheChargeReservesNothing) {
  const OrderId id = place(3);
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "too slow"}).ok());
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensated);
  EXPECT_EQ(node.stock("A"), "10/0/0");
}

TEST_P(CheckoutFlow, CompensatingACompletedOneReturnsTheSoldUnits) {
  const OrderId id = complete(4);
  EXPECT_EQ(node.stock("A"), "6/0/4");
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "returned"}).ok());
  EXPECT_EQ(node.stock("A"), "10/0/0");
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::compensated);
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled);
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::refunded);
  EXPECT_EQ(node.run(CompensateRequest{saga_of(id), admin, "again"}).error().code, ErrorCode::conflict);
  EXPECT_EQ(node.stock("A"), "10/0/0");
}

TEST_P(CheckoutFlow, RetryingACompensatedOneReservesAndChargesAgain) {
  const OrderId id = complete(4);
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "returned"}).ok());
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  const auto refused = node.run(RetryRequest{saga_of(id), admin});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().members["code"], "RECHARGE_REQUIRED");
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin, true}).ok());
  EXPECT_EQ(node.stock("A"), "10/0/0");
  node.gateway.answer_charge(Charged{"tx-2"});
  node.settle();
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1", "charge 2"));
  EXPECT_EQ(saga_of_order(id).status, SagaStatus::completed);
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
  EXPECT_EQ(node.flow(id).reservations.size(), 2u);
  EXPECT_EQ(node.stock("A"), "6/0/4");
}

TEST_P(CheckoutFlow, OfManyForTheLastUnitsAsManySucceedAsThereAreUnits) {
  std::vector<OrderId> orders;
  for (int i = 0; i < 25; ++i) orders.push_back(place(1));
  while (!node.gateway.charges.empty()) node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  while (!node.gateway.refunds.empty()) node.gateway.answer_refund(Succeeded{});
  node.settle();
  int completed = 0, compensated = 0;
  for (const OrderId id : orders) {
    completed += saga_of_order(id).status == SagaStatus::completed;
    compensated += saga_of_order(id).status == SagaStatus::compensated;
  }
  EXPECT_EQ(completed, 10);
  EXPECT_EQ(compensated, 15);
  EXPECT_EQ(node.stock("A"), "0/0/10");
}

TEST_P(CheckoutFlow, OfAnUnknownProductIsInvalidAndWritesNothing) {
  PlaceOrder order = checkout_for("A", 1);
  order.saga = GetParam();
  order.items.push_back({"NOPE", "", 1, Money{1}});
  const auto answer = node.run(order);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::invalid);
  EXPECT_FALSE(node.store->flow(order.id)->has_value());
  EXPECT_EQ(node.stock("A"), "10/0/0");
  EXPECT_THAT(node.gateway.calls, IsEmpty());
}

TEST_P(CheckoutFlow, RequiresACustomer) {
  PlaceOrder order = checkout_for("A", 1, "");
  order.saga = GetParam();
  EXPECT_EQ(node.run(order).error().code, ErrorCode::invalid);
}

INSTANTIATE_TEST_SUITE_P(Sagas, CheckoutFlow, ::testing::Values(checkout_saga, checkout_choreography_saga),
                         [](const auto& test) { return std::string(test.param); });

TEST(CheckoutMessages, SayNothingAboutTheStepsOfOtherSagas) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  ASSERT_THAT(node.gateway.calls, ElementsAre("charge 1"));
  StepReply paid;
  paid.step = 1;
  paid.outcome = Succeeded{};
  EXPECT_EQ(node.run(StepReplied{saga_of(id), paid, {}, true}).error().code, ErrorCode::retry);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::started);
  EXPECT_EQ(node.run(PerformRequest{StepCall{saga_of(id), 1}}).error().code, ErrorCode::retry);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed);
}

}  // namespace
}  // namespace sagactl
