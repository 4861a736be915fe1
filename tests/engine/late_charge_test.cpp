// A cancellation while the outcome of a charge is unknown: nothing more is charged, and a charge that turns out to have
// taken effect is refunded.
#include <gmock/gmock.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

struct LateCharge : testing::Test {
  // An order whose charge has not been answered.
  OrderId placed() { return node.run(order_for("A"))->flow->order.id; }
  OrderId cancelled_in_doubt() {
    const OrderId id = placed();
    EXPECT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
    return id;
  }
  const Payment& payment(OrderId id) { return (flow = node.flow(id)).payments.at(0); }
  void answer_query(QueryAnswer answer) {
    node.gateway.answer_query(std::move(answer));
    node.settle();
  }
  void answer_charge(ChargeAnswer answer) {
    node.gateway.answer_charge(std::move(answer));
    node.settle();
  }
  void answer_refund(Outcome answer) {
    node.gateway.answer_refund(std::move(answer));
    node.settle();
  }

  ScriptedNode node;
  Flow flow;
};

TEST_F(LateCharge, NothingIsChargedAfterACancellation) {
  const OrderId id = cancelled_in_doubt();
  answer_charge(UnknownOutcome{"timed out"});
  node.pass(1s);
  answer_query(NotCharged{});
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
}

TEST_F(LateCharge, NothingIsChargedAfterACancellationWhenNoAnswerCame) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
}

TEST_F(LateCharge, NothingIsChargedAfterACancellationByTheNodesNextEpoch) {
  const OrderId id = cancelled_in_doubt();
  node.engine.reset();
  node.start("node-1");
  node.gateway.charges.clear();
  answer_query(NotCharged{});
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensating) << "the charge may still be on its way";
  for (int i = 0; i < 60 && node.flow(id).saga->status != SagaStatus::compensated; ++i) {
    node.pass(1s);
    if (!node.gateway.queries.empty()) answer_query(NotCharged{});
  }
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(std::count(node.gateway.calls.begin(), node.gateway.calls.end(), "charge 1"), 1);
}

// The query was made before the cancellation, and is answered after it.
TEST_F(LateCharge, NothingIsChargedWhenTheOrderIsCancelledDuringAQuery) {
  const OrderId id = placed();
  answer_charge(UnknownOutcome{"timed out"});
  node.pass(1s);
  ASSERT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
  answer_query(NotCharged{});
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
}

TEST_F(LateCharge, NothingIsChargedWhenAFailedSagaIsCancelledAndRetried) {
  const OrderId id = placed();
  node.pass(62s);
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::failed);
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensating);
  while (node.gateway.queries.size() > 1) node.gateway.queries.pop_front();
  answer_query(NotCharged{});
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(std::count(node.gateway.calls.begin(), node.gateway.calls.end(), "charge 1"), 1);
}

// The outcome of the charge stayed unknown, and the saga failed while compensating.
TEST_F(LateCharge, ARetryOfASagaThatFailedWhileCompensatingContinuesToCompensate) {
  const OrderId id = cancelled_in_doubt();
  node.pass(100s);
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::failed);
  node.gateway.queries.clear();
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensating);
  answer_query(NotCharged{});
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(std::count(node.gateway.calls.begin(), node.gateway.calls.end(), "charge 1"), 1);
}

TEST_F(LateCharge, IsRefundedWhenItsAnswerComesAfterTheSagaWasCompensated) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  answer_charge(Charged{"tx-late"});
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1", "refund 1"));
  EXPECT_TRUE(is_refund_due(payment(id)));
  answer_refund(Succeeded{});
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
  EXPECT_FALSE(payment(id).check);
  EXPECT_THAT(node.events_of(id), Contains("PaymentChargedLate"));
  EXPECT_THAT(node.events_of(id), Contains("PaymentRefunded"));
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_EQ(node.engine->stats().late_charges, 1u);
}

TEST_F(LateCharge, IsRefundedAlsoWhenAFailedSagaHadBeenCompensated) {
  const OrderId id = placed();
  node.pass(62s);
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::failed);
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "x"}).ok());
  while (node.gateway.queries.size() > 1) node.gateway.queries.pop_front();
  answer_query(NotCharged{});
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  answer_charge(Charged{"tx-late"});
  EXPECT_THAT(node.gateway.calls, Contains("refund 1"));
}

TEST_F(LateCharge, OfAnEarlierExecutionIsRefundedWhileALaterOneIsKept) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  auto late = std::move(node.gateway.charges.front());
  node.gateway.charges.clear();
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  answer_charge(Charged{"tx-2"});
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::completed);
  late(Charged{"tx-1"});
  node.settle();
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1", "charge 2", "refund 1"));
  answer_refund(Succeeded{});
  flow = node.flow(id);
  EXPECT_EQ(flow.payments.at(0).status, PaymentStatus::refunded);
  EXPECT_EQ(flow.payments.at(1).status, PaymentStatus::completed);
}

