// A simulated payment provider. The outcome of a charge is a function of its key and the seed; the charges and their
// answers are in its book, so that a query sees every charge that came before it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "server/ports/charge_book.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

struct SimulatedGatewayOptions {
  double success = 0.8;        // share of keys whose charge succeeds; PAYMENT_FAIL products never do
  Duration delay_min = 500ms;  // a call is answered after a uniformly distributed delay between these
  Duration delay_max = 2s;
  double timeout_share = 0.0;  // of keys whose first call is not answered in time; half of them were charged
  std::uint64_t seed = 0;
  double other_success = 0.9;  // as `success`, for orders that are not of the order-processing saga
};

// Without a book it keeps one in memory, which is enough for a node's own provider: only that node gets its answers.
std::unique_ptr<PaymentGateway> make_simulated_gateway(const SimulatedGatewayOptions& options, Clock& clock,
                                                       std::unique_ptr<ChargeBook> book = nullptr);

// Keys that the simulated provider's own pay page gives: which of its buttons the buyer pressed, and then any text.
inline constexpr std::string_view simulated_card_key = "simulated-card-";
inline constexpr std::string_view simulated_transfer_key = "simulated-transfer-";
inline constexpr std::string_view simulated_declined_key = "simulated-declined-";  // its charge is refused

inline constexpr const char* simulated_refusal = "Insufficient funds or card declined";

}  // namespace sagactl
