// Runs participant commands by name: what a step's `action` and `compensation` (server/saga/definition.hpp) do to a
// flow and to its stock. Pure: a call to the payment provider is returned as a GatewayCall, to be made once the flow is
// durable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/participants/flow.hpp"
#include "server/participants/service.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// One call to the payment provider. The decision that follows from its answer is durable before the next call is made:
// the order may have been cancelled in between.
struct GatewayCall {
  enum class Kind : std::uint8_t {
    charge,
    query,  // the charge may have been made: ask
    refund,
  };
  Kind kind = Kind::charge;
  bool is_check = false;  // made by the participant on its own, not for a step: payment_check.hpp
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  int tries = 1;  // as in StepCall
  Timestamp since;
  Money amount;
  std::string provider_key;  // see Payment
  std::string saga_type;     // the definition's name
  std::vector<std::string> product_ids;
  std::string trace_parent;  // the saga's
};

// How the participants on this node work.
struct Policy {
  Duration reservation_ttl = 5min;
  bool shop_confirms = false;           // a checkout's payment waits until the shop confirms it
  Services services = Services::all();  // of a checkout, on this node; the others are called over the exchange
  // When the provider is queried again for a charge in doubt that was recorded as not made; each interval starts with
  // the previous answer.
  std::vector<Duration> charge_checks = {1min, 10min, 1h};
};

// Whether the flow's payments wait until the shop confirms them.
bool waits_for_shop(const Flow& flow, const Policy& policy);

// The result of a call. Without `outcome`, the outcome will be the reply to `gateway_call`.
struct StepResult {
  std::optional<Outcome> outcome;
  std::vector<Event> events;
  std::optional<GatewayCall> gateway_call;
};

// Whether any step of the saga of that name uses stock.
bool uses_stock(std::string_view saga);

// The stock that the steps of the saga of that name may use for that order.
std::vector<StockKey> stocks_of(std::string_view saga, const Order& order);

// Carries out `call`, whose participant command is `command`, on `flow` and `stocks`, behind its barrier. New ids are
// made from `moment`. `bug` for a command that no participant has.
Result<StepResult> perform(std::string_view command, Flow& flow, StockOverlay& stocks, const StepCall& call,
                           const Policy& policy, const Moment& moment);

// What a provider's answer says besides the outcome.
struct GatewayReply {
  GatewayCall::Kind asked = GatewayCall::Kind::charge;
  std::string external_transaction_id;  // of the charge, where there is one
  bool not_charged = false;             // to a query: the provider does not know the charge
  PaymentFacts facts = {};              // of the charge
};

GatewayCall gateway_call(GatewayCall::Kind kind, const Flow& flow, const Payment& payment);

// Records the provider's answer to a call of `step` with the participant, behind the barrier, before the saga gets it.
// Returns the events, and turns `reply` into the reply for the saga.
Result<std::vector<Event>> record_reply(const StepDefinition& step, Flow& flow, StepReply& reply,
                                        const GatewayReply& gateway, const Policy& policy, const Moment& moment);

}  // namespace sagactl
