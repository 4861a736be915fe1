#include "server/adapters/sql/count_changes.hpp"

namespace sagactl::sql {
namespace {

// A saga's counter is its definition's number * statuses_max + its status, in both schemas: never change it.
constexpr std::int64_t statuses_max = 8;

std::pair<CounterKind, std::int64_t> key_of(const SagaCounter& saga) {
  return {CounterKind::saga, saga.first * statuses_max + static_cast<int>(saga.second)};
}

std::pair<CounterKind, std::int64_t> key_of(OrderStatus status) {
  return {CounterKind::order, static_cast<int>(status)};
}

}  // namespace

void CountChanges::change(std::optional<OrderStatus> before, OrderStatus after) {
  if (before == after) return;
  ++counts_[key_of(after)];
  if (before) --counts_[key_of(*before)];
}

void CountChanges::change(const std::optional<SagaCounter>& before, const SagaCounter& after) {
  if (before == after) return;
  ++counts_[key_of(after)];
  if (before) --counts_[key_of(*before)];
}

void read_counter(CounterKind kind, std::int64_t what, std::int64_t n, InternedNames& names, Counts& counts) {
  switch (kind) {
    case CounterKind::order:
      counts.orders[static_cast<OrderStatus>(what)] = n;
      break;
    case CounterKind::saga:
      counts.sagas[{names.definition(what / statuses_max).name, static_cast<SagaStatus>(what % statuses_max)}] += n;
      break;
    case CounterKind::event:
      counts.events[static_cast<EventType>(what)] = n;
      break;
  }
}

}  // namespace sagactl::sql
