// The participants' commands by name: what a step's `action` and `compensation` (server/saga/definition.hpp) do to
// a flow and to the stock that it draws from. Pure: what has to happen outside is returned as a GatewayCall, to be
// made when the flow is durable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/participants/flow.hpp"
#include "server/participants/service.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// Each is one call. What follows from an answer is decided first, and is durable, before the next call is made: between
// the two the order may have been cancelled.
struct GatewayCall {
  enum class Kind : std::uint8_t {
    charge,  // make the charge
    query,   // it may have been made: ask
    refund,  // give it back
  };
  Kind kind = Kind::charge;
  bool is_check = false;  // made by the participant itself, not for a step: payment_check.hpp
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  int tries = 1;        // as in StepCall
  Timestamp since;
  Money amount;
  std::string provider_key;  // see Payment
  std::string saga_type;     // the definition's name
  std::vector<std::string> product_ids;
  std::string trace_parent;  // the saga's
};

// How the participants here do their parts.
struct Policy {
  Duration reservation_ttl = 5min;
  bool shop_confirms = false;  // a checkout's payment waits until the shop confirms it
  Services services = Services::all();  // of a checkout, that are here; the others are asked
  // When the provider is asked again for a charge that was in doubt and then given up as not made, each counted from
  // the answer before.
  std::vector<Duration> charge_checks = {1min, 10min, 1h};
};

// Whether the flow's payments are made only under a key that the shop names.
bool waits_for_shop(const Flow& flow, const Policy& policy);

// What a call came to. `outcome` null: the answer will be a reply to `gateway_call`.
struct StepResult {
  std::optional<Outcome> outcome;
  std::vector<Event> events;
  std::optional<GatewayCall> gateway_call;
};

// The stock that the steps of a saga of that name may touch for that order.
std::vector<StockKey> stocks_of(std::string_view saga, const Order& order);

// Carries out `call`, whose participant command is `command`, on `flow` and `stocks`, behind its barrier. Fresh ids
// are made from `moment`. `bug` for a command that no participant has.
Result<StepResult> perform(std::string_view command, Flow& flow, StockOverlay& stocks, const StepCall& call,
                          const Policy& policy, const Moment& moment);

// A gateway's answer, beside the outcome that it gives.
struct GatewayReply {
  GatewayCall::Kind asked = GatewayCall::Kind::charge;
  std::string external_transaction_id;  // of the charge, where there is one
  bool not_charged = false;             // to a query: the provider has not seen the charge
};

GatewayCall gateway_call(GatewayCall::Kind kind, const Flow& flow, const Payment& payment);

// Records with the participant what an answer of the gateway to a call of `step` says, behind the barrier, before the
// saga is told of it. Returns the events, and makes of `reply` what the saga is to be told.
Result<std::vector<Event>> record_reply(const StepDefinition& step, Flow& flow, StepReply& reply,
                                        const GatewayReply& gateway, const Policy& policy, const Moment& moment);

}  // namespace sagactl
