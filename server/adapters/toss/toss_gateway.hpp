// The payment provider Toss Payments (https://docs.tosspayments.com/reference), or any server that speaks its API.
//
// A payment is known there by its payment key. Confirming one takes the money and counts once under that key;
// cancelling one without an amount gives back what is left of it, so that it counts once too. What a call came to when
// nobody heard the answer is found out by asking for the payment.
#pragma once

#include <memory>

#include "common/result.hpp"
#include "server/adapters/toss/toss_options.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

// Makes no connection before the first call. `invalid` when the certificates of authorities cannot be read. Destroying
// it answers the calls under way.
Result<std::unique_ptr<PaymentGateway>> make_toss_gateway(const TossOptions& options);

}  // namespace sagactl
