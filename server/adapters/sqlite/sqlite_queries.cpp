#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <tuple>
#include <variant>

#include "common/asked_trace_id.hpp"
#include "common/trace_id.hpp"
#include "server/adapters/sql/flow_selection.hpp"
#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sqlite/sqlite_database.hpp"
#include "server/participants/order.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_by_correlation =
    "SELECT no FROM flow WHERE correlation IS NOT NULL AND correlation = ? ORDER BY no DESC LIMIT 1";
constexpr std::string_view sql_by_trace =
    "SELECT no FROM flow WHERE substr(trace_parent, 4, 32) = ? AND substr(trace_parent, 4, 32) <> lower(hex(id)) "
    "ORDER BY no DESC LIMIT 1";
constexpr std::string_view sql_flows_of_user = "SELECT count(*) FROM (SELECT 1 FROM flow WHERE user = ? LIMIT ?)";
constexpr std::string_view sql_node_numbers = "SELECT no FROM node WHERE last_sequence > 0";
// GLOB has ? and [ beside *.
std::string glob_of(std::string_view text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '?' || c == '[') {
      pattern += '[';
      pattern += c;
      pattern += ']';
    } else {
      pattern += c;
    }
  }
  return pattern;
}

constexpr sql::FlowDialect dialect = {
    "user",
    "instr",
    "json_extract(f.steps, '$[{}][0]')",
    "EXISTS (SELECT 1 FROM json_each(f.steps) AS state JOIN step AS s ON s.definition = f.definition AND s.position = "
    "state.key + coalesce(f.first_step, 0) WHERE s.name = {} AND json_extract(state.value, '$[0]') IN (1, 4))",
    "f.no IN (SELECT flow FROM recent_claim WHERE key IN ({0}) UNION SELECT flow FROM claim WHERE key IN ({0}))",
    "f.no IN (SELECT flow FROM search_value WHERE key IN ({0}))",
    "x",
    "EXISTS (SELECT 1 FROM json_each(f.steps) AS state JOIN step AS s ON s.definition = f.definition AND s.position = "
    "state.key + coalesce(f.first_step, 0) WHERE s.name = {} AND (json_extract(state.value, '$[0]') = 3 OR "
    "(f.saga_status = 2 AND json_extract(state.value, '$[0]') IN (1, 4))))",
    "f.error GLOB {}",
    glob_of};

// By FlowIndex.
constexpr std::array<std::string_view, 8> index_clauses = {
    "NOT INDEXED",  // by number
    "INDEXED BY flow_open",
    "INDEXED BY flow_user",
    "INDEXED BY flow_customer",
    "INDEXED BY flow_order_closed",
    "INDEXED BY flow_saga_undone",
    "INDEXED BY flow_system",
    "INDEXED BY sqlite_autoindex_flow_1",  // by id
};

// The statement with the selection's values bound; more may be bound after them. The values outlive its run.
SqliteStatement& prepare(SqliteConnection& connection, const sql::FlowSelection& selection, std::string_view columns,
                         std::string_view order = "") {
  std::string sql = fmt::format("SELECT {} FROM flow AS f {} WHERE TRUE", columns,
                                index_clauses[static_cast<std::size_t>(selection.index)]);
  for (const sql::FlowCondition& condition : selection.conditions) {
    sql += " AND ";
    sql += condition.value ? fmt::format(fmt::runtime(condition.text), "?") : condition.text;
  }
  sql += order;
  SqliteStatement& statement = connection.prepared(sql);
  for (const sql::FlowCondition& condition : selection.conditions)
    if (condition.value) std::visit([&](const auto& value) { statement.bind(value); }, *condition.value);
  return statement;
}

std::vector<Flow> read_page(SqliteTables& tables, sql::FlowSelection selection, const Page& page) {
  std::int64_t offset = std::max<std::int64_t>(page.offset, 0);
  if (page.after) {
    const std::int64_t after = tables.flows.find(*page.after);
    if (after == 0) return {};
    selection.conditions.push_back({"f.no < {}", after});
    offset = 0;
  }
  // Numbers first: an index is enough to sort them, and only the page's flows are read.
  const std::string_view direction = page.oldest_first ? "ASC" : "DESC";
  const std::string order = page.sort_by == SortBy::updated ? fmt::format("f.saga_updated {0}, f.no {0}", direction)
                                                            : fmt::format("f.no {}", direction);
  SqliteStatement& row =
      prepare(tables.connection, selection, "f.no", fmt::format(" ORDER BY {} LIMIT ? OFFSET ?", order));
  row.bind(std::max<std::int64_t>(page.limit, 0)).bind(offset);
  const StatementReset reset_at_end(row);
  std::vector<Flow> flows;
  while (row.next()) {
    bool has_order = false;
    read_flow(tables, row.integer(), false, flows.emplace_back(), has_order);
  }
  return flows;
}

