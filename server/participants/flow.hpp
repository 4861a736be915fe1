// A flow: a saga with everything that belongs to it alone, such as the order that it carries out. It is the unit that a
// batch loads, decides on and writes.
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

// Records that a participant has carried out (step, direction, execution): a repeated call finds it and does nothing.
// An action whose compensation came first is `blocked` by it.
struct Barrier {
  std::uint8_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  bool blocked = false;  // nothing was done, nor ever will be, for this step and execution
  std::string refusal;   // why the participant refused, so that a repeated call gets the same answer; else empty

  friend bool operator==(const Barrier&, const Barrier&) = default;
};

struct Flow {
  // Of a user's saga, which has no order, only the id is set: it is the flow's.
  Order order;
  std::optional<Saga> saga;
  std::vector<Payment> payments;               // by execution
  std::vector<Barrier> barriers;               // by step, execution, direction
  std::vector<Reservation> reservations = {};  // oldest first
  NodeName writer = {};                        // the node that wrote its newest event; empty: unknown
};

// When the flow has to be checked again, whatever its saga does: the next expiry of a reservation or check of a
// payment.
std::optional<Timestamp> next_check_at(const std::vector<Reservation>& reservations,
                                       const std::vector<Payment>& payments);
inline std::optional<Timestamp> next_check_at(const Flow& flow) {
  return next_check_at(flow.reservations, flow.payments);
}

inline bool has_order(const Flow& flow) {
  return flow.order.version > 0;
}

// Whether its saga is of a user's definition, and so has no order.
inline bool is_users_saga(const Flow& flow) {
  return flow.saga && (flow.saga->own_definition || (!has_order(flow) && !find_definition(flow.saga->type)));
}

// The payment of that execution of the payment step, or null.
Payment* payment_of_execution(Flow& flow, int execution);

// The id by which the flow is traced: the client's, or the order's id.
inline std::string correlation_of(const Flow& flow) {
  return flow.saga && !flow.saga->correlation.empty() ? flow.saga->correlation : flow.order.id.text();
}

}  // namespace sagactl
