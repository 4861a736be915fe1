#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;

TEST(Engine, AnOrderIsAnsweredWhenItIsDurableAndItsPaymentIsCalledAfterwards) {
  ScriptedNode node;
  const auto receipt = node.run(order_for("A"));
  ASSERT_TRUE(receipt.ok());
  EXPECT_EQ(receipt->flow->order.status, OrderStatus::pending);
  EXPECT_EQ(node.flow(receipt->flow->order.id).order.node, "node-1");
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1"));
}

TEST(Engine, AChargedOrderIsPaidAndItsSagaCompleted) {
  ScriptedNode node;
  const OrderId id = node.completed("A");
  const Flow flow = node.flow(id);
  EXPECT_EQ(flow.order.status, OrderStatus::paid);
  EXPECT_EQ(flow.saga->status, SagaStatus::completed);
  EXPECT_EQ(flow.payments.at(0).external_transaction_id, "tx-A");
  EXPECT_THAT(node.events_of(id),
              ElementsAre("OrderCreated", "SagaStarted", "PaymentProcessed", "SagaStepCompleted", "OrderConfirmed",
                          "OrderStatusChanged", "SagaStepCompleted", "SagaCompleted"));
}

TEST(Engine, ADeclinedOrderIsCancelledAndReleasesItsKey) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.gateway.answer_charge(Refused{"card declined"});
  node.settle();
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  EXPECT_TRUE(node.run(order_for("A")).ok());
}

TEST(Engine, DuplicatesInOneBatchAreRefusedAloneAndTheOthersCommit) {
  ScriptedNode node;
  int created = 0, refused = 0;
  std::string existing;
  const auto count = [&](Result<Receipt> receipt) {
    if (receipt) {
      ++created;
      if (receipt->flow->order.items[0].product_id == "A") existing = receipt->flow->order.id.text();
    } else {
      ++refused;
      EXPECT_EQ(receipt.error().code, ErrorCode::conflict);
      EXPECT_EQ(receipt.error().members["error"], "DUPLICATE_ORDER");
      EXPECT_EQ(receipt.error().members["existingOrderId"], existing);
    }
  };
  for (int i = 0; i < 5; ++i) node.engine->submit(order_for("A"), count);
  for (const char* product : {"B", "C", "D"}) node.engine->submit(order_for(product), count);
  node.engine->turn();
  EXPECT_EQ(created, 4);
  EXPECT_EQ(refused, 4);
  EXPECT_EQ(node.engine->stats().commits, 1u);
}

TEST(Engine, EventsOfANodeHaveNoGapAlsoWhenCommandsAreRefused) {
  ScriptedNode node;
  for (int i = 0; i < 20; ++i) (void)node.run(order_for(i % 2 ? "A" : "P" + std::to_string(i)));
  std::int64_t expected = 0;
  auto history = node.store->snapshot();
  ASSERT_TRUE((*history)
                  ->each_event([&](const NodeName&, std::int64_t sequence, Timestamp) {
                    EXPECT_EQ(sequence, ++expected);
                    return true;
                  })
                  .ok());
  EXPECT_GT(expected, 20);
}

TEST(Engine, AnUnknownOutcomeIsResolvedByAQueryFirst) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.gateway.answer_charge(UnknownOutcome{"timed out"});
  node.settle();
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::processing);
  node.clock.advance(1s);
  node.settle();
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  node.gateway.answer_query(Charged{"tx-found"});
  node.settle();
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
  EXPECT_EQ(node.flow(id).payments.at(0).external_transaction_id, "tx-found");
}

TEST(Engine, CancellingAPaidOrderRefundsIt) {
  ScriptedNode node;
  const OrderId id = node.completed("A");
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "changed my mind"}).ok());
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::cancelled) << "immediately";
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensating);
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(node.flow(id).payments.at(0).status, PaymentStatus::refunded);
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "again"}).ok());
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1"));
}

TEST(Engine, CancellingDuringTheChargeRefundsIt) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  ASSERT_TRUE(node.run(CancelOrderRequest{id, admin, "too slow"}).ok());
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "refund 1"));
  node.gateway.answer_refund(Succeeded{});
  node.settle();
  EXPECT_EQ(node.flow(id).saga->status, SagaStatus::compensated);
}

TEST(Engine, OtherUsersMayNotChangeAnOrder) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  const Actor other_user{UserId{new_uuid()}, Role::customer};
  for (const Command& command :
       {Command{CancelOrderRequest{id, other_user, ""}}, Command{ConfirmOrderRequest{id, other_user, "p"}},
        Command{CompensateRequest{saga_of(id), other_user, ""}}, Command{RetryRequest{saga_of(id), other_user}}}) {
    const auto answer = node.run(command);
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, ErrorCode::not_found);
  }
}

TEST(Engine, RetryOfACompensatedSagaChargesUnderANewKey) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.gateway.answer_charge(Refused{"declined"});
  node.settle();
  ASSERT_TRUE(node.run(RetryRequest{saga_of(id), admin}).ok());
  node.gateway.answer_charge(Charged{"tx-2"});
  node.settle();
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "charge 2"));
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
  EXPECT_EQ(node.flow(id).payments.size(), 2u);
}