// The provider did not know the charge when it was queried, and the answer to the charge itself is lost.
TEST_F(LateCharge, IsFoundByALaterQuery) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  node.engine.reset();  // and the node restarts
  node.start("node-2");
  node.pass(61s);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1", "query 1"));
  answer_query(Charged{"tx-late"});
  EXPECT_THAT(node.gateway.calls, Contains("refund 1"));
  answer_refund(Succeeded{});
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
}

TEST_F(LateCharge, IsQueriedThreeTimesAndNotAgain) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  for (const Duration wait : {Duration{61s}, Duration{601s}, Duration{3601s}}) {
    node.clock.advance(wait);
    node.settle();
    node.settle();
    ASSERT_EQ(node.gateway.queries.size(), 1u);
    answer_query(NotCharged{});
  }
  EXPECT_FALSE(payment(id).check);
  node.clock.advance(24h);
  node.settle();
  EXPECT_TRUE(node.gateway.queries.empty());
}

TEST_F(LateCharge, AQueryWithoutAnAnswerIsRepeatedAndDoesNotCount) {
  cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  node.pass(61s);
  node.gateway.queries.clear();  // lost
  node.pass(32s);
  ASSERT_EQ(node.gateway.queries.size(), 1u);
  answer_query(Unavailable{"503"});
  node.pass(61s);
  ASSERT_EQ(node.gateway.queries.size(), 1u);
  answer_query(Charged{"tx"});
  EXPECT_THAT(node.gateway.calls, Contains("refund 1"));
}

TEST_F(LateCharge, WhoseRefundIsUnavailableIsRefundedLater) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  answer_charge(Charged{"tx-late"});
  answer_refund(Unavailable{"503"});
  EXPECT_TRUE(node.gateway.refunds.empty());
  node.pass(40s);
  ASSERT_FALSE(node.gateway.refunds.empty());
  answer_refund(Succeeded{});
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
}

TEST_F(LateCharge, WhoseRefundIsRefusedRequiresInterventionAndIsRefundedByARetry) {
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  answer_charge(Charged{"tx-late"});
  answer_refund(Refused{"the account is closed"});
  EXPECT_TRUE(node.flow(id).saga->requires_manual_intervention);
  EXPECT_THAT(node.flow(id).saga->error, testing::HasSubstr("the account is closed"));
  EXPECT_THAT(node.events_of(id), Contains("PaymentRefundFailed"));
  node.pass(60s);
  EXPECT_TRUE(node.gateway.refunds.empty()) << "not without a retry";
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  ASSERT_EQ(node.gateway.refunds.size(), 1u);
  answer_refund(Succeeded{});
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
  EXPECT_FALSE(node.flow(id).saga->requires_manual_intervention);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
}

TEST_F(LateCharge, ASagaThatHasEndedIsCountedOnceWhateverIsFoundLater) {
  int ended = 0, undone = 0;
  node.engine->on_commit([&](const CommitReport& commit) {
    ended += static_cast<int>(commit.progress.ended_sagas.size());
    for (const auto& step : commit.progress.ended_steps) undone += step.status == StepStatus::compensated;
  });
  const OrderId id = cancelled_in_doubt();
  node.pass(31s);
  answer_query(NotCharged{});
  ASSERT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  const int steps = undone;
  EXPECT_EQ(ended, 1);
  EXPECT_GT(steps, 0);
  answer_charge(Charged{"tx-late"});
  answer_refund(Refused{"the account is closed"});
  ASSERT_TRUE(node.flow(id).saga->requires_manual_intervention);
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  answer_refund(Succeeded{});
  ASSERT_FALSE(node.flow(id).saga->requires_manual_intervention);
  EXPECT_EQ(ended, 1);
  EXPECT_EQ(undone, steps);
}

TEST_F(LateCharge, ThatIsAnsweredDuringItsCompensationsQueryIsRefundedByTheCompensation) {
  const OrderId id = placed();
  node.pass(62s);
  ASSERT_TRUE(node.run(CompensateRequest{saga_of(id), admin, "x"}).ok());
  while (node.gateway.queries.size() > 1) node.gateway.queries.pop_front();
  answer_charge(Charged{"tx"});
  EXPECT_EQ(payment(id).status, PaymentStatus::completed);
  answer_query(NotCharged{});  // the query was made before the charge arrived
  EXPECT_THAT(node.gateway.calls, Contains("refund 1"));
  answer_refund(Succeeded{});
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_THAT(node.events_of(id), Not(Contains("PaymentChargedLate")));
}

TEST_F(LateCharge, AnAnswerThatComesTwiceCountsOnce) {
  const OrderId id = placed();
  auto charge = node.gateway.charges.front();
  answer_charge(Charged{"tx"});
  charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::completed);
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "x"}).ok());
  auto refund = node.gateway.refunds.front();
  answer_refund(Succeeded{});
  refund(Succeeded{});
  charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(payment(id).status, PaymentStatus::refunded);
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1"));
}

}  // namespace
}  // namespace sagactl
