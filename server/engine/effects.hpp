// Makes the calls to participants and to the payment provider, after the commit that requires them. A call that is lost
// with the node is made again by the node that adopts the saga.
#pragma once

#include <functional>
#include <memory>

#include "server/engine/command.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/participant_caller.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

// The reply to a call that is not made.
Command reply_without_call(const ParticipantCall& call);
// A call to a nested LRA becomes a command to this node's engine, and the command's answer the reply to the parent.
Command command_to_nested(const ParticipantCall& call);
Completion reply_from_nested(const ParticipantCall& call, const Clock& clock, std::function<void(Command)> reply);

// Each calls `reply` once with the answer, from any thread, possibly before returning.
void call_participant(ParticipantCall call, ParticipantCaller& caller, std::function<void(Command)> reply);
using ReplyToCall = std::function<void(Command)>;
// The calls in progress share their `reply`.
void call_gateway(const GatewayCall& call, PaymentGateway& gateway, std::shared_ptr<const ReplyToCall> reply);

}  // namespace sagactl
