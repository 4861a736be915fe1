// A flow: an order with everything that belongs to it alone. It is what a batch loads, decides on and writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/participants/order.hpp"
#include "server/participants/payment.hpp"
#include "server/participants/reservation.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// That a participant has dealt with (step, direction, execution): a second call finds it and does nothing. An
// action whose compensation came first is `blocked` by it.
struct Barrier {
  std::uint8_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  bool blocked = false;  // nothing was done, and nothing ever will be, for this step and execution
  std::string refusal;   // why the participant refused, so that a repeated call gets the same answer; else empty

  friend bool operator==(const Barrier&, const Barrier&) = default;
};

struct Flow {
  Order order;
  std::optional<Saga> saga;
  std::vector<Payment> payments;  // by execution
  std::vector<Barrier> barriers;  // by step, execution, direction
  std::vector<Reservation> reservations = {};  // in the order in which they were made
  NodeName writer = {};  // that wrote its newest event; empty: not known
};

// When the flow has to be looked at again, whatever its saga does: a reservation expires, or a payment is checked.
std::optional<Timestamp> next_check_at(const std::vector<Reservation>& reservations, const std::vector<Payment>& payments);
inline std::optional<Timestamp> next_check_at(const Flow& flow) { return next_check_at(flow.reservations, flow.payments); }

// What the flow is traced by: what the client chose, or the order's id.
inline std::string correlation_of(const Flow& flow) {
  return flow.saga && !flow.saga->correlation.empty() ? flow.saga->correlation : flow.order.id.text();
}

}  // namespace sagactl
