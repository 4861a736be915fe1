#include "server/adapters/sqlite/tables/event_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::sqlite {
namespace {

const std::string sql_select = fmt::format("SELECT {}, {} FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow ",
                                           EventTable::own_columns, EventTable::flow_columns);
constexpr int event_columns = 11;
const std::string sql_insert_event =
    "INSERT OR FAIL INTO event (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation, after_event) " +
    select_given_rows(event_columns);
const std::string sql_after = fmt::format(
    "SELECT {}, {}, e.after_event FROM event AS e LEFT JOIN flow AS f ON f.no = e.flow "
    "WHERE e.key > ? AND e.key <= ? ORDER BY e.key LIMIT ?",
    EventTable::own_columns, EventTable::flow_columns);
const std::string sql_last_of = "SELECT key FROM event WHERE flow = +? ORDER BY occurred_at DESC, key DESC LIMIT 1";
// The sign before the parameter is for speed: SQLite compares a bare one with the condition of the partial index
// event_seldom, and then plans the statement again whenever another value is bound.
const std::string sql_of_flow = sql_select + "WHERE e.flow = +?";
constexpr const char* by_flow_event =
    "SELECT e.flow, {} FROM event AS e INDEXED BY event_flow WHERE e.flow >= ? ORDER BY e.flow";
const std::string sql_by_flow_event = fmt::format(fmt::runtime(by_flow_event), EventTable::own_columns);
const std::string sql_by_flow_judged = fmt::format(fmt::runtime(by_flow_event), EventTable::judged_columns);
const std::string sql_of_no_flow = sql_select + "WHERE e.flow = 0 ORDER BY e.key";

}  // namespace

EventTable::EventTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      insert_(connection, sql_insert_event),
      after_(connection, sql_after),
      last_of_(connection, sql_last_of),
      of_flow_(connection, sql_of_flow),
      of_no_flow_(connection, sql_of_no_flow),
      connection_(connection) {}

void EventTable::insert(std::int64_t node, const PartsOfFlows<Event>& events) {
  GivenRows rows(event_columns, events.size());
  for (const auto& [flow, event] : events) {
    rows.bind(key_of(node, event->sequence))
        .bind(flow)
        .bind(static_cast<int>(event->type))
        .bind(static_cast<int>(event->aggregate_type));
    if (event->aggregate == event->order.uuid)
      rows.bind_null();
    else
      rows.bind(event->aggregate);
    rows.bind(event->version).bind(event->occurred_at).bind(event->data).bind_unless_empty(event->metadata);
    correlation_.bind(rows, event->correlation);
    if (event->after)
      rows.bind(key_of(names_.number_of_node(event->after->node), event->after->sequence));
    else
      rows.bind_null();
  }
  insert_().bind_rows(rows).run();
}

std::vector<Event> EventTable::after(std::int64_t node, std::int64_t sequence, std::size_t limit) {
  const std::int64_t from = std::clamp<std::int64_t>(sequence, 0, sequence_max);
  SqliteStatement& row = after_().bind(key_of(node, from)).bind(key_of(node, sequence_max)).bind(sql::sql_limit(limit));
  const StatementReset reset_at_end(row);
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
  SqliteStatement& row = last_of_().bind(flow);
  const StatementReset reset_at_end(row);
  if (!row.next()) return std::nullopt;
  const std::int64_t key = row.integer();
  return LastEvent{id, names_.node(node_of(key)), sequence_of(key)};
}

std::vector<Event> EventTable::of_flow(std::int64_t flow) {
  std::vector<Event> events = read_all(of_flow_().bind(flow));
  sort_by_time(events);
  return events;
}

RowsByFlow EventTable::by_flow(bool for_messages) {
  return {connection_, for_messages ? sql_by_flow_event : sql_by_flow_judged};
}

std::vector<Event> EventTable::of_no_flow() {
  std::vector<Event> events = read_all(of_no_flow_());  // by the nodes' numbers
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.node < b.node; });
  return events;
}

std::vector<Event> EventTable::read_all(SqliteStatement& row) {
  const StatementReset reset_at_end(row);
  return sql::read_all(row, [&](SqliteStatement& each) { return read_row(each); });
}

Event EventTable::read_row(SqliteStatement& row) {
  Event event;
  read_own(row, event);
  event.order = {row.uuid()};
  sql::read_event_flow(row, event, names_);
  return event;
}

void EventTable::read_row(SqliteStatement& row, const Flow& flow, bool for_messages, Event& event) {
  read_key(row, event);
  sql::read_event_facts(row, event);
  if (for_messages)
    row.read_packed(event.correlation);
  else
    event.correlation.clear();
  const bool with_saga = for_messages && flow.saga;
  event.order = flow.order.id;
  event.trace_parent = with_saga ? std::string_view(flow.saga->trace_parent) : std::string_view();
  event.saga_type = with_saga ? std::string_view(flow.saga->type) : std::string_view();
  if (event.aggregate.is_nil()) event.aggregate = event.order.uuid;
}

void EventTable::read_key(SqliteStatement& row, Event& event) {
  const std::int64_t key = row.integer();
  event.node = names_.node(node_of(key));
  event.sequence = sequence_of(key);
}

void EventTable::read_own(SqliteStatement& row, Event& event) {
  read_key(row, event);
  sql::read_event_content(row, event);
}

}  // namespace sagactl::sqlite
