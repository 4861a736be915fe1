// Makes the calls that leave the node, after the commit that asks for them. A call that is lost with the node is
// made again by whoever adopts the saga.
#pragma once

#include <functional>

#include "server/engine/command.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

// Calls `reply` once with the answer, from any thread, perhaps before returning.
void make_call(const GatewayCall& call, PaymentGateway& gateway, std::function<void(Command)> reply);

}  // namespace sagactl
