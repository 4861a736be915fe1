#include "server/engine/effects.hpp"

#include "server/participants/calls/lra_call.hpp"
#include "server/participants/calls/participant_request.hpp"

namespace sagactl {
namespace {

// A call in progress: what the gateway's callbacks need.
struct PendingGatewayCall {
  GatewayCall call;
  std::function<void(Command)> reply;

  void answer(Outcome outcome, Charged charged = {}, bool not_charged = false) const {
    const GatewayReply gateway{call.kind, std::move(charged.transaction_id), not_charged, std::move(charged.facts)};
    if (call.is_check) return reply(PaymentChecked{order_of(call.saga), call.execution, std::move(outcome), gateway});
    reply(StepReplied{
        call.saga, {call.step, call.direction, call.execution, std::move(outcome), call.tries, call.since}, gateway});
  }
};

std::string key_of(const GatewayCall& call) {
  return charge_key(order_of(call.saga), call.execution);
}

EarlierCharge earlier_charge(const GatewayCall& call) {
  return {key_of(call), order_of(call.saga).text(), call.trace_parent, call.provider_key};
}

void answer_with(const PendingGatewayCall& pending, ChargeAnswer answer) {
  if (auto* charged = std::get_if<Charged>(&answer))
    pending.answer(Succeeded{}, std::move(*charged));
  else if (auto* refused = std::get_if<Refused>(&answer))
    pending.answer(std::move(*refused));
  else if (auto* unavailable = std::get_if<Unavailable>(&answer))
    pending.answer(std::move(*unavailable));
  else
    pending.answer(std::get<UnknownOutcome>(std::move(answer)));
}

// A query without an answer leaves the outcome of the charge unknown.
void answer_with(const PendingGatewayCall& pending, QueryAnswer answer) {
  if (auto* charged = std::get_if<Charged>(&answer))
    pending.answer(Succeeded{}, std::move(*charged));
  else if (auto* refused = std::get_if<Refused>(&answer))
    pending.answer(std::move(*refused));
  else if (auto* unavailable = std::get_if<Unavailable>(&answer))
    pending.answer(UnknownOutcome{unavailable->reason});
  else
    pending.answer(Unavailable{"the provider does not know the charge"}, {}, true);
}

Command reply_to(const ParticipantCall& call, const ParticipantAnswer& answer) {
  ReadAnswer read = read_answer(call, answer);
  const StepCall& step = call.call;
  return StepReplied{step.saga,
                     {step.step, step.direction, step.execution, std::move(read.outcome), step.tries, step.since},
                     {},
                     false,
                     std::move(read.record)};
}

}  // namespace

Command reply_without_call(const ParticipantCall& call) {
  ParticipantAnswer answer;
  answer.failure = "not called: the saga goes forward no more";
  answer.was_sent = answer.was_called = false;
  return reply_to(call, answer);
}

Command command_to_nested(const ParticipantCall& call) {
  return ChangeLraRequest{call.nested->lra, Actor{UserId{}, Role::admin}, TellLra{call.nested->word}};
}

// An error leaves open whether the command was carried out. It may be repeated.
Completion reply_from_nested(const ParticipantCall& call, const Clock& clock, std::function<void(Command)> reply) {
  return [call, &clock, began = clock.steady(), reply = std::move(reply)](const Result<Receipt>& receipt) {
    ParticipantAnswer answer;
    if (receipt) {
      answer = nested_lra_answer(*receipt->flow->saga, call.nested->word);
    } else if (receipt.error().code == ErrorCode::not_found) {
      answer.status = 409;
      answer.body = receipt.error().message;
    } else {
      answer.failure = receipt.error().message;
    }
    answer.took = clock.steady() - began;
    reply(reply_to(call, answer));
  };
}

void call_participant(ParticipantCall call, ParticipantCaller& caller, std::function<void(Command)> reply) {
  ParticipantCall asked = call;  // what reading the answer needs
  asked.body.clear();
  asked.headers.clear();
  caller.call(std::move(call), [asked = std::move(asked), reply = std::move(reply)](const ParticipantAnswer& answer) {
    if (answer.comes_apart) return;
    reply(reply_to(asked, answer));
  });
}

void call_gateway(const GatewayCall& call, PaymentGateway& gateway, std::function<void(Command)> reply) {
  const auto pending = std::make_shared<const PendingGatewayCall>(PendingGatewayCall{call, std::move(reply)});
  const std::string order = order_of(call.saga).text();
  switch (call.kind) {
    case GatewayCall::Kind::charge:
      return gateway.charge(
          {key_of(call), order, call.amount, call.product_ids, call.trace_parent, call.provider_key, call.saga_type},
          [pending](ChargeAnswer answer) { answer_with(*pending, std::move(answer)); });
    case GatewayCall::Kind::query:
      return gateway.query(earlier_charge(call),
                           [pending](QueryAnswer answer) { answer_with(*pending, std::move(answer)); });
    case GatewayCall::Kind::refund:
      return gateway.refund(earlier_charge(call), call.amount,
                            [pending](Outcome outcome) { pending->answer(std::move(outcome)); });
  }
}

}  // namespace sagactl
