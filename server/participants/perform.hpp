// The participants' commands by name: what a step's `action` and `compensation` (server/saga/definition.hpp) do to
// a flow and to the stock that it draws from. Pure: what has to happen outside is returned as a GatewayCall, to be
// made when the flow is durable.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/participants/flow.hpp"
#include "server/participants/role.hpp"

namespace sagactl {

struct GatewayCall {
  enum class Kind : std::uint8_t {
    charge,            // make the charge
    query_or_charge,   // it may have been made: ask, and make it if it was not
    refund,            // give it back
    query_and_refund,  // it may have been made: ask, and give it back if it was
  };
  Kind kind = Kind::charge;
  SagaId saga;
  std::size_t step = 0;
  Direction direction = Direction::action;
  int attempt = 1;
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
};

// Whether the flow's payments are made only under a key that the shop names.
bool waits_for_shop(const Flow& flow, const Policy& policy);

// What a call came to. `outcome` null: the answer will be a reply to `gateway_call`.
struct Performed {
  std::optional<Outcome> outcome;
  std::vector<Event> events;
  std::optional<GatewayCall> gateway_call;
};

// The stock that the steps of a saga of that name may touch for that order.
std::vector<StockKey> stocks_of(std::string_view saga, const Order& order);

// Carries out `call`, whose participant command is `command`, on `flow` and `stocks`, behind its barrier. Fresh ids
// are made from `moment`. `bug` for a command that no participant has.
Result<Performed> perform(std::string_view command, Flow& flow, StockBook& stocks, const StepCall& call,
                          const Policy& policy, const Moment& moment);

// A gateway's final answer to a call of this participant.
struct GatewayReply {
  std::string external_transaction_id;  // of the charge, where there is one
};

// Records with the participant what a reply says, behind the barrier, before the saga is told of it. Returns the
// events. Does nothing for an outcome that is not final.
Result<std::vector<Event>> record_reply(std::string_view command, Flow& flow, const StepReply& reply,
                                        const GatewayReply& gateway, const Moment& moment);

}  // namespace sagactl
