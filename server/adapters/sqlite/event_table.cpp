#include "server/adapters/sqlite/event_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sagactl::sqlite {
namespace {

const std::string sql_select =
    fmt::format("SELECT {}, {} FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow ", EventTable::own_columns,
                EventTable::flow_columns);
const std::string sql_insert_event =
    "INSERT INTO event (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation, after_event) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const std::string sql_after =
    fmt::format("SELECT {}, {}, e.after_event FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow "
                "WHERE e.key > ? AND e.key <= ? ORDER BY e.key LIMIT ?",
                EventTable::own_columns, EventTable::flow_columns);
const std::string sql_last_of = "SELECT key FROM event WHERE flow = +? ORDER BY occurred_at DESC, key DESC LIMIT 1";
// The sign before the parameter is for speed: a bare one is held against the partial index event_seldom, and the
// statement is then planned anew each time that another value is bound.
const std::string sql_of_flow = sql_select + "WHERE e.flow = +?";
const std::string sql_by_flow_event = fmt::format(
    "SELECT e.flow, {} FROM event AS e INDEXED BY event_flow WHERE e.flow >= ? ORDER BY e.flow", EventTable::own_columns);
const std::string sql_of_no_flow = sql_select + "WHERE e.flow = 0 ORDER BY e.key";

}  // namespace

EventTable::EventTable(Connection& connection, Names& names)
    : names_(names),
      insert_(connection, sql_insert_event),
      after_(connection, sql_after),
      last_of_(connection, sql_last_of),
      of_flow_(connection, sql_of_flow),
      of_no_flow_(connection, sql_of_no_flow),
      connection_(connection) {}

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
  if (event.after)
    statement.bind(key_of(names_.number_of_node(event.after->node), event.after->sequence));
  else
    statement.bind_null();
  statement.run();
}

std::vector<Event> EventTable::after(std::int64_t node, std::int64_t sequence, std::int64_t limit) {
  const std::int64_t from = std::clamp<std::int64_t>(sequence, 0, sequence_max);
  Statement& row = after_().bind(key_of(node, from)).bind(key_of(node, sequence_max)).bind(limit);
  const Reading reading(row);
  std::vector<Event> events;
  while (row.next()) {
    Event& event = events.emplace_back(read_row(row));
    if (row.is_null()) continue;
    const std::int64_t key = row.integer();
    event.after = {names_.node(node_of(key)), sequence_of(key)};
  }
  return events;
}

std::optional<LastEvent> EventTable::last_of(OrderId id, std::int64_t flow) {
  Statement& row = last_of_().bind(flow);
  const Reading reading(row);
  if (!row.next()) return std::nullopt;
  const std::int64_t key = row.integer();
  return LastEvent{id, names_.node(node_of(key)), sequence_of(key)};
}

std::vector<Event> EventTable::of_flow(std::int64_t flow) {
  std::vector<Event> events = read_all(of_flow_().bind(flow));
  sort_by_time(events);
  return events;
}

RowsByFlow EventTable::by_flow() {
  return {connection_, sql_by_flow_event};
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
  read_own(row, event);
  event.order = {row.uuid()};
  event.trace_parent = row.text();
  if (!row.is_null())
    event.saga_type = names_.definition(row.integer()).name;
  else
    row.skip();
  if (event.aggregate.is_nil()) event.aggregate = event.order.uuid;
  return event;
}

void EventTable::read_row(Statement& row, const Flow& flow, Event& event) {
  read_own(row, event);
  event.order = flow.order.id;
  event.trace_parent = flow.saga ? std::string_view(flow.saga->trace_parent) : std::string_view();
  event.saga_type = flow.saga ? std::string_view(flow.saga->type) : std::string_view();
  if (event.aggregate.is_nil()) event.aggregate = event.order.uuid;
}

void EventTable::read_own(Statement& row, Event& event) {
  const std::int64_t key = row.integer();
  event.node = names_.node(node_of(key));
  event.sequence = sequence_of(key);
  event.type = static_cast<EventType>(row.integer());
  event.aggregate_type = static_cast<AggregateType>(row.integer());
  event.aggregate = row.uuid();
  event.version = static_cast<int>(row.integer());
  event.occurred_at = row.time();
  event.data = row.text();
  event.metadata = row.text();
  read_compact(row, event.correlation);
}

}  // namespace sagactl::sqlite
