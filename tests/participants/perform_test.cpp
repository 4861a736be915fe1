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

StepCall call_of(const Flow& flow, std::size_t step, Direction direction, int execution = 1, bool ask_first = false) {
  return StepCall{saga_of(flow.order.id), step, direction, execution, 1, ask_first};
}

Result<StepResult> act(std::string_view command, Flow& flow, const StepCall& call) {
  StockOverlay none;
  return perform(command, flow, none, call, Policy{}, moment);
}

StepReply reply_to(const StepCall& call, Outcome outcome) {
  return StepReply{call.step, call.direction, call.execution, std::move(outcome), call.tries, call.since};
}

const StepDefinition& payment_step() {
  return find_definition(order_processing_saga)->steps[1];
}

// Records the provider's answer, and returns the events.
Result<std::vector<Event>> record(Flow& flow, StepReply& reply, Kind asked, const std::string& transaction = {},
                                  bool not_charged = false, const Moment& at = moment) {
  return record_reply(payment_step(), flow, reply, {asked, transaction, not_charged}, Policy{}, at);
}
Result<std::vector<Event>> record_charge_of(Flow& flow, const StepCall& call, Outcome outcome) {
  StepReply reply = reply_to(call, std::move(outcome));
  return record(flow, reply, Kind::charge, "tx");
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

TEST(Perform, ARepeatedChargeIsOnePaymentAndQueriesTheGatewayFirst) {
  Flow flow = fresh_flow();
  ASSERT_TRUE(act("payment.charge", flow, call_of(flow, 1, Direction::action)).ok());
  const auto again = act("payment.charge", flow, call_of(flow, 1, Direction::action, 1, true));
  EXPECT_EQ(again->gateway_call->kind, Kind::query);
  EXPECT_EQ(flow.payments.size(), 1u);
}

TEST(Perform, AnAnsweredChargeIsNotMadeAgain) {
  Flow flow = fresh_flow();
  const StepCall call = call_of(flow, 1, Direction::action);
  ASSERT_TRUE(act("payment.charge", flow, call).ok());
  const auto events = record_charge_of(flow, call, Succeeded{});
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(flow.payments[0].status, PaymentStatus::completed);
  const auto again = act("payment.charge", flow, call);
  EXPECT_EQ(again->outcome, Outcome{Succeeded{}});
  EXPECT_FALSE(again->gateway_call);
  EXPECT_TRUE(record_charge_of(flow, call, Succeeded{})->empty());
}

TEST(Perform, ARefundDependsOnTheResultOfTheCharge) {
  struct Row {
    const char* story;
    std::optional<Outcome> charge;  // none: it was never called
    bool answered;
    std::optional<Kind> refund_call;
  };
  const std::vector<Row> table = {
      {"never called: nothing to refund", std::nullopt, false, std::nullopt},
      {"called, not answered: query", Outcome{Succeeded{}}, false, Kind::query},
      {"refused: nothing to refund", Outcome{Refused{"declined"}}, true, std::nullopt},
      {"charged: refund", Outcome{Succeeded{}}, true, Kind::refund},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(row.story);
    Flow flow = fresh_flow();
    const StepCall charge = call_of(flow, 1, Direction::action);
    if (row.charge) {
      ASSERT_TRUE(act("payment.charge", flow, charge).ok());
      if (row.answered) {
        ASSERT_TRUE(record_charge_of(flow, charge, *row.charge).ok());
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

TEST(Perform, ACompensatedChargeInDoubtIsRecordedAsTheGatewayAnswers) {
  struct Row {
    Outcome answer;
    bool not_charged;
    PaymentStatus then;
    Outcome reply;  // to the saga
  };
  const Moment later{moment.now + 30s, "node-1", 1, 78};
  for (const Row& row : {Row{Unavailable{"none"}, true, PaymentStatus::failed, Succeeded{}},
                         Row{Refused{"declined"}, false, PaymentStatus::failed, Succeeded{}},
                         Row{UnknownOutcome{"?"}, false, PaymentStatus::processing, UnknownOutcome{"?"}},
                         Row{Succeeded{}, false, PaymentStatus::completed, Unavailable{"it was charged", true}}}) {
    Flow flow = fresh_flow();
    ASSERT_TRUE(act("payment.charge", flow, call_of(flow, 1, Direction::action)).ok());
    const StepCall refund = call_of(flow, 1, Direction::compensation);
    ASSERT_EQ(act("payment.refund", flow, refund)->gateway_call->kind, Kind::query);
    StepReply reply = reply_to(refund, row.answer);
    ASSERT_TRUE(record(flow, reply, Kind::query, "tx-9", row.not_charged, later).ok());
    EXPECT_EQ(flow.payments[0].status, row.then);
    EXPECT_EQ(reply.outcome, row.reply);
  }
}

TEST(Perform, AChargeThatMayBeOnItsWayIsNotRecordedAsNotMade) {
  Flow flow = fresh_flow();
  ASSERT_TRUE(act("payment.charge", flow, call_of(flow, 1, Direction::action)).ok());
  const StepCall refund = call_of(flow, 1, Direction::compensation);
  StepReply early = reply_to(refund, Unavailable{});
  const Moment before{moment.now + payment_step().timeout - 1us, "node-1", 1, 78};
  ASSERT_TRUE(record(flow, early, Kind::query, "", true, before).ok());
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(early.outcome));
  EXPECT_EQ(flow.payments[0].status, PaymentStatus::processing);
  StepReply late = reply_to(refund, Unavailable{});
  const Moment after{moment.now + payment_step().timeout, "node-1", 1, 78};
  ASSERT_TRUE(record(flow, late, Kind::query, "", true, after).ok());
  EXPECT_EQ(late.outcome, Outcome{Succeeded{}});
  EXPECT_EQ(flow.payments[0].status, PaymentStatus::failed);
  EXPECT_TRUE(flow.payments[0].check) << "it is queried again";
}

TEST(Perform, ActionsOfACompensatingSagaAreNotCarriedOut) {
  Flow flow = fresh_flow();
  flow.saga->status = SagaStatus::compensating;
  const auto charge = act("payment.charge", flow, call_of(flow, 1, Direction::action));
  EXPECT_TRUE(std::holds_alternative<Refused>(*charge->outcome));
  EXPECT_TRUE(flow.payments.empty());
  const auto confirm = act("order.confirm", flow, call_of(flow, 2, Direction::action));
  EXPECT_TRUE(std::holds_alternative<Refused>(*confirm->outcome));
  EXPECT_EQ(flow.order.status, OrderStatus::pending);
}

TEST(Perform, ARefusedRefundIsCalledAgain) {
  Flow flow = fresh_flow();
  const StepCall charge = call_of(flow, 1, Direction::action), refund = call_of(flow, 1, Direction::compensation);
  ASSERT_TRUE(act("payment.charge", flow, charge).ok());
  ASSERT_TRUE(record_charge_of(flow, charge, Succeeded{}).ok());
  ASSERT_TRUE(act("payment.refund", flow, refund).ok());
  StepReply refused = reply_to(refund, Refused{"the bank is closed"});
  ASSERT_TRUE(record(flow, refused, Kind::refund).ok());
  EXPECT_EQ(act("payment.refund", flow, refund)->gateway_call->kind, Kind::refund);
}

TEST(Perform, ARefusedRefundWithAStoredBarrierIsCalledAgain) {
  Flow flow = fresh_flow();
  const StepCall charge = call_of(flow, 1, Direction::action), refund = call_of(flow, 1, Direction::compensation);
  ASSERT_TRUE(act("payment.charge", flow, charge).ok());
  ASSERT_TRUE(record_charge_of(flow, charge, Succeeded{}).ok());
  flow.barriers.push_back({1, Direction::compensation, 1, false, "the bank is closed"});
  EXPECT_EQ(act("payment.refund", flow, refund)->gateway_call->kind, Kind::refund);
}

TEST(Perform, TheFirstExecutionOfOrderCreateIsTheCreationAndALaterOneReopensTheOrder) {
  Flow flow = fresh_flow();
  EXPECT_TRUE(act("order.create", flow, call_of(flow, 0, Direction::action))->events.empty());
  ASSERT_TRUE(act("order.cancel", flow, call_of(flow, 0, Direction::compensation)).ok());
  EXPECT_EQ(flow.order.status, OrderStatus::cancelled);
  EXPECT_FALSE(act("order.create", flow, call_of(flow, 0, Direction::action, 2))->events.empty());
  EXPECT_EQ(flow.order.status, OrderStatus::pending);
}

TEST(Perform, ConfirmationNamesTheChargedPayment) {
  Flow flow = fresh_flow();
  const StepCall charge = call_of(flow, 1, Direction::action);
  ASSERT_TRUE(act("payment.charge", flow, charge).ok());
  ASSERT_TRUE(record_charge_of(flow, charge, Succeeded{}).ok());
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