// A page of those that match `filter`, and their number: from the counters when they know it, or else counted.
template <class Filter>
FlowPage list(SqliteTables& tables, const Filter& filter, const sql::FlowSelection& selection, const Page& page) {
  FlowPage found{read_page(tables, selection, page), -1};
  if (!page.count) return found;
  found.total = sql::has_counted_total(filter) ? sql::counted_total(filter, tables.counters.read())
                                               : first_number(prepare(tables.connection, selection, "count(*)"));
  return found;
}

// The newest events that match, found by the index that suits the filter.
class EventSearch {
 public:
  EventSearch(SqliteTables& tables, const EventFilter& filter)
      : tables_(tables), filter_(filter), limit_(static_cast<std::size_t>(std::max<std::int64_t>(filter.limit, 0))) {}

  std::vector<Event> run() {
    if (filter_.order) {
      const std::int64_t flow = tables_.flows.find(*filter_.order);
      if (flow != EventTable::no_flow || *filter_.order == OrderId{})
        add(Matching::each, "INDEXED BY event_flow", "e.flow = ?", "", flow);
    } else if (filter_.user && has_few_flows()) {
      add(Matching::each, "INDEXED BY event_flow", "e.flow IN (SELECT no FROM flow WHERE user = ?)", "", *filter_.user);
    } else if (filter_.requested_by_user && filter_.type == EventType::stock_set) {  // such events belong to no flow
      add(Matching::last, "INDEXED BY event_of_stock", "e.flow = 0", "e.occurred_at DESC, e.key DESC");
    } else if (filter_.type && is_rare(*filter_.type)) {
      add(Matching::last, "INDEXED BY event_seldom", std::string(EventTable::rare), "e.occurred_at DESC, e.key DESC");
    } else {
      // A node's events are in the order of their times.
      for (const std::int64_t node : nodes())
        add(Matching::each, "NOT INDEXED", "e.key BETWEEN ? AND ?", "e.key DESC", EventTable::key_of(node, 0),
            EventTable::key_of(node, EventTable::sequence_max));
    }
    std::sort(found_.begin(), found_.end(), [](const Event& a, const Event& b) {
      return std::tie(b.occurred_at, b.sequence) < std::tie(a.occurred_at, a.sequence);
    });
    if (found_.size() > limit_) found_.resize(limit_);
    return std::move(found_);
  }

 private:
  // Which events of a row may match. If it is the last one alone, SQLite sees all that is asked for.
  enum class Matching { each, last };

  bool has_few_flows() {
    SqliteStatement& statement = tables_.connection.prepared(std::string(sql_flows_of_user));
    return first_number(statement.bind(*filter_.user).bind(sql::few_flows + 1)) <= sql::few_flows;
  }

  std::vector<std::int64_t> nodes() {
    SqliteStatement& row = tables_.connection.prepared(std::string(sql_node_numbers));
    const StatementReset reset_at_end(row);
    std::vector<std::int64_t> numbers;
    while (row.next()) numbers.push_back(row.integer());
    return numbers;
  }

  // An empty `order`: all are read.
  template <class... Values>
  void add(Matching matching, std::string_view index, std::string condition, std::string_view order,
           const Values&... values) {
    const bool is_last = matching == Matching::last;
    if (is_last && filter_.type) condition += fmt::format(" AND e.type = {}", static_cast<int>(*filter_.type));
    if (is_last && filter_.requested_by_user)
      condition += fmt::format(" AND e.metadata LIKE '{}%'", requested_by_prefix);
    if (filter_.user) condition += " AND f.user = ?";
    if (filter_.since) condition += " AND e.occurred_at >= ?";  // none of a row is newer than its last one
    if (!order.empty()) condition.append(" ORDER BY ").append(order);
    if (is_last) condition += " LIMIT ?";
    SqliteStatement& row = tables_.connection.prepared(
        fmt::format("SELECT {} FROM event_group AS e {} LEFT JOIN flow AS f ON f.no = e.flow WHERE {}",
                    EventTable::columns, index, condition));
    (row.bind(values), ...);
    if (filter_.user) row.bind(*filter_.user);
    if (filter_.since) row.bind(*filter_.since);
    if (is_last) row.bind(sql::sql_limit(limit_));
    const StatementReset reset_at_end(row);
    const std::size_t before = found_.size();
    while ((order.empty() || found_.size() < before + limit_) && row.next()) {
      const auto first = static_cast<std::ptrdiff_t>(found_.size());
      tables_.events.read_group(row, found_);
      found_.erase(std::remove_if(found_.begin() + first, found_.end(), [&](const Event& e) { return !matches(e); }),
                   found_.end());
    }
  }

