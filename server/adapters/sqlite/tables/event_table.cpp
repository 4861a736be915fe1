#include "server/adapters/sqlite/tables/event_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/sql/event_groups.hpp"
#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::sqlite {
namespace {

const std::string sql_select =
    fmt::format("SELECT {} FROM event_group AS e LEFT JOIN flow AS f ON f.no = e.flow ", EventTable::columns);
constexpr int event_columns = 12;
const std::string sql_insert_groups =
    "INSERT OR FAIL INTO event_group (key, flow, type, aggregate_type, aggregate, version, occurred_at, data, "
    "metadata, correlation, after_event, earlier) " +
    select_given_rows(event_columns);
// A node's events after a sequence begin in the first row that ends after it.
const std::string sql_after = sql_select + "WHERE e.key > ? AND e.key <= ? ORDER BY e.key LIMIT ?";
// The newest event of a flow is the last of its row.
const std::string sql_last_of =
    "SELECT key FROM event_group WHERE flow = +? ORDER BY occurred_at DESC, key DESC LIMIT 1";
// The sign before the parameter is for speed: SQLite compares a bare one with the condition of the partial index
// event_seldom, and then plans the statement again whenever another value is bound.
const std::string sql_of_flow = sql_select + "WHERE e.flow = +?";
constexpr const char* by_flow_group =
    "SELECT e.flow, e.key, e.type, e.aggregate_type, e.aggregate, e.version, e.occurred_at, e.data, e.metadata, "
    "{}e.after_event, e.earlier FROM event_group AS e INDEXED BY event_flow WHERE e.flow >= ? ORDER BY e.flow";
const std::string sql_by_flow_event = fmt::format(fmt::runtime(by_flow_group), "e.correlation, ");
const std::string sql_by_flow_judged = fmt::format(fmt::runtime(by_flow_group), "");
const std::string sql_of_no_flow = sql_select + "WHERE e.flow = 0 ORDER BY e.key";

}  // namespace

EventTable::EventTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names),
      insert_(connection, sql_insert_groups),
      after_(connection, sql_after),
      last_of_(connection, sql_last_of),
      of_flow_(connection, sql_of_flow),
      of_no_flow_(connection, sql_of_no_flow),
      connection_(connection) {}

void EventTable::insert(std::int64_t node, const PartsOfFlows<Event>& events) {
  GivenRows rows(event_columns, events.size());
  for (auto event = events.begin(); event != events.end(); ++event) {
    const auto first = event;
    while (event + 1 != events.end() && sql::is_grouped(*event->second, *(event + 1)->second)) ++event;
    const auto& [flow, last] = *event;
    rows.bind(key_of(node, last->sequence))
        .bind(flow)
        .bind(static_cast<int>(last->type))
        .bind(static_cast<int>(last->aggregate_type));
    if (last->aggregate == last->order.uuid)
      rows.bind_null();
    else
      rows.bind(last->aggregate);
    rows.bind(last->version).bind(last->occurred_at).bind(last->data).bind_unless_empty(last->metadata);
    correlation_.bind(rows, last->correlation);
    if (const auto after = key_of_previous(*last))
      rows.bind(*after);
    else
      rows.bind_null();
    earlier_.clear();
    for (auto each = first; each != event; ++each)
      sql::add_earlier_event(earlier_, *each->second, *last, key_of_previous(*each->second));
    sql::end_earlier_events(earlier_);
    rows.bind_unless_empty(earlier_);
  }
  insert_().bind_rows(rows).run();
}

std::optional<std::int64_t> EventTable::key_of_previous(const Event& event) {
  if (!event.after) return std::nullopt;
  return key_of(names_.number_of_node(event.after->node), event.after->sequence);
}

std::vector<Event> EventTable::after(std::int64_t node, std::int64_t sequence, std::size_t limit) {
  const std::int64_t from = std::clamp<std::int64_t>(sequence, 0, sequence_max);
  SqliteStatement& row = after_().bind(key_of(node, from)).bind(key_of(node, sequence_max)).bind(sql::sql_limit(limit));
  const StatementReset reset_at_end(row);
  std::vector<Event> events;
  while (events.size() < limit && row.next()) {
    const bool is_first = events.empty();
    read_group(row, events);
    if (is_first) std::erase_if(events, [from](const Event& event) { return event.sequence <= from; });
  }
  if (events.size() > limit) events.resize(limit);
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
  std::vector<Event> events;
  while (row.next()) read_group(row, events);
  return events;
}

void EventTable::read_group(SqliteStatement& row, std::vector<Event>& events) {
  read_key(row);
  sql::read_event_content(row, last_);
  last_.order = {row.uuid()};
  last_.saga_type.clear();
  sql::read_event_flow(row, last_, names_);
  read_group(row, [&]() -> Event& { return events.emplace_back(); });
}

void EventTable::read_group(SqliteStatement& row, const Flow& flow, bool for_messages,
                            const std::function<Event&()>& next) {
  read_key(row);
  sql::read_event_facts(row, last_);
  if (for_messages)
    row.read_packed(last_.correlation);
  else
    last_.correlation.clear();
  const bool with_saga = for_messages && flow.saga;
  last_.order = flow.order.id;
  last_.trace_parent = with_saga ? std::string_view(flow.saga->trace_parent) : std::string_view();
  last_.saga_type = with_saga ? std::string_view(flow.saga->type) : std::string_view();
  read_group(row, next);
}

void EventTable::read_key(SqliteStatement& row) {
  const std::int64_t key = row.integer();
  last_.node = names_.node(node_of(key));
  last_.sequence = sequence_of(key);
}

void EventTable::read_group(SqliteStatement& row, const std::function<Event&()>& next) {
  if (last_.aggregate.is_nil()) last_.aggregate = last_.order.uuid;
  last_.after = place_of(row.integer());
  sql::each_earlier_event(row.text(), [&](const sql::EarlierEvent& from) {
    Event& event = next();
    sql::read_earlier_event(from, last_, event);
    event.after = place_of(from.after.value_or(0));
  });
  next() = last_;
}

std::optional<Event::Position> EventTable::place_of(std::int64_t key) {
  if (key == 0) return std::nullopt;
  return Event::Position{names_.node(node_of(key)), sequence_of(key)};
}

}  // namespace sagactl::sqlite
