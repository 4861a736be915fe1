#include "server/engine/effects.hpp"

namespace sagactl {
namespace {

// A call that is being carried out: what the callbacks of the gateway need.
struct Errand {
  GatewayCall call;
  PaymentGateway* gateway;
  std::function<void(StepReplied)> reply;

  std::string key() const { return charge_key(order_of(call.saga), call.attempt); }
  EarlierCharge earlier() const {
    return {key(), order_of(call.saga).text(), call.trace_parent, call.provider_key};
  }
  void answer(Outcome outcome, std::string transaction_id = {}) const {
    reply(StepReplied{call.saga, StepReply{call.step, call.direction, call.attempt, std::move(outcome), call.tries, call.since},
                      std::move(transaction_id)});
  }
};

using SharedErrand = std::shared_ptr<const Errand>;

void charge(const SharedErrand& errand) {
  Charge charge{errand->key(), order_of(errand->call.saga).text(), errand->call.amount, errand->call.product_ids,
                errand->call.trace_parent, errand->call.provider_key, errand->call.saga_type};
  errand->gateway->charge(charge, [errand](ChargeAnswer answer) {
    if (auto* charged = std::get_if<Charged>(&answer)) errand->answer(Succeeded{}, charged->transaction_id);
    else if (auto* refused = std::get_if<Refused>(&answer)) errand->answer(std::move(*refused));
    else if (auto* away = std::get_if<Unavailable>(&answer)) errand->answer(std::move(*away));
    else errand->answer(std::get<UnknownOutcome>(std::move(answer)));
  });
}

void refund(const SharedErrand& errand, const std::string& transaction_id) {
  errand->gateway->refund(errand->earlier(), errand->call.amount, [errand, transaction_id](Outcome outcome) {
    errand->answer(std::move(outcome), transaction_id);
  });
}

// Asks what became of the charge. An answer that does not come leaves the outcome unknown.
void query_or_charge(const SharedErrand& errand) {
  errand->gateway->query(errand->earlier(), [errand](QueryAnswer answer) {
    if (auto* charged = std::get_if<Charged>(&answer)) errand->answer(Succeeded{}, charged->transaction_id);
    else if (auto* refused = std::get_if<Refused>(&answer)) errand->answer(std::move(*refused));
    else if (auto* away = std::get_if<Unavailable>(&answer)) errand->answer(UnknownOutcome{away->reason});
    else charge(errand);
  });
}

void query_and_refund(const SharedErrand& errand) {
  errand->gateway->query(errand->earlier(), [errand](QueryAnswer answer) {
    if (auto* charged = std::get_if<Charged>(&answer)) refund(errand, charged->transaction_id);
    else if (auto* away = std::get_if<Unavailable>(&answer)) errand->answer(UnknownOutcome{away->reason});
    else errand->answer(Succeeded{});
  });
}

}  // namespace

void carry_out(const GatewayCall& call, PaymentGateway& gateway, std::function<void(StepReplied)> reply) {
  const auto errand = std::make_shared<const Errand>(Errand{call, &gateway, std::move(reply)});
  switch (call.kind) {
    case GatewayCall::Kind::charge: return charge(errand);
    case GatewayCall::Kind::query_or_charge: return query_or_charge(errand);
    case GatewayCall::Kind::refund: return refund(errand, "");
    case GatewayCall::Kind::query_and_refund: return query_and_refund(errand);
  }
}

}  // namespace sagactl
