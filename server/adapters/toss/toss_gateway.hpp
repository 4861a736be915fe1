// The payment provider Toss Payments (https://docs.tosspayments.com/reference), or any server that speaks its API.
//
// Payments are identified by their payment key. Confirming one captures the money and counts once under that key;
// cancelling one without an amount refunds what remains, so that it counts once too. The outcome of a call without an
// answer is found out by querying the payment.
#pragma once

#include <memory>

#include "common/result.hpp"
#include "server/adapters/toss/toss_options.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

// Connects at the first call. `invalid` when the certificates of authorities cannot be read. Destroying it answers the
// calls in progress.
Result<std::unique_ptr<PaymentGateway>> make_toss_gateway(const TossOptions& options);

}  // namespace sagactl