  bool matches(const Event& event) const {
    return (!filter_.type || event.type == *filter_.type) && (!filter_.since || event.occurred_at >= *filter_.since) &&
           (!filter_.requested_by_user || event.metadata.starts_with(requested_by_prefix));
  }

  SqliteTables& tables_;
  const EventFilter& filter_;
  const std::size_t limit_;
  std::vector<Event> found_;
};

std::optional<Flow> read_optional(SqliteTables& tables, std::int64_t number) {
  Flow flow;
  bool has_order = false;
  if (number == 0 || !read_flow(tables, number, true, flow, has_order)) return std::nullopt;
  return flow;
}

}  // namespace

bool read_flow(SqliteTables& tables, std::int64_t number, bool barriers, Flow& flow, bool& has_order) {
  if (!tables.flows.read(number, flow, has_order)) return false;
  tables.payments.read(number, flow.order.id, flow.payments);
  if (barriers) tables.barriers.read(number, flow.barriers);
  return true;
}

Result<std::optional<Flow>> SqliteDatabase::flow(OrderId id) {
  return read([&](SqliteTables& tables) { return read_optional(tables, tables.flows.find(id)); });
}

Result<std::optional<Flow>> SqliteDatabase::find_flow(const std::string& text) {
  return read([&](SqliteTables& tables) {
    std::int64_t number = 0;
    if (const auto id = OrderId::parse(text)) number = tables.flows.find(*id);
    if (number == 0) {
      CompactText correlation;
      SqliteStatement& statement = tables.connection.prepared(std::string(sql_by_correlation));
      correlation.bind(statement, text);
      number = first_number(statement);
    }
    if (const auto trace = asked_trace_id(text); trace && number == 0) {
      number = tables.flows.find(OrderId{uuid_of_trace(*trace)});
      if (number == 0) number = first_number(tables.connection.prepared(std::string(sql_by_trace)).bind(*trace));
    }
    if (number == 0)
      if (const auto claim = tables.claims.look_up(digest_of_key(text))) number = tables.flows.find(claim->order);
    return read_optional(tables, number);
  });
}

Result<std::vector<Event>> SqliteDatabase::flow_events(OrderId id) {
  return read([&](SqliteTables& tables) {
    const std::int64_t number = tables.flows.find(id);
    return number == 0 ? std::vector<Event>() : tables.events.of_flow(number);
  });
}

Result<FlowPage> SqliteDatabase::orders(const OrderFilter& filter, const Page& page) {
  return read_list([&](SqliteTables& tables) {
    Page by_creation = page;
    by_creation.sort_by = SortBy::created;
    return list(tables, filter, sql::select_orders(filter, tables.names, dialect), by_creation);
  });
}

Result<FlowPage> SqliteDatabase::sagas(const SagaFilter& filter, const Page& page) {
  return read_list([&](SqliteTables& tables) {
    return list(tables, filter, sql::select_sagas(filter, tables.names, dialect), page);
  });
}

Result<std::vector<Event>> SqliteDatabase::events(const EventFilter& filter) {
  return read_list([&](SqliteTables& tables) { return EventSearch(tables, filter).run(); });
}

Result<Counts> SqliteDatabase::counts() {
  return read([](SqliteTables& tables) {
    Counts counts = tables.counters.read();
    counts.unpublished_events = tables.nodes.unpublished();
    return counts;
  });
}

Result<std::vector<CallRecord>> SqliteDatabase::calls(SagaId id) {
  return read([&](SqliteTables& tables) {
    const std::int64_t number = tables.flows.find(order_of(id));
    return number == 0 ? std::vector<CallRecord>() : tables.calls.of_flow(number);
  });
}

Result<std::optional<Flow>> SqliteDatabase::saga_by_key(const std::string& definition, const std::string& key) {
  return read([&](SqliteTables& tables) -> std::optional<Flow> {
    const auto claim = tables.claims.look_up(digest_of_saga_key(definition, key));
    if (!claim || !claim->live) return std::nullopt;
    return read_optional(tables, tables.flows.find(claim->order));
  });
}

Result<std::optional<StoredDefinition>> SqliteDatabase::definition(const std::string& name,
                                                                   std::optional<int> version) {
  return read([&](SqliteTables& tables) { return tables.definitions.find(name, version); });
}

Result<std::vector<StoredDefinition>> SqliteDatabase::definitions() {
  return read([&](SqliteTables& tables) { return tables.definitions.all(); });
}

Result<std::vector<NodeInfo>> SqliteDatabase::nodes() {
  return read([&](SqliteTables& tables) { return tables.nodes.all(now(tables)); });
}

Result<Timestamp> SqliteDatabase::database_time() {
  return read([&](SqliteTables& tables) { return now(tables); });
}

}  // namespace sagactl::sqlite
