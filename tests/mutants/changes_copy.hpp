// The changes of one batch, copied so that a fault can alter them before they are written.
#pragma once

#include <deque>
#include <utility>

#include "server/ports/store.hpp"

namespace sagactl::mutants {

class ChangesCopy {
 public:
  explicit ChangesCopy(const Changes& changes);

  std::deque<Order> new_orders, orders;
  std::deque<Saga> new_sagas, sagas;
  std::deque<Payment> new_payments, payments;
  std::deque<std::pair<OrderId, Barrier>> barriers;
  struct ReservationsCopy {
    OrderId order;
    std::vector<Reservation> all;
    std::optional<Timestamp> next_check_at;
  };
  std::deque<ReservationsCopy> reservations;
  std::deque<Claim> claims;
  std::deque<Stock> stocks;
  std::deque<Event> events;
  std::vector<OrderId> taken_over;

  // Removes everything of that order.
  void drop(OrderId order);
  // Gives the order another idempotency key, and makes it claim that one.
  void set_key(Order& order, const std::string& key);
  Event* find_event(OrderId order, EventType type);

  // Numbers the events from `last_sequence` + 1, and returns pointers to everything in here. Valid as long as this.
  Changes changes(std::int64_t last_sequence);

 private:
  std::vector<const User*> users_;
  std::vector<const Replay*> replays_;
};

}  // namespace sagactl::mutants
