#include "server/participants/perform.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

using Kind = GatewayCall::Kind;

const Moment moment{Timestamp{5'000'000}, "node-1", 1, 77};

Flow fresh_flow() {
  CreateOrder create;
  create.id = OrderId{new_uuid()};
  create.items = {{"PROD001", "Laptop", 1, Money{100000}}};
  create.idempotency_key = "k";
  Flow flow;
  flow.order = create_order(create, moment)->order;
  flow.saga = new_saga(*find_definition(order_processing_saga), saga_of(create.id), moment);
  return flow;
}

StepCall call_of(const Flow& flow, std::size_t step, Direction direction, int attempt = 1, bool ask_first = false) {
  return StepCall{saga_of(flow.order.id), step, direction, attempt, 1, ask_first};
}

Result<Performed> act(std::string_view command, Flow& flow, const StepCall& call) {
  StockBook none;
  return perform(command, flow, none, call, Policy{}, moment);
}

StepReply reply_to(const StepCall& call, Outcome outcome) {
  return StepReply{call.step, call.direction, call.attempt, std::move(outcome)};
}

TEST(Perform, AChargeIsRecordedBeforeTheGatewayIsCalled) {
  Flow flow = fresh_flow();
  const auto performed = act("payment.charge", flow, call_of(flow, 1, Direction::action));
  ASSERT_TRUE(performed.ok());
  EXPECT_FALSE(performed->outcome);
  EXPECT_EQ(performed->gateway_call->kind, Kind::charge);
  EXPECT_EQ(performed->gateway_call->amount, Money{100000});
  ASSERT_EQ(flow.payments.size(), 1u);
  EXPECT_EQ(flow.payments[0].status, PaymentStatus::processing);
}

TEST(Perform, ARepeatedChargeIsOnePaymentAndAsksTheGatewayFirst) {
  Flow flow = fresh_flow();
  ASSERT_TRUE(act("payment.charge", flow, call_of(flow, 1, Direction::action)).ok());
  const auto again = act("payment.charge", flow, call_of(flow, 1, Direction::action, 1, true));
  EXPECT_EQ(again->gateway_call->kind, Kind::query_or_charge);
  EXPECT_EQ(flow.payments.size(), 1u);
}

TEST(Perform, AChargeThatWasAnsweredIsNotMadeAgain) {
  Flow flow = fresh_flow();
  const StepCall call = call_of(flow, 1, Direction::action);
  ASSERT_TRUE(act("payment.charge", flow, call).ok());
  const auto events = record_reply("payment.charge", flow, reply_to(call, Succeeded{}), {"tx-1"}, moment);
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(flow.payments[0].status, PaymentStatus::completed);
  const auto again = act("payment.charge", flow, call);
  EXPECT_EQ(again->outcome, Outcome{Succeeded{}});
  EXPECT_FALSE(again->gateway_call);
  EXPECT_TRUE(record_reply("payment.charge", flow, reply_to(call, Succeeded{}), {"tx-1"}, moment)->empty());
}

TEST(Perform, ARefundDependsOnWhatBecameOfTheCharge) {
  struct Row {
    const char* story;
    std::optional<Outcome> charge;  // none: it was never begun
    bool answered;
    std::optional<Kind> refund_call;
  };
  const std::vector<Row> table = {
      {"never begun: nothing to give back", std::nullopt, false, std::nullopt},
      {"begun, not answered: ask", Outcome{Succeeded{}}, false, Kind::query_and_refund},
      {"refused: nothing to give back", Outcome{Refused{"declined"}}, true, std::nullopt},
      {"charged: give it back", Outcome{Succeeded{}}, true, Kind::refund},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.story);
    Flow flow = fresh_flow();
    const StepCall charge = call_of(flow, 1, Direction::action);
    if (row.charge) {
      ASSERT_TRUE(act("payment.charge", flow, charge).ok());
      if (row.answered) {
        ASSERT_TRUE(record_reply("payment.charge", flow, reply_to(charge, *row.charge), {"tx"}, moment).ok());
      }
    }
    const auto refund = act("payment.refund", flow, call_of(flow, 1, Direction::compensation));
    ASSERT_TRUE(refund.ok());
    EXPECT_EQ(refund->gateway_call.has_value(), row.refund_call.has_value());
    if (row.refund_call) {
      EXPECT_EQ(refund->gateway_call->kind, *row.refund_call);
    } else {
      EXPECT_EQ(refund->outcome, Outcome{Succeeded{}});
    }
  }
}

