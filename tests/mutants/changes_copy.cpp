#include "tests/mutants/changes_copy.hpp"

#include <algorithm>

namespace sagactl::mutants {
namespace {

template <class T>
std::deque<T> copy(const std::vector<const T*>& list) {
  std::deque<T> all;
  for (const T* one : list) all.push_back(*one);
  return all;
}

template <class T>
std::vector<const T*> pointers(const std::deque<T>& list) {
  std::vector<const T*> all;
  for (const T& one : list) all.push_back(&one);
  return all;
}

}  // namespace

ChangesCopy::ChangesCopy(const Changes& changes)
    : new_orders(copy(changes.new_orders)),
      orders(copy(changes.orders)),
      new_sagas(copy(changes.new_sagas)),
      sagas(copy(changes.sagas)),
      new_payments(copy(changes.new_payments)),
      payments(copy(changes.payments)),
      claims(copy(changes.claims)),
      stocks(copy(changes.stocks)),
      events(copy(changes.events)),
      taken_over(changes.taken_over),
      users_(changes.users),
      replays_(changes.replays) {
  for (const auto& [order, barrier] : changes.barriers) barriers.emplace_back(order, *barrier);
  for (const Changes::Reservations& each : changes.reservations)
    reservations.push_back({each.order, *each.all, each.next_check_at});
}

void ChangesCopy::drop(OrderId id) {
  const auto is_order = [&](const Order& it) { return it.id == id; };
  const auto is_saga = [&](const Saga& it) { return order_of(it.id) == id; };
  const auto of_order = [&](const auto& it) { return it.order == id; };
  std::erase_if(new_orders, is_order);
  std::erase_if(orders, is_order);
  std::erase_if(new_sagas, is_saga);
  std::erase_if(sagas, is_saga);
  std::erase_if(new_payments, of_order);
  std::erase_if(payments, of_order);
  std::erase_if(claims, of_order);
  std::erase_if(events, of_order);
  std::erase(taken_over, id);
  std::erase_if(barriers, [&](const auto& it) { return it.first == id; });
  std::erase_if(reservations, of_order);
}

void ChangesCopy::set_key(Order& order, const std::string& key) {
  order.idempotency_key = key;
  for (Claim& claim : claims)
    if (claim.order == order.id) claim.key = digest_of_key(key);
}

Event* ChangesCopy::find_event(OrderId order, EventType type) {
  const auto found =
      std::find_if(events.begin(), events.end(), [&](const Event& it) { return it.order == order && it.type == type; });
  return found == events.end() ? nullptr : &*found;
}

Changes ChangesCopy::changes(std::int64_t last_sequence) {
  for (Event& event : events) event.sequence = ++last_sequence;
  Changes changes;
  changes.new_orders = pointers(new_orders);
  changes.orders = pointers(orders);
  changes.new_sagas = pointers(new_sagas);
  changes.sagas = pointers(sagas);
  changes.new_payments = pointers(new_payments);
  changes.payments = pointers(payments);
  for (const auto& [order, barrier] : barriers) changes.barriers.emplace_back(order, &barrier);
  for (const ReservationsCopy& each : reservations)
    changes.reservations.push_back({each.order, &each.all, each.next_check_at});
  changes.claims = pointers(claims);
  changes.stocks = pointers(stocks);
  changes.events = pointers(events);
  changes.taken_over = taken_over;
  changes.users = users_;
  changes.replays = replays_;
  return changes;
}

}  // namespace sagactl::mutants
