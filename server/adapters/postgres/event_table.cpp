#include "server/adapters/postgres/event_table.hpp"

#include <algorithm>

namespace sagactl::postgres {
namespace {

const Statement sql_insert_event{
    "event_insert",
    "INSERT INTO event (node, sequence, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation) SELECT $1::bigint, * FROM unnest($2::bigint[], $3::uuid[], $4::smallint[], $5::smallint[], "
    "$6::uuid[], $7::integer[], $8::bigint[], $9::text[], $10::text[], $11::text[])"};
// The same, where one of them follows another node's event.
const Statement sql_insert_event_after{
    "event_insert_after",
    "INSERT INTO event (node, sequence, flow, type, aggregate_type, aggregate, version, occurred_at, data, metadata, "
    "correlation, after_event) SELECT $1::bigint, * FROM unnest($2::bigint[], $3::uuid[], $4::smallint[], "
    "$5::smallint[], $6::uuid[], $7::integer[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::bigint[])"};
const Statement sql_last_events{
    "event_last",
    "SELECT DISTINCT ON (flow) flow, node, sequence FROM event WHERE flow = ANY ($1::uuid[]) "
    "ORDER BY flow, occurred_at DESC, sequence DESC"};

constexpr int sequence_bits = 40;  // of event.after_event

std::int64_t place_number(const Event::Position& place, Names& names) {
  return names.number_of_node(place.node) << sequence_bits | place.sequence;
}

void add_unless_empty(Array& column, std::string_view text) {
  if (text.empty())
    column.add_null();
  else
    column.add(text);
}

}  // namespace

void send_events(Connection& connection, Names& names, std::int64_t node, const std::vector<const Event*>& events) {
  Array sequences(Type::bigint), flows(Type::uuid), types(Type::smallint), aggregate_types(Type::smallint),
      aggregates(Type::uuid), versions(Type::integer), times(Type::bigint), data(Type::text), metadata(Type::text),
      correlations(Type::text), places(Type::bigint);
  const bool has_places =
      std::any_of(events.begin(), events.end(), [](const Event* event) { return event->after.has_value(); });
  for (const Event* event : events) {
    sequences.add(event->sequence);
    flows.add(event->order.uuid);
    types.add(static_cast<int>(event->type));
    aggregate_types.add(static_cast<int>(event->aggregate_type));
    if (event->aggregate == event->order.uuid)
      aggregates.add_null();
    else
      aggregates.add(event->aggregate);
    versions.add(event->version);
    times.add(event->occurred_at.us);
    data.add(std::string_view(event->data));
    add_unless_empty(metadata, event->metadata);
    add_unless_empty(correlations, event->correlation);
    if (event->after)
      places.add(place_number(*event->after, names));
    else if (has_places)
      places.add_null();
  }
  Parameters parameters;
  parameters.add(node).add(std::move(sequences)).add(std::move(flows)).add(std::move(types));
  parameters.add(std::move(aggregate_types)).add(std::move(aggregates)).add(std::move(versions));
  parameters.add(std::move(times)).add(std::move(data)).add(std::move(metadata)).add(std::move(correlations));
  if (has_places) parameters.add(std::move(places));
  connection.send(has_places ? sql_insert_event_after : sql_insert_event, parameters);
}

Event read_event(Rows& row, Names& names) {
  Event event;
  event.node = names.node(row.integer());
  event.sequence = row.integer();
  event.order = {row.uuid()};
  event.type = static_cast<EventType>(row.integer());
  event.aggregate_type = static_cast<AggregateType>(row.integer());
  const bool is_of_flow = row.is_null();
  event.aggregate = row.uuid();
  if (is_of_flow) event.aggregate = event.order.uuid;
  event.version = static_cast<int>(row.integer());
  event.occurred_at = row.time();
  event.data = row.text();
  event.metadata = row.text();
  event.correlation = row.text();
  event.trace_parent = row.text();
  if (!row.is_null())
    event.saga_type = names.definition(row.integer()).name;
  else
    row.skip();
  return event;
}

std::vector<Event> read_events_with_places(Rows rows, Names& names) {
  std::vector<Event> events;
  while (rows.next()) {
    Event& event = events.emplace_back(read_event(rows, names));
    if (rows.is_null()) continue;
    const std::int64_t number = rows.integer();
    event.after = {names.node(number >> sequence_bits), number & ((std::int64_t{1} << sequence_bits) - 1)};
  }
  return events;
}

void send_last_events_load(Connection& connection, const std::vector<OrderId>& flows) {
  Array array(Type::uuid);
  for (const OrderId id : flows) array.add(id.uuid);
  connection.send(sql_last_events, Parameters().add(std::move(array)));
}

std::vector<LastEvent> read_last_events(Rows rows, Names& names) {
  std::vector<LastEvent> places;
  while (rows.next()) {
    LastEvent& place = places.emplace_back();
    place.flow = {rows.uuid()};
    place.node = names.node(rows.integer());
    place.sequence = rows.integer();
  }
  return places;
}

std::vector<Event> read_events(Rows rows, Names& names) {
  std::vector<Event> events;
  while (rows.next()) events.push_back(read_event(rows, names));
  return events;
}

}  // namespace sagactl::postgres
