// The table of events, by the node that wrote them and its sequence.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "server/adapters/postgres/names.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

inline constexpr std::string_view event_columns =
    "e.node, e.sequence, e.flow, e.type, e.aggregate_type, e.aggregate, e.version, e.occurred_at, e.data, e.metadata, "
    "e.correlation, (SELECT f.trace_parent FROM flow AS f WHERE f.id = e.flow), "
    "(SELECT f.definition FROM flow AS f WHERE f.id = e.flow)";
// The rows that the index event_seldom holds: is_rare() of their type.
inline constexpr std::string_view is_seldom_event = "e.type IN (1, 5, 6, 10, 11, 12, 13, 14, 15, 22, 23)";

void send_events(Connection& connection, Names& names, std::int64_t node, const std::vector<const Event*>& events);

Event read_event(Rows& row, Names& names);  // the current row
std::vector<Event> read_events(Rows rows, Names& names);
std::vector<Event> read_events_with_places(Rows rows, Names& names);  // each row has event.after_event behind the columns

// Asks for the newest event of each flow.
void send_last_events_load(Connection& connection, const std::vector<OrderId>& flows);
std::vector<LastEvent> read_last_events(Rows rows, Names& names);

}  // namespace sagactl::postgres
