#include "server/adapters/sqlite/event_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace sagactl::sqlite {
namespace {

const std::string sql_select =
    fmt::format("SELECT {}, {} FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow ", EventTable::own_columns,
                EventTable::flow_columns);
const std::string sql_insert =
    "INSERT INTO event (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const std::string sql_after = sql_select + "WHERE e.key > ? AND e.key <= ? ORDER BY e.key LIMIT ?";
// The sign before the parameter is for speed: a bare one is held against the partial index event_seldom, and the
// statement is then planned anew each time that another value is bound.
const std::string sql_of_flow = sql_select + "WHERE e.flow = +?";
// The same where the flow is known: not looked up again for each of its events.
const std::string sql_of_known_flow =
    fmt::format("SELECT {}, ?, ?, ? FROM event AS e WHERE e.flow = +?", EventTable::own_columns);
const std::string sql_of_no_flow = sql_select + "WHERE e.flow = 0 ORDER BY e.key";

}  // namespace

EventTable::EventTable(Connection& connection, Names& names)
    : names_(names),
      insert_(connection, sql_insert),
      after_(connection, sql_after),
      of_flow_(connection, sql_of_flow),
      of_known_flow_(connection, sql_of_known_flow),
      of_no_flow_(connection, sql_of_no_flow) {}

void EventTable::insert(std::int64_t node, std::int64_t flow, const Event& event) {
  Statement& statement = insert_()
                             .bind(key_of(node, event.sequence))
                             .bind(flow)
                             .bind(static_cast<int>(event.type))
                             .bind(static_cast<int>(event.aggregate_type));
  if (event.aggregate == event.order.uuid)
    statement.bind_null();
  else
    statement.bind(event.aggregate);
  statement.bind(event.version).bind(event.occurred_at).bind(event.data).bind_unless_empty(event.metadata);
  correlation_.bind(statement, event.correlation);
  statement.run();
}

std::vector<Event> EventTable::after(std::int64_t node, std::int64_t sequence, std::int64_t limit) {
  const std::int64_t from = std::clamp<std::int64_t>(sequence, 0, sequence_max);
  return read_all(after_().bind(key_of(node, from)).bind(key_of(node, sequence_max)).bind(limit));
}

std::vector<Event> EventTable::of_flow(std::int64_t flow) {
  return in_order(read_all(of_flow_().bind(flow)));
}

std::vector<Event> EventTable::of_flow(std::int64_t number, const Flow& flow) {
  Statement& statement = of_known_flow_().bind(flow.order.id.uuid);
  if (flow.saga)
    statement.bind(flow.saga->trace_parent)
        .bind(names_.number_of_definition(flow.saga->type, flow.saga->definition_version));
  else
    statement.bind_null().bind_null();
  return in_order(read_all(statement.bind(number)));
}

std::vector<Event> EventTable::in_order(std::vector<Event> events) {
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.occurred_at, a.node, a.sequence) < std::tie(b.occurred_at, b.node, b.sequence);
  });
  return events;
}

std::vector<Event> EventTable::of_no_flow() {
  std::vector<Event> events = read_all(of_no_flow_());  // by the nodes' numbers
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.node < b.node; });
  return events;
}

std::vector<Event> EventTable::read_all(Statement& row) {
  const Reading reading(row);
  std::vector<Event> events;
  while (row.next()) events.push_back(read_row(row));
  return events;
}

Event EventTable::read_row(Statement& row) {
  Event event;
  const std::int64_t key = row.integer();
  event.node = names_.node(node_of(key));
  event.sequence = sequence_of(key);
  event.type = static_cast<EventType>(row.integer());
  event.aggregate_type = static_cast<AggregateType>(row.integer());
  const bool is_of_flow = row.is_null();
  event.aggregate = row.uuid();
  event.version = static_cast<int>(row.integer());
  event.occurred_at = row.time();
  event.data = row.text();
  event.metadata = row.text();
  event.correlation = read_compact(row);
  event.order = {row.uuid()};
  event.trace_parent = row.text();
  if (!row.is_null()) event.saga_type = names_.definition(row.integer()).name;
  if (is_of_flow) event.aggregate = event.order.uuid;
  return event;
}

}  // namespace sagactl::sqlite
