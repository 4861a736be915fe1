// A payment that the shop confirms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ShopConfirmation : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(node.set_stock(StockKind::product, "A", 10).ok());
    id = node.run(checkout_for("A", 2))->flow->order.id;
    ASSERT_EQ(node.flow(id).order.total, total);
  }
  Result<Receipt> confirm(const std::string& key, Money amount) {
    return node.run(ConfirmPaymentRequest{id, admin, key, amount});
  }
  // The order's stored state.
  std::string stored() {
    const Flow flow = node.flow(id);
    return fmt::format("{} {} {} {} {}", node.events_of(id).size(), flow.saga->version, flow.saga->updated_at.us,
                       flow.payments.at(0).provider_key, to_string(flow.payments.at(0).status));
  }

  // Until the wait for the payment times out.
  void wait_too_long() { node.pass(find_definition(checkout_saga)->steps[1].retry.budget + 1s); }

  const Money total{200000};
  ScriptedNode node{"node-1", Policy{.shop_confirms = true}};
  OrderId id;
};

TEST_F(ShopConfirmation, NothingIsChargedUntilItConfirms) {
  EXPECT_THAT(node.gateway.calls, IsEmpty());
  node.pass(30s);
  EXPECT_THAT(node.gateway.calls, IsEmpty()) << "there are no tries";
  ASSERT_EQ(node.flow(id).payments.size(), 1u);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::started);
  ASSERT_TRUE(confirm("toss-1", total).ok());
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1"));
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed);
  EXPECT_EQ(node.stock("A"), "8/0/2");
}

TEST_F(ShopConfirmation, AnotherAmountIsInvalidAndLeavesNothing) {
  const std::string before = stored();
  for (const Money wrong : {Money{199999}, Money{200001}, Money{0}})
    EXPECT_EQ(confirm("toss-1", wrong).error().code, ErrorCode::invalid);
  EXPECT_EQ(stored(), before);
  EXPECT_THAT(node.gateway.calls, IsEmpty());
  EXPECT_TRUE(confirm("toss-1", total).ok()) << "the right amount is still accepted";
}

TEST_F(ShopConfirmation, ARepeatedConfirmationChangesNothing) {
  ASSERT_TRUE(confirm("toss-1", total).ok());
  std::string before = stored();
  EXPECT_TRUE(confirm("toss-1", total).ok());
  EXPECT_EQ(stored(), before);
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  before = stored();
  EXPECT_TRUE(confirm("toss-1", total).ok()) << "also after the charge";
  EXPECT_EQ(stored(), before);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
}

TEST_F(ShopConfirmation, AnotherKeyIsAConflict) {
  ASSERT_TRUE(confirm("toss-1", total).ok());
  const std::string before = stored();
  EXPECT_EQ(confirm("toss-2", total).error().code, ErrorCode::conflict);
  node.gateway.answer_charge(UnknownOutcome{"timed out"});
  node.settle();
  EXPECT_EQ(confirm("toss-2", total).error().code, ErrorCode::conflict);
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1"));
  EXPECT_EQ(before.find("toss-2"), std::string::npos);
}

TEST_F(ShopConfirmation, AKeyIsForOnePaymentAlsoAfterARefund) {
  ASSERT_TRUE(confirm("toss-1", total).ok());
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "changed my mind"}).ok());
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin, true}).ok());
  EXPECT_EQ(confirm("toss-1", total).error().code, ErrorCode::conflict);
  EXPECT_TRUE(confirm("toss-2", total).ok());
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1", "toss-2"));
}

// A shop that sent one payment key for two orders had both of them paid by the simulated provider.
TEST_F(ShopConfirmation, AKeyPaysOneOrder) {
  const OrderId other = node.run(checkout_for("A", 2))->flow->order.id;
  ASSERT_TRUE(confirm("toss-1", total).ok());
  const auto confirm_other = [&](const char* key) { return node.run(ConfirmPaymentRequest{other, admin, key, total}); };
  EXPECT_EQ(confirm_other("toss-1").error().code, ErrorCode::conflict);
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "changed my mind"}).ok());
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(confirm_other("toss-1").error().members["code"], "PAYMENT_KEY_OF_ANOTHER_ORDER") << "also after a refund";
  EXPECT_TRUE(confirm("toss-1", total).ok()) << "a repeated confirmation still changes nothing";
  EXPECT_TRUE(confirm_other("toss-2").ok()) << "it still waits for a key of its own";
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1", "toss-2"));
}