TEST(Perform, ALateChargeAfterItsCompensationDoesNothing) {
  Flow flow = fresh_flow();
  ASSERT_TRUE(act("payment.refund", flow, call_of(flow, 1, Direction::compensation)).ok());
  const auto late = act("payment.charge", flow, call_of(flow, 1, Direction::action));
  EXPECT_TRUE(std::holds_alternative<Refused>(*late->outcome));
  EXPECT_FALSE(late->gateway_call);
  EXPECT_TRUE(flow.payments.empty());
}

TEST(Perform, AChargeInDoubtThatIsUndoneIsBookedAsWhatTheGatewaySays) {
  struct Row {
    const char* transaction;
    PaymentStatus then;
    std::size_t events;
  };
  for (const Row& row : {Row{"", PaymentStatus::failed, 1}, Row{"tx-9", PaymentStatus::refunded, 2}}) {
    Flow flow = fresh_flow();
    ASSERT_TRUE(act("payment.charge", flow, call_of(flow, 1, Direction::action)).ok());
    const StepCall refund = call_of(flow, 1, Direction::compensation);
    ASSERT_TRUE(act("payment.refund", flow, refund).ok());
    const auto events = record_reply("payment.refund", flow, reply_to(refund, Succeeded{}), {row.transaction}, moment);
    EXPECT_EQ(events->size(), row.events);
    EXPECT_EQ(flow.payments[0].status, row.then);
  }
}

TEST(Perform, TheFirstAttemptOfAnOrderIsItsCreationAndALaterOneReopensIt) {
  Flow flow = fresh_flow();
  EXPECT_TRUE(act("order.create", flow, call_of(flow, 0, Direction::action))->events.empty());
  ASSERT_TRUE(act("order.cancel", flow, call_of(flow, 0, Direction::compensation)).ok());
  EXPECT_EQ(flow.order.status, OrderStatus::cancelled);
  EXPECT_FALSE(act("order.create", flow, call_of(flow, 0, Direction::action, 2))->events.empty());
  EXPECT_EQ(flow.order.status, OrderStatus::pending);
}

TEST(Perform, ConfirmationNamesThePaymentThatWasCharged) {
  Flow flow = fresh_flow();
  const StepCall charge = call_of(flow, 1, Direction::action);
  ASSERT_TRUE(act("payment.charge", flow, charge).ok());
  ASSERT_TRUE(record_reply("payment.charge", flow, reply_to(charge, Succeeded{}), {"tx"}, moment).ok());
  ASSERT_TRUE(act("order.confirm", flow, call_of(flow, 2, Direction::action)).ok());
  EXPECT_EQ(flow.order.payment_id, flow.payments[0].id.text());
  EXPECT_EQ(flow.order.status, OrderStatus::paid);
}

TEST(Perform, AnUnknownCommandIsABug) {
  Flow flow = fresh_flow();
  EXPECT_EQ(act("order.eat", flow, call_of(flow, 0, Direction::action)).error().code, ErrorCode::bug);
}

TEST(Perform, EveryCommandOfEveryDefinitionHasAParticipant) {
  for (const SagaDefinition& definition : definitions())
    for (std::size_t i = 0; i < definition.steps.size(); ++i)
      for (const Direction direction : {Direction::action, Direction::compensation}) {
        const StepDefinition& step = definition.steps[i];
        const std::string_view command = command_of(step, direction);
        if (command.empty()) continue;
        Flow flow = fresh_flow();
        EXPECT_TRUE(act(command, flow, call_of(flow, i, direction)).ok()) << command;
      }
}

}  // namespace
}  // namespace sagactl
