#include "server/adapters/sqlite/counter_table.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_add =
    "INSERT INTO counter (kind, what, n) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n";
constexpr std::string_view sql_read_counter = "SELECT kind, what, n FROM counter WHERE n <> 0";
constexpr std::string_view orders = "order", sagas = "saga", events = "event";
constexpr std::int64_t statuses_max = 8;  // of sagas

}  // namespace

CounterTable::CounterTable(Connection& connection, Names& names)
    : names_(names), add_(connection, sql_add), read_(connection, sql_read_counter) {}

void CounterTable::add(std::string_view kind, std::int64_t what, std::int64_t n) {
  if (n != 0) add_().bind(kind).bind(what).bind(n).run();
}

void CounterTable::add(const CountChanges& changes) {
  for (const auto& [status, n] : changes.orders) add(orders, static_cast<int>(status), n);
  for (const auto& [key, n] : changes.sagas)
    add(sagas, key.first * statuses_max + static_cast<int>(key.second), n);
  for (const auto& [type, n] : changes.events) add(events, static_cast<int>(type), n);
}

Counts CounterTable::read() {
  Counts counts;
  Statement& row = read_();
  const Reading reading(row);
  while (row.next()) {
    const std::string_view kind = row.text();
    const std::int64_t what = row.integer(), n = row.integer();
    if (kind == orders)
      counts.orders[static_cast<OrderStatus>(what)] = n;
    else if (kind == events)
      counts.events[static_cast<EventType>(what)] = n;
    else
      counts.sagas[{names_.definition(what / statuses_max).name,
                    static_cast<SagaStatus>(what % statuses_max)}] += n;
  }
  return counts;
}

}  // namespace sagactl::sqlite
