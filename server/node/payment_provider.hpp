// The payment gateway that a node's options choose.
#pragma once

#include <memory>

#include "common/result.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/toss/toss_options.hpp"
#include "server/node/node.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

SimulatedGatewayOptions simulated_options(const SimulatedPayment& payment);

// With the secret key, read from its file. `invalid` names a fault of the address or the file.
Result<TossOptions> toss_options(const TossAccount& account);

// A gateway that this process calls itself; `invalid` for PaymentProvider::remote. `clock` outlives it. `book` stores
// the charges of a simulated provider; null: in memory.
Result<std::unique_ptr<PaymentGateway>> make_own_gateway(const NodeOptions& options, Clock& clock,
                                                         std::unique_ptr<ChargeBook> book = nullptr);

}  // namespace sagactl