TEST_F(ShopConfirmation, AKeyPaysOneOrderOfABatch) {
  const OrderId other = node.run(checkout_for("A", 2))->flow->order.id;
  std::vector<bool> accepted;
  for (const OrderId each : {id, other})
    node.engine->submit(ConfirmPaymentRequest{each, admin, "toss-1", total},
                        [&](Result<Receipt> receipt) { accepted.push_back(receipt.ok()); });
  node.settle();
  EXPECT_THAT(accepted, ElementsAre(true, false));
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1"));
}

TEST_F(ShopConfirmation, TwoConfirmationsInOneBatchAreOne) {
  std::vector<bool> accepted;
  for (const char* key : {"toss-1", "toss-1", "toss-2"})
    node.engine->submit(ConfirmPaymentRequest{id, admin, key, total},
                        [&](Result<Receipt> receipt) { accepted.push_back(receipt.ok()); });
  node.settle();
  EXPECT_THAT(accepted, ElementsAre(true, true, false));
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-1"));
}

TEST_F(ShopConfirmation, AnOrderThatItDoesNotConfirmInTimeIsCancelled) {
  wait_too_long();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled);
  EXPECT_THAT(node.gateway.calls, IsEmpty());
  EXPECT_EQ(node.stock("A"), "10/0/0");
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::failed) << "it no longer waits";
  EXPECT_EQ(confirm("toss-1", total).error().code, ErrorCode::conflict) << "too late: nothing is charged";
  EXPECT_THAT(node.gateway.calls, IsEmpty());
}

TEST_F(ShopConfirmation, ACancelledOrderIsCompensatedImmediately) {
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "changed my mind"}).ok());
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::failed);
  EXPECT_THAT(node.gateway.calls, IsEmpty());
}

TEST_F(ShopConfirmation, AnUnknownOutcomeIsQueriedUnderTheShopsKey) {
  ASSERT_TRUE(confirm("toss-1", total).ok());
  node.gateway.answer_charge(UnknownOutcome{"timed out"});
  node.pass(5s);
  node.gateway.answer_query(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed);
}

TEST_F(ShopConfirmation, ANewEpochContinuesToWait) {
  node.engine.reset();
  node.start("node-1");
  node.pass(30s);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::started);
  EXPECT_THAT(node.gateway.calls, IsEmpty());
  ASSERT_TRUE(confirm("toss-1", total).ok());
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
}

TEST_F(ShopConfirmation, ARetriedOrderWaitsForItAgain) {
  wait_too_long();
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  EXPECT_THAT(node.gateway.calls, IsEmpty());
  ASSERT_TRUE(confirm("toss-2", total).ok());
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 2"));
  EXPECT_THAT(node.gateway.provider_keys, ElementsAre("toss-2"));
}

TEST_F(ShopConfirmation, OnlyTheBuyerAndOperatorsMayConfirm) {
  const Actor other_user{UserId{new_uuid()}, Role::customer};
  EXPECT_EQ(node.run(ConfirmPaymentRequest{id, other_user, "toss-1", total}).error().code, ErrorCode::not_found);
  EXPECT_EQ(node.run(ConfirmPaymentRequest{OrderId::fresh(), admin, "toss-1", total}).error().code,
            ErrorCode::not_found);
}

// Where payments do not wait, a confirmation must not cause a second charge.
TEST(ShopConfirmationNotRequired, AConfirmationIsAConflict) {
  ScriptedNode node;
  ASSERT_TRUE(node.set_stock(StockKind::product, "A", 10).ok());
  const OrderId id = node.run(checkout_for("A", 2))->flow->order.id;
  ConfirmPaymentRequest request{id, admin, "toss-1", Money{200000}};
  EXPECT_EQ(node.run(request).error().code, ErrorCode::conflict);
  node.gateway.answer_charge(UnknownOutcome{"timed out"});
  node.settle();
  EXPECT_EQ(node.run(request).error().code, ErrorCode::conflict);
  EXPECT_EQ(node.flow(id).payments.at(0).provider_key, "");
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
}

}  // namespace
}  // namespace sagactl
