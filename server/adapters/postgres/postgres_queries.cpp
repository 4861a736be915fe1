#include <fmt/format.h>

#include <algorithm>

#include "common/asked_trace_id.hpp"
#include "common/trace_id.hpp"
#include "server/adapters/postgres/postgres_database.hpp"
#include "server/adapters/postgres/tables/account_table.hpp"
#include "server/adapters/postgres/tables/counter_table.hpp"
#include "server/adapters/postgres/tables/event_table.hpp"
#include "server/adapters/postgres/tables/flow_table.hpp"
#include "server/adapters/postgres/tables/list_statements.hpp"
#include "server/adapters/postgres/tables/node_table.hpp"
#include "server/adapters/postgres/tables/own_saga_tables.hpp"
#include "server/adapters/postgres/tables/stock_table.hpp"
#include "server/participants/order.hpp"
#include "server/ports/importing_node.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_flow{"flow_by_id", "SELECT " + flow_columns() + " FROM flow AS f WHERE f.id = $1::uuid"};
const PostgresStatement sql_by_correlation{
    "flow_by_correlation",
    "SELECT " + flow_columns() + " FROM flow AS f WHERE f.correlation = $1 ORDER BY f.id DESC LIMIT 1"};
const PostgresStatement sql_by_trace{
    "flow_by_trace", "SELECT " + flow_columns() +
                         " FROM flow AS f WHERE substr(f.trace_parent, 4, 32) COLLATE \"C\" = $1 AND "
                         "substr(f.trace_parent, 4, 32) <> replace(f.id::text, '-', '') ORDER BY f.id DESC LIMIT 1"};
const PostgresStatement sql_by_claim{
    "flow_by_claim",
    "SELECT " + flow_columns() + " FROM flow AS f WHERE f.id = (SELECT c.flow FROM claim AS c WHERE c.key = $1::uuid)"};
const PostgresStatement sql_flow_events{
    "events_of_flow",
    fmt::format("SELECT {} FROM event_group AS g {} WHERE g.flow = $1::uuid", event_columns, each_of_group)};

// A list whose filter has no index scans all flows: this bounds its cost, of the page and of the count each.
const PostgresStatement sql_bound_list{"queries_bound_list", "SET LOCAL statement_timeout = 1500"};

// Runs `work`, which reads a list. One that takes too long fails as list_too_long().
template <class Work>
auto bounded(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (sql::DatabaseFailure& failure) {
    if (failure.state == state_query_canceled) failure.error = list_too_long();
    throw;
  }
}

std::optional<Flow> read_one(PostgresRows row, sql::InternedNames& names) {
  if (!row.next()) return std::nullopt;
  return std::move(read_flow(row, names).flow);
}

// A page of those that match `filter`, and their number: from the counters when they know it, or else counted.
template <class Filter>
FlowPage list(PostgresReader& reader, const Filter& filter, const sql::FlowSelection& selection, const Page& page) {
  const bool has_imported = reader.names.find_node(NodeName(importing_node)) != 0;
  PostgresTransaction transaction(reader.connection, PostgresTransaction::Kind::read);
  reader.connection.send(sql_bound_list);
  send_page(reader.connection, selection, page, has_imported);
  const bool is_counted = page.count && sql::has_counted_total(filter);
  if (is_counted)
    reader.connection.send(sql_read_counters);
  else if (page.count)
    send_count(reader.connection, selection);
  std::vector<PostgresRows> results = transaction.commit();
  FlowPage found;
  while (results[2].next()) {
    Flow& flow = found.flows.emplace_back(read_flow(results[2], reader.names).flow);
    flow.barriers.clear();
  }
  if (!page.count) {
    found.total = -1;
  } else if (is_counted) {
    found.total = sql::counted_total(filter, read_counts(std::move(results[3]), reader.names));
  } else if (results[3].next()) {
    found.total = results[3].integer();
  }
  return found;
}

}  // namespace

Result<std::optional<Flow>> PostgresDatabase::flow(OrderId id) {
  return read([&](PostgresReader& reader) {
    return read_one(reader.connection.run(sql_flow, Parameters().add(id.uuid)), reader.names);
  });
}

Result<std::optional<Flow>> PostgresDatabase::find_flow(const std::string& text) {
  const std::string trace = asked_trace_id(text).value_or("");
  return read([&](PostgresReader& reader) {
    PostgresTransaction transaction(reader.connection, PostgresTransaction::Kind::read);
    reader.connection.send(sql_flow, Parameters().add(Uuid::parse(text).value_or(Uuid{})));
    reader.connection.send(sql_by_correlation, Parameters().add(std::string_view(text)));
    reader.connection.send(sql_flow, Parameters().add(uuid_of_trace(trace)));
    reader.connection.send(sql_by_trace, Parameters().add(std::string_view(trace)));
    reader.connection.send(sql_by_claim, Parameters().add(Uuid{digest_of_key(text)}));
    std::vector<PostgresRows> results = transaction.commit();
    for (std::size_t i = 1; i <= 5; ++i)
      if (auto flow = read_one(std::move(results[i]), reader.names)) return flow;
    return std::optional<Flow>();
  });
}

