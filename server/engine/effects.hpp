// Makes the calls to the payment provider, after the commit that requires them. A call that is lost with the node is
// made again by the node that adopts the saga.
#pragma once

#include <functional>

#include "server/engine/command.hpp"
#include "server/participants/perform.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

// Calls `reply` once with the answer, from any thread, possibly before returning.
void call_gateway(const GatewayCall& call, PaymentGateway& gateway, std::function<void(Command)> reply);

}  // namespace sagactl
