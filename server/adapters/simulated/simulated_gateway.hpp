// A payment provider for trying things out. What it answers to a key is a function of the key and the seed, so it
// remembers every charge without keeping any: it gives the same answer after a crash of the node, as a real
// provider would.
#pragma once

#include <cstdint>
#include <memory>

#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl {

struct SimulatedGatewayOptions {
  double success = 0.8;         // share of keys whose charge succeeds; PAYMENT_FAIL products never do
  Duration delay_min = 500ms;   // a call is answered after an even delay between these
  Duration delay_max = 2s;
  double timeout_share = 0.0;   // of keys whose first call is not answered in time; half of them were charged
  std::uint64_t seed = 0;
  double other_success = 0.9;   // as `success`, for the orders of other systems than A
};

std::unique_ptr<PaymentGateway> make_simulated_gateway(const SimulatedGatewayOptions& options, Clock& clock);

inline constexpr const char* simulated_refusal = "Insufficient funds or card declined";

}  // namespace sagactl
