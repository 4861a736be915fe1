#include "server/participants/flow.hpp"

#include <algorithm>

namespace sagactl {

std::optional<Timestamp> next_check_at(const std::vector<Reservation>& reservations,
                                       const std::vector<Payment>& payments) {
  std::optional<Timestamp> first = next_expiry(reservations);
  for (const Payment& payment : payments)
    if (payment.check && (!first || payment.check->at < *first)) first = payment.check->at;
  return first;
}

Payment* payment_of_execution(Flow& flow, int execution) {
  const auto found = std::find_if(flow.payments.begin(), flow.payments.end(),
                                  [&](const Payment& payment) { return payment.execution == execution; });
  return found == flow.payments.end() ? nullptr : &*found;
}

}  // namespace sagactl