Result<std::vector<Event>> PostgresDatabase::flow_events(OrderId id) {
  if (id == OrderId{}) return std::vector<Event>();  // what belongs to no flow
  return read([&](PostgresReader& reader) {
    auto events = read_events(reader.connection.run(sql_flow_events, Parameters().add(id.uuid)), reader.names);
    sort_by_time(events);
    return events;
  });
}

Result<FlowPage> PostgresDatabase::orders(const OrderFilter& filter, const Page& page) {
  return read([&](PostgresReader& reader) {
    Page by_creation = page;
    by_creation.sort_by = SortBy::created;
    return bounded(
        [&] { return list(reader, filter, sql::select_orders(filter, reader.names, flow_dialect), by_creation); });
  });
}

Result<FlowPage> PostgresDatabase::sagas(const SagaFilter& filter, const Page& page) {
  return read([&](PostgresReader& reader) {
    return bounded([&] { return list(reader, filter, sql::select_sagas(filter, reader.names, flow_dialect), page); });
  });
}

Result<std::vector<Event>> PostgresDatabase::events(const EventFilter& filter) {
  return read([&](PostgresReader& reader) {
    return bounded([&] {
      PostgresTransaction transaction(reader.connection, PostgresTransaction::Kind::read);
      reader.connection.send(sql_bound_list);
      send_event_search(reader.connection, filter);
      std::vector<PostgresRows> results = transaction.commit();
      return read_events(std::move(results[2]), reader.names);
    });
  });
}

Result<Counts> PostgresDatabase::counts() {
  return read([&](PostgresReader& reader) {
    PostgresTransaction transaction(reader.connection, PostgresTransaction::Kind::read);
    reader.connection.send(sql_read_counters);
    reader.connection.send(sql_unpublished);
    std::vector<PostgresRows> results = transaction.commit();
    Counts counts = read_counts(std::move(results[1]), reader.names);
    if (results[2].next()) counts.unpublished_events = results[2].integer();
    return counts;
  });
}

Result<std::vector<CallRecord>> PostgresDatabase::calls(SagaId id) {
  return read([&](PostgresReader& reader) { return calls_of(reader.connection, reader.names, id); });
}

Result<std::optional<Flow>> PostgresDatabase::saga_by_key(const std::string& definition, const std::string& key) {
  return read([&](PostgresReader& reader) {
    const Uuid claim{digest_of_saga_key(definition, key)};
    auto flow = read_one(reader.connection.run(sql_by_claim, Parameters().add(claim)), reader.names);
    return flow && flow->saga ? std::move(flow) : std::nullopt;
  });
}

Result<std::optional<StoredDefinition>> PostgresDatabase::definition(const std::string& name,
                                                                     std::optional<int> version) {
  return read(
      [&](PostgresReader& reader) { return find_definition_of(reader.connection, reader.names, name, version); });
}

Result<std::vector<StoredDefinition>> PostgresDatabase::definitions() {
  return read([&](PostgresReader& reader) { return all_definitions(reader.connection, reader.names); });
}

Result<std::vector<NodeInfo>> PostgresDatabase::nodes() {
  return read([&](PostgresReader& reader) {
    PostgresRows rows = reader.connection.run(sql_nodes);
    return sql::read_all(rows, sql::read_node<PostgresRows>);
  });
}

Result<Timestamp> PostgresDatabase::database_time() {
  return read([&](PostgresReader& reader) {
    PostgresRows row = reader.connection.run(sql_database_now);
    row.next();
    return row.time();
  });
}

std::optional<DatabaseConnections> PostgresDatabase::connections() {
  const auto is_open = [](PostgresReader& reader) { return reader.connection.is_open(); };
  DatabaseConnections connections{readers_.in_use() + engine_readers_.in_use(),
                                  readers_.open(is_open) + engine_readers_.open(is_open),
                                  readers_.count() + engine_readers_.count()};
  const std::lock_guard lock(mutex_);
  for (const auto& [node, session] : sessions_) {
    ++connections.max;
    const std::unique_lock idle(session->mutex(), std::try_to_lock);
    connections.in_use += !idle.owns_lock();
    connections.open += !idle.owns_lock() || session->connection().is_open();
  }
  return connections;
}

}  // namespace sagactl::postgres
