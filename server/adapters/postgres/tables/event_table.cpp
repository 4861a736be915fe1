#include "server/adapters/postgres/tables/event_table.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_insert_event{
    "event_insert",
    "INSERT INTO event (node, sequence, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation, after_event) SELECT $1::bigint, * FROM unnest($2::event_row[])"};
const PostgresStatement sql_last_events{
    "event_last",
    "SELECT DISTINCT ON (flow) flow, node, sequence FROM event WHERE flow = ANY ($1::uuid[]) "
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

// As event_row has them.
constexpr ParameterType event_row_columns[] = {ParameterType::bigint,   ParameterType::uuid,  ParameterType::smallint,
                                               ParameterType::smallint, ParameterType::uuid,  ParameterType::integer,
                                               ParameterType::bigint,   ParameterType::text,  ParameterType::text,
                                               ParameterType::text,     ParameterType::bigint};

}  // namespace

void send_events(PostgresConnection& connection, sql::InternedNames& names, std::int64_t node, std::uint32_t row_type,
                 const std::vector<const Event*>& events) {
  ParameterRows rows(event_row_columns);
  for (const Event* event : events) {
    rows.begin();
    rows.add(event->sequence);
    rows.add(event->order.uuid);
    rows.add(static_cast<int>(event->type));
    rows.add(static_cast<int>(event->aggregate_type));
    if (event->aggregate == event->order.uuid)
      rows.add_null();
    else
      rows.add(event->aggregate);
    rows.add(event->version);
    rows.add(event->occurred_at.us);
    rows.add(std::string_view(event->data));
    add_unless_empty(rows, event->metadata);
    add_unless_empty(rows, event->correlation);
    if (event->after)
      rows.add(place_number(*event->after, names));
    else
      rows.add_null();
  }
  connection.send(sql_insert_event, Parameters().add(node).add_bytes(rows.take(row_type)));
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
