// The table of events: groups of them, by the node that wrote them and the sequence of each group's last event
// (sql/postgres/0018_groups_of_events.sql).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/adapters/postgres/pipeline/node_session.hpp"
#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/table_rows.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

// Each event `e` of the group `g`. Only conditions on `g`, whose sequence is that of its last event, are found by
// index.
inline constexpr std::string_view each_of_group =
    "CROSS JOIN LATERAL (SELECT g.node, g.sequence, g.flow, g.type, g.aggregate_type, g.aggregate, "
    "g.version, g.occurred_at, g.data, g.metadata, g.correlation, g.after_event UNION ALL SELECT g.node, x.sequence, "
    "g.flow, x.type, x.aggregate_type, x.aggregate, x.version, x.occurred_at, x.data, x.metadata, g.correlation, "
    "x.after_event FROM unnest(g.earlier) AS x) AS e";
// Of the events that are the last of their group, or of all, as `e`.
inline constexpr std::string_view event_columns =
    "e.node, e.sequence, e.flow, e.type, e.aggregate_type, e.aggregate, e.version, e.occurred_at, e.data, e.metadata, "
    "e.correlation, (SELECT f.trace_parent FROM flow AS f WHERE f.id = e.flow), "
    "(SELECT f.definition FROM flow AS f WHERE f.id = e.flow)";
// The rows that the index event_seldom holds: is_rare() of their type. Such an event is the last of its group.
inline constexpr std::string_view is_rare_event = "e.type IN (1, 5, 6, 10, 11, 12, 13, 14, 15, 22, 23)";

// `events` are in the order of their sequence.
void send_events(PostgresConnection& connection, sql::InternedNames& names, std::int64_t node, const RowTypes& types,
                 const std::vector<const Event*>& events);

// The current row.
template <class Row>
Event read_event(Row& row, sql::InternedNames& names) {
  Event event;
  event.node = names.node(row.integer());
  event.sequence = row.integer();
  event.order = {row.uuid()};
  sql::read_event_content(row, event);
  sql::read_event_flow(row, event, names);
  return event;
}
std::vector<Event> read_events(PostgresRows rows, sql::InternedNames& names);
std::vector<Event> read_events_with_places(
    PostgresRows rows, sql::InternedNames& names);  // each row has event.after_event behind the columns

// Queries the newest event of each flow.
void send_last_events_load(PostgresConnection& connection, const std::vector<OrderId>& flows);
std::vector<LastEvent> read_last_events(PostgresRows rows, sql::InternedNames& names);

}  // namespace sagactl::postgres