TEST(Engine, RetryIsRefusedWhileAnotherOrderHasTheKey) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.gateway.answer_charge(Refused{"declined"});
  node.settle();
  const OrderId other = node.run(order_for("A"))->flow->order.id;
  const auto answer = node.run(RetryRequest{saga_of(id), admin});
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, ErrorCode::conflict);
  EXPECT_EQ(answer.error().members["existingOrderId"], other.text());
}

TEST(Engine, ANewEpochAdoptsItsSagasAndQueriesTheirPayments) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  node.engine.reset();  // like a crash
  node.start("node-1");
  EXPECT_THAT(node.gateway.calls, ElementsAre("charge 1", "query 1"));
  node.gateway.charges.pop_front();
  node.gateway.answer_query(NotCharged{});
  node.settle();
  node.gateway.answer_charge(Charged{"tx"});
  node.settle();
  EXPECT_EQ(node.flow(id).order.status, OrderStatus::paid);
}

TEST(Engine, AnotherNodeAdoptsWhenTheLeaseHasExpiredAndTheOldOneIsFenced) {
  ScriptedNode node;
  const OrderId id = node.run(order_for("A"))->flow->order.id;
  const std::unique_ptr<Engine> paused = std::move(node.engine);
  node.start("node-2");
  EXPECT_EQ(node.engine->stats().adopted, 0u);
  node.pass(3s);
  EXPECT_EQ(node.engine->stats().adopted, 1u);
  EXPECT_EQ(node.flow(id).saga->owner.node, "node-2");
  std::optional<Result<Receipt>> answer;
  paused->submit(order_for("B"), [&](Result<Receipt> receipt) { answer = std::move(receipt); });
  paused->turn();
  EXPECT_EQ(paused->stats().fenced, 1u);
  EXPECT_FALSE(answer) << "the fenced epoch writes nothing";
  paused->turn();
  EXPECT_TRUE(answer && answer->ok()) << "the new epoch carries out the queued command";
}

TEST(Engine, PublishesEveryEventInOrderAndMovesTheCheckpoint) {
  ScriptedNode node;
  std::vector<std::int64_t> published;
  const auto end = node.bus->subscribe([&](const Event& event) { published.push_back(event.sequence); });
  node.completed("A");
  node.clock.advance(1s);
  node.settle();
  ASSERT_EQ(published.size(), 8u);
  for (std::size_t i = 0; i < published.size(); ++i) EXPECT_EQ(published[i], static_cast<std::int64_t>(i) + 1);
  EXPECT_EQ(node.store->counts()->unpublished_events, 0);
  end();
}

TEST(Engine, AnIdempotencyKeyReplaysTheAnswerAndRefusesAnotherBody) {
  ScriptedNode node;
  const Actor actor{UserId{new_uuid()}, Role::customer};
  const auto request = [&](const std::string& product, const std::string& digest) {
    PlaceOrder order = order_for(product, actor);
    order.replay = ReplayRequest{{actor.user, "key-1"}, digest, [](const Receipt& receipt) {
                                   return std::pair{201, receipt.flow->order.id.text()};
                                 }};
    return order;
  };
  const auto first = node.run(request("A", "digest-a"));
  ASSERT_TRUE(first.ok());
  const auto again = node.run(request("A", "digest-a"));
  ASSERT_TRUE(again->replay);
  EXPECT_EQ(again->replay->body, first->flow->order.id.text());
  const auto other = node.run(request("B", "digest-b"));
  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().members["code"], "IDEMPOTENCY_KEY_REUSED");
}

TEST(Engine, RefusesCommandsWhenItsQueueIsFull) {
  ScriptedNode node;
  EngineOptions options;
  options.node = "node-9";
  options.queue_max = 2;
  Engine engine(options, *node.store, node.gateway, *node.bus, node.clock);
  ASSERT_TRUE(engine.start().ok());
  std::vector<ErrorCode> refused;
  for (int i = 0; i < 4; ++i)
    engine.submit(order_for("Q" + std::to_string(i)), [&](Result<Receipt> receipt) {
      if (!receipt) refused.push_back(receipt.error().code);
    });
  EXPECT_THAT(refused, ElementsAre(ErrorCode::busy, ErrorCode::busy));
}

TEST(Engine, StoppingCommitsTheQueueAndLetsOthersAdoptImmediately) {
  ScriptedNode node;
  std::optional<Result<Receipt>> answer;
  node.engine->submit(order_for("A"), [&](Result<Receipt> receipt) { answer = std::move(receipt); });
  node.engine->stop();
  ASSERT_TRUE(answer && answer->ok());
  node.engine->submit(order_for("B"), [&](Result<Receipt> receipt) { answer = std::move(receipt); });
  EXPECT_EQ(answer->error().code, ErrorCode::unavailable);
  node.start("node-2");
  EXPECT_EQ(node.engine->stats().adopted, 1u);
}

}  // namespace
}  // namespace sagactl
