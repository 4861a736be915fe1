#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "common/trace_id.hpp"
#include "server/adapters/postgres/account_table.hpp"
#include "server/adapters/postgres/counter_table.hpp"
#include "server/adapters/postgres/database.hpp"
#include "server/adapters/postgres/event_table.hpp"
#include "server/adapters/postgres/flow_table.hpp"
#include "server/adapters/postgres/node_table.hpp"
#include "server/adapters/postgres/selection.hpp"
#include "server/adapters/postgres/stock_table.hpp"

namespace sagactl::postgres {
namespace {

const Statement sql_flow{"flow_by_id", "SELECT " + flow_columns() + " FROM flow AS f WHERE f.id = $1::uuid"};
const Statement sql_by_correlation{"flow_by_correlation",
                                   "SELECT " + flow_columns() +
                                       " FROM flow AS f WHERE f.correlation = $1 ORDER BY f.id DESC LIMIT 1"};
const Statement sql_by_trace{
    "flow_by_trace", "SELECT " + flow_columns() +
                         " FROM flow AS f WHERE substr(f.trace_parent, 4, 32) COLLATE \"C\" = $1 AND "
                         "substr(f.trace_parent, 4, 32) <> replace(f.id::text, '-', '') ORDER BY f.id DESC LIMIT 1"};
const Statement sql_by_claim{
    "flow_by_claim", "SELECT " + flow_columns() +
                         " FROM flow AS f WHERE f.id = (SELECT c.flow FROM claim AS c WHERE c.key = $1::uuid)"};
const Statement sql_flow_events{
    "events_of_flow", fmt::format("SELECT {} FROM event AS e WHERE e.flow = $1::uuid", event_columns)};

// A list whose filter has no index looks at every flow: that costs the database this much at most, for each of the page
// and the count.
const Statement sql_bound_list{"queries_bound_list", "SET LOCAL statement_timeout = 1500"};

// Runs `work`, which reads a list. One that takes too long is said to be too broad.
template <class Work>
auto bounded(Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (Failure& failure) {
    if (failure.state == state_query_canceled) failure.error = list_too_long();
    throw;
  }
}

std::optional<Flow> read_one(Rows row, Names& names) {
  if (!row.next()) return std::nullopt;
  return std::move(read_flow(row, names).flow);
}

std::optional<User> first(std::vector<User> users) {
  if (users.empty()) return std::nullopt;
  return std::move(users.front());
}

// The page, and the number of all that fit: by the counters when these say it, or else counted.
FlowPage read_page(Reader& reader, const Selection& selection, const Page& page,
                   const std::function<std::optional<std::int64_t>(const Counts&)>& total_of) {
  Transaction transaction(reader.connection, Transaction::Kind::read);
  reader.connection.send(sql_bound_list);
  selection.send_page(reader.connection, page);
  reader.connection.send(sql_read_counters);
  const bool is_counted = total_of({}).has_value();
  if (!is_counted) selection.send_count(reader.connection);
  std::vector<Rows> results = transaction.commit();
  FlowPage found;
  while (results[2].next()) {
    Flow& flow = found.flows.emplace_back(read_flow(results[2], reader.names).flow);
    flow.barriers.clear();
  }
  if (is_counted) {
    found.total = *total_of(read_counts(std::move(results[3]), reader.names));
  } else if (results[4].next()) {
    found.total = results[4].integer();
  }
  return found;
}

std::optional<std::int64_t> total_orders(const OrderFilter& filter, const Counts& counts) {
  if (filter.user || filter.customer || !filter.types.empty()) return std::nullopt;
  std::int64_t total = 0;
  for (const auto& [status, n] : counts.orders)
    if (!filter.status || status == *filter.status) total += n;
  return total;
}

std::optional<std::int64_t> total_sagas(const SagaFilter& filter, const Counts& counts) {
  if (filter.user || !filter.stages.empty() || filter.node || !filter.error_contains.empty() || filter.retries_over ||
      filter.created_before || filter.updated_before || filter.ids)
    return std::nullopt;
  std::int64_t total = 0;
  const auto& wanted = filter.statuses;
  for (const auto& [key, n] : counts.sagas)
    if ((!filter.type || key.first == *filter.type) &&
        (wanted.empty() || std::find(wanted.begin(), wanted.end(), key.second) != wanted.end()))
      total += n;
  return total;
}

}  // namespace

Result<std::optional<Flow>> Database::flow(OrderId id) {
  return read([&](Reader& reader) {
    return read_one(reader.connection.run(sql_flow, Parameters().add(id.uuid)), reader.names);
  });
}

Result<std::optional<Flow>> Database::find_flow(const std::string& text) {
  const std::string trace = trace_id_of(text).value_or("");
  return read([&](Reader& reader) {
    Transaction transaction(reader.connection, Transaction::Kind::read);
    reader.connection.send(sql_flow, Parameters().add(Uuid::parse(text).value_or(Uuid{})));
    reader.connection.send(sql_by_correlation, Parameters().add(std::string_view(text)));
    reader.connection.send(sql_flow, Parameters().add(uuid_of_trace(trace)));
    reader.connection.send(sql_by_trace, Parameters().add(std::string_view(trace)));
    reader.connection.send(sql_by_claim, Parameters().add(Uuid{digest_of_key(text)}));
    std::vector<Rows> results = transaction.commit();
    for (std::size_t i = 1; i <= 5; ++i)
      if (auto flow = read_one(std::move(results[i]), reader.names)) return flow;
    return std::optional<Flow>();
  });
}

Result<std::vector<Event>> Database::flow_events(OrderId id) {
  if (id == OrderId{}) return std::vector<Event>();  // what belongs to no flow
  return read([&](Reader& reader) {
    auto events = read_events(reader.connection.run(sql_flow_events, Parameters().add(id.uuid)), reader.names);
    sort_by_time(events);
    return events;
  });
}

Result<FlowPage> Database::orders(const OrderFilter& filter, const Page& page) {
  return read([&](Reader& reader) {
    Page by_creation = page;
    by_creation.sort_by = SortBy::created;
    return bounded([&] {
      return read_page(reader, select_orders(filter), by_creation,
                       [&](const Counts& counts) { return total_orders(filter, counts); });
    });
  });
}

Result<FlowPage> Database::sagas(const SagaFilter& filter, const Page& page) {
  return read([&](Reader& reader) {
    return bounded([&] {
      return read_page(reader, select_sagas(filter), page,
                       [&](const Counts& counts) { return total_sagas(filter, counts); });
    });
  });
}

Result<std::vector<Event>> Database::events(const EventFilter& filter) {
  return read([&](Reader& reader) {
    return bounded([&] {
      Transaction transaction(reader.connection, Transaction::Kind::read);
      reader.connection.send(sql_bound_list);
      send_event_search(reader.connection, filter);
      std::vector<Rows> results = transaction.commit();
      return read_events(std::move(results[2]), reader.names);
    });
  });
}

Result<Counts> Database::counts() {
  return read([&](Reader& reader) {
    Transaction transaction(reader.connection, Transaction::Kind::read);
    reader.connection.send(sql_read_counters);
    reader.connection.send(sql_unpublished);
    std::vector<Rows> results = transaction.commit();
    Counts counts = read_counts(std::move(results[1]), reader.names);
    if (results[2].next()) counts.unpublished_events = results[2].integer();
    return counts;
  });
}

Result<std::optional<Stock>> Database::stock(const StockKey& key) {
  return read([&](Reader& reader) -> std::optional<Stock> {
    Parameters parameters;
    parameters.add(std::int64_t{static_cast<int>(key.kind)}).add(std::string_view(key.id));
    std::vector<Stock> found = read_stocks(reader.connection.run(sql_stock, parameters), reader.names);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
  });
}

Result<std::vector<Stock>> Database::stocks(StockKind kind, const std::string& after, std::size_t limit) {
  return read([&](Reader& reader) {
    Parameters parameters;
    parameters.add(std::int64_t{static_cast<int>(kind)}).add(std::string_view(after));
    parameters.add(static_cast<std::int64_t>(limit));
    return read_stocks(reader.connection.run(sql_stocks, parameters), reader.names);
  });
}

Result<std::optional<User>> Database::user(UserId id) {
  return read([&](Reader& reader) {
    return first(read_accounts(reader.connection.run(sql_account_by_id, Parameters().add(id.uuid))));
  });
}

Result<std::optional<User>> Database::user_by_email(const std::string& email) {
  return read([&](Reader& reader) {
    return first(read_accounts(reader.connection.run(sql_account_by_email, Parameters().add(std::string_view(email)))));
  });
}

Result<std::vector<User>> Database::users(const std::string& after, std::size_t limit) {
  return read([&](Reader& reader) {
    Parameters parameters;
    parameters.add(std::string_view(after)).add(static_cast<std::int64_t>(limit));
    return read_accounts(reader.connection.run(sql_accounts, parameters));
  });
}

Result<std::vector<User>> Database::rights_changed_since(Timestamp time) {
  return read([&](Reader& reader) {
    return read_accounts(reader.connection.run(sql_rights_changed, Parameters().add(time.us)));
  });
}

Result<std::vector<NodeInfo>> Database::nodes() {
  return read([&](Reader& reader) { return read_nodes(reader.connection.run(sql_nodes)); });
}

Result<Timestamp> Database::database_time() {
  return read([&](Reader& reader) {
    Rows row = reader.connection.run(sql_database_now);
    row.next();
    return row.time();
  });
}

std::optional<DatabaseConnections> Database::connections() {
  DatabaseConnections connections{readers_.in_use() + engine_readers_.in_use(),
                                  readers_.open() + engine_readers_.open(), readers_.max() + engine_readers_.max()};
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
