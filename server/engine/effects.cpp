#include "server/engine/effects.hpp"

#include <utility>

#include "server/participants/calls/lra_call.hpp"
#include "server/participants/calls/participant_request.hpp"

namespace sagactl {
namespace {

// A call in progress: what the reply to it needs, and no more, since there may be as many as open sagas.
struct PendingGatewayCall {
  PendingGatewayCall(const GatewayCall& call, std::shared_ptr<const ReplyToCall> to)
      : saga(call.saga),
        since(call.since),
        step(call.step),
        execution(call.execution),
        tries(call.tries),
        kind(call.kind),
        direction(call.direction),
        is_check(call.is_check),
        reply(std::move(to)) {}

  void answer(Outcome outcome, Charged charged = {}, bool not_charged = false) const {
    GatewayReply gateway{kind, std::move(charged.transaction_id), not_charged, std::move(charged.facts)};
    if (is_check) return (*reply)(PaymentChecked{order_of(saga), execution, std::move(outcome), std::move(gateway)});
    (*reply)(StepReplied{saga, {step, direction, execution, std::move(outcome), tries, since}, std::move(gateway)});
  }

  SagaId saga;
  Timestamp since;
  std::size_t step;
  int execution, tries;
  GatewayCall::Kind kind;
  Direction direction;
  bool is_check;
  std::shared_ptr<const ReplyToCall> reply;
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
  // What reading the answer needs is kept beside the call: all but its largest parts.
  auto body = std::move(call.body);
  auto headers = std::move(call.headers);
  call.body = {};
  call.headers = {};
  ParticipantCall asked = call;
  call.body = std::move(body);
  call.headers = std::move(headers);
  caller.call(std::move(call), [asked = std::move(asked), reply = std::move(reply)](const ParticipantAnswer& answer) {
    if (answer.comes_apart) return;
    reply(reply_to(asked, answer));
  });
}

void call_gateway(const GatewayCall& call, PaymentGateway& gateway, std::shared_ptr<const ReplyToCall> reply) {
  const auto pending = std::make_shared<const PendingGatewayCall>(call, std::move(reply));
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
