#include "server/adapters/postgres/tables/event_table.hpp"

#include "server/adapters/sql/event_groups.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_insert_events{
    "event_insert_groups",
    "INSERT INTO event_group (node, flow, correlation, sequence, occurred_at, aggregate, version, type, "
    "aggregate_type, data, metadata, after_event, earlier) SELECT $1::bigint, * FROM unnest($2::event_group_row[])"};
// The newest event of a flow is the last of its group.
const PostgresStatement sql_last_events{
    "event_last",
    "SELECT DISTINCT ON (flow) flow, node, sequence FROM event_group WHERE flow = ANY ($1::uuid[]) "
    "ORDER BY flow, occurred_at DESC, sequence DESC"};

constexpr int sequence_bits = 40;  // of event.after_event

std::int64_t place_number(const Event::Position& place, sql::InternedNames& names) {
  return names.number_of_node(place.node) << sequence_bits | place.sequence;
}

void add_unless_empty(ParameterRows& rows, std::string_view text) {
  if (text.empty())
    rows.add_null();
  else
    rows.add(text);
}

// As earlier_event has them, and event_group_row behind its first two.
constexpr ParameterType event_types[] = {ParameterType::bigint,  ParameterType::bigint,   ParameterType::uuid,
                                         ParameterType::integer, ParameterType::smallint, ParameterType::smallint,
                                         ParameterType::text,    ParameterType::text,     ParameterType::bigint};

void add_event(ParameterRows& rows, const Event& event, sql::InternedNames& names) {
  rows.add(event.sequence);
  rows.add(event.occurred_at.us);
  if (event.aggregate == event.order.uuid)
    rows.add_null();
  else
    rows.add(event.aggregate);
  rows.add(event.version);
  rows.add(static_cast<int>(event.type));
  rows.add(static_cast<int>(event.aggregate_type));
  rows.add(std::string_view(event.data));
  add_unless_empty(rows, event.metadata);
  if (event.after)
    rows.add(place_number(*event.after, names));
  else
    rows.add_null();
}

constexpr std::size_t bytes_of_event = 512;  // of most, as a parameter: room for them is made once

}  // namespace

void send_events(PostgresConnection& connection, sql::InternedNames& names, std::int64_t node, const RowTypes& types,
                 const std::vector<const Event*>& events) {
  std::vector<ParameterType> group_types = {ParameterType::uuid, ParameterType::text};
  group_types.insert(group_types.end(), std::begin(event_types), std::end(event_types));
  group_types.push_back(ParameterType{types.earlier_events});
  std::string bytes;
  bytes.reserve(events.size() * bytes_of_event);
  ParameterRows groups(bytes, types.event_group, group_types);
  for (auto event = events.begin(); event != events.end(); ++event) {
    const auto first = event;
    while (event + 1 != events.end() && sql::is_grouped(**event, **(event + 1))) ++event;
    groups.begin();
    groups.add((*event)->order.uuid);
    add_unless_empty(groups, (*event)->correlation);
    add_event(groups, **event, names);
    if (event == first) {
      groups.add_null();
      continue;
    }
    groups.begin_array();
    ParameterRows earlier(bytes, types.earlier_event, event_types);
    for (auto each = first; each != event; ++each) {
      earlier.begin();
      add_event(earlier, **each, names);
    }
    earlier.end();
    groups.end_array();
  }
  groups.end();
  connection.send(sql_insert_events, Parameters().add(node).add_bytes(std::move(bytes)));
}

std::vector<Event> read_events_with_places(PostgresRows rows, sql::InternedNames& names) {
  std::vector<Event> events;
  while (rows.next()) {
    Event& event = events.emplace_back(read_event(rows, names));
    if (rows.is_null()) continue;
    const std::int64_t number = rows.integer();
    event.after = {names.node(number >> sequence_bits), number & ((std::int64_t{1} << sequence_bits) - 1)};
  }
  return events;
}

void send_last_events_load(PostgresConnection& connection, const std::vector<OrderId>& flows) {
  ParameterArray array(ParameterType::uuid);
  for (const OrderId id : flows) array.add(id.uuid);
  connection.send(sql_last_events, Parameters().add(std::move(array)));
}

std::vector<LastEvent> read_last_events(PostgresRows rows, sql::InternedNames& names) {
  std::vector<LastEvent> places;
  while (rows.next()) {
    LastEvent& place = places.emplace_back();
    place.flow = {rows.uuid()};
    place.node = names.node(rows.integer());
    place.sequence = rows.integer();
  }
  return places;
}

std::vector<Event> read_events(PostgresRows rows, sql::InternedNames& names) {
  return sql::read_all(rows, [&](PostgresRows& row) { return read_event(row, names); });
}

}  // namespace sagactl::postgres
