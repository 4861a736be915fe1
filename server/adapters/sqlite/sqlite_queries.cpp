#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "common/trace_id.hpp"
#include "server/adapters/sqlite/database.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::sqlite {
namespace {

constexpr std::string_view sql_by_correlation =
    "SELECT no FROM flow WHERE correlation IS NOT NULL AND correlation = ? ORDER BY no DESC LIMIT 1";
constexpr std::string_view sql_by_trace =
    "SELECT no FROM flow WHERE substr(trace_parent, 4, 32) = ? AND substr(trace_parent, 4, 32) <> lower(hex(id)) "
    "ORDER BY no DESC LIMIT 1";
constexpr std::string_view sql_flows_of_user =
    "SELECT count(*) FROM (SELECT 1 FROM flow WHERE user = ? LIMIT ?)";
constexpr std::string_view sql_node_numbers = "SELECT no FROM node WHERE last_sequence > 0";
constexpr std::string_view is_open = "(f.saga_status IN (0, 3) OR f.order_status IN (0, 1))";

// Users with more flows than this are so common that their events are found sooner among the newest of all.
constexpr std::int64_t few_flows = 1'000;

// What a listing asks for: conditions with their values in order, and the index that they are found by.
class Selection {
 public:
  Selection& where(std::string condition) {
    conditions_.push_back(std::move(condition));
    return *this;
  }
  template <class Value>
  Selection& where(std::string condition, Value value) {
    values_.push_back([value = std::move(value)](Statement& statement) { statement.bind(value); });
    return where(std::move(condition));
  }
  Selection& compact(std::string condition, std::string value) {
    values_.push_back([value = std::move(value), text = std::make_shared<CompactText>()](
                          Statement& statement) { text->bind(statement, value); });
    return where(std::move(condition));
  }
  // By which index, or by number when it is not called.
  Selection& by(std::string index) {
    index_ = std::move(index);
    return *this;
  }

  std::string from() const {
    return fmt::format("FROM flow AS f {} WHERE {} ", index_.empty() ? "NOT INDEXED" : "INDEXED BY " + index_,
                       fmt::join(conditions_, " AND "));
  }
  // The statement, with the values bound; more may be bound after them.
  Statement& prepare(Connection& connection, const std::string& sql) const {
    Statement& statement = connection.prepared(sql);
    for (const auto& bind : values_) bind(statement);
    return statement;
  }

 private:
  std::vector<std::string> conditions_;
  std::vector<std::function<void(Statement&)>> values_;
  std::string index_;
};

std::int64_t count(Tables& tables, const Selection& selection) {
  return first_number(selection.prepare(tables.connection, "SELECT count(*) " + selection.from()));
}

std::vector<Flow> read_page(Tables& tables, Selection selection, const Page& page) {
  std::int64_t offset = std::max<std::int64_t>(page.offset, 0);
  if (page.after) {
    const std::int64_t after = tables.flows.find(*page.after);
    if (after == 0) return {};
    selection.where("f.no < ?", after);
    offset = 0;
  }
  // Numbers first: an index is enough to sort them, and only the page's flows are read.
  const std::string_view direction = page.oldest_first ? "ASC" : "DESC";
  const std::string order = page.sort_by == SortBy::updated ? fmt::format("f.saga_updated {0}, f.no {0}", direction)
                                                            : fmt::format("f.no {}", direction);
  Statement& row = selection.prepare(tables.connection, fmt::format("SELECT f.no {}ORDER BY {} LIMIT ? OFFSET ?",
                                                                    selection.from(), order));
  row.bind(std::max<std::int64_t>(page.limit, 0)).bind(offset);
  const Reading reading(row);
  std::vector<Flow> flows;
  while (row.next()) {
    bool has_order = false;
    read_flow(tables, row.integer(), false, flows.emplace_back(), has_order);
  }
  return flows;
}

// Sagas of these types. Those of systems whose buyers have names of their own are found by an index.
void select_types(Selection& selection, const std::vector<std::string>& types, Names& names) {
  if (types.empty()) return;
  std::vector<std::int64_t> numbers;
  for (const SagaDefinition& definition : definitions())
    if (std::find(types.begin(), types.end(), definition.name) != types.end())
      numbers.push_back(names.number_of_definition(definition.name, definition.version));
  selection.where(numbers.empty() ? "FALSE" : fmt::format("f.definition IN ({})", fmt::join(numbers, ", ")));
  if (std::find(types.begin(), types.end(), order_processing_saga) == types.end())
    selection.where("(f.customer IS NOT NULL OR f.order_status IS NULL)").by("flow_system");
}

Selection select_orders(const OrderFilter& filter, Names& names) {
  Selection selection;
  selection.where("f.order_status IS NOT NULL");
  select_types(selection, filter.types, names);
  if (filter.user) selection.where("f.user = ?", *filter.user).by("flow_user");
  if (filter.customer)
    selection.where("f.customer IS NOT NULL").where("f.customer = ?", *filter.customer).by("flow_customer");
  if (!filter.status) return selection;
  selection.where(fmt::format("f.order_status = {}", static_cast<int>(*filter.status)));
  const bool is_found = filter.user || filter.customer || !filter.types.empty();
  if (is_found || *filter.status == OrderStatus::paid) return selection;
  if (*filter.status == OrderStatus::pending || *filter.status == OrderStatus::processing)
    return selection.where(std::string(is_open)).by("flow_open");
  return selection.where("f.order_status > 2").by("flow_order_closed");
}

bool has_only(const std::vector<SagaStatus>& statuses, SagaStatus one, SagaStatus other) {
  return !statuses.empty() && std::all_of(statuses.begin(), statuses.end(), [&](SagaStatus status) {
    return status == one || status == other;
  });
}

std::vector<std::string> stage_conditions(const std::vector<SagaStage>& stages) {
  std::vector<std::string> conditions;
  for (const SagaStage& stage : stages) {
    std::string condition = fmt::format("f.saga_status = {}", static_cast<int>(stage.status));
    if (stage.step) condition += fmt::format(" AND json_extract(f.steps, '$[{}][0]') IN (1, 4)", *stage.step);
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

Selection select_sagas(const SagaFilter& filter, Names& names) {
  Selection selection;
  selection.where("f.saga_status IS NOT NULL");
  if (!filter.statuses.empty()) {
    std::vector<int> numbers;
    for (const SagaStatus status : filter.statuses) numbers.push_back(static_cast<int>(status));
    selection.where(fmt::format("f.saga_status IN ({})", fmt::join(numbers, ", ")));
    if (has_only(filter.statuses, SagaStatus::started, SagaStatus::compensating))
      selection.where(std::string(is_open)).by("flow_open");
    if (has_only(filter.statuses, SagaStatus::failed, SagaStatus::compensated))
      selection.where("f.saga_status IN (2, 4)").by("flow_saga_undone");
  }
  if (filter.user) selection.where("f.user = ?", *filter.user).by("flow_user");
  if (filter.type) select_types(selection, {*filter.type}, names);
  if (!filter.stages.empty()) selection.where(fmt::format("({})", fmt::join(stage_conditions(filter.stages), " OR ")));
  if (filter.node)
    selection.where("f.owner_node = ?", filter.node->empty() ? 0 : names.find_node(*filter.node));
  if (!filter.error_contains.empty()) selection.where("instr(f.error, ?) > 0", filter.error_contains);
  if (filter.retries_over) selection.where("f.tries > ?", std::int64_t{*filter.retries_over});
  if (filter.created_before) selection.where("f.saga_created < ?", *filter.created_before);
  if (filter.updated_before) selection.where("f.saga_updated < ?", *filter.updated_before);
  if (filter.ids)  // by the index that makes ids unique
    selection.where("f.id >= ?", filter.ids->first).where("f.id <= ?", filter.ids->last).by("sqlite_autoindex_flow_1");
  return selection;
}

bool asks_for_statuses_alone(const SagaFilter& filter) {
  return !filter.user && filter.stages.empty() && !filter.node && filter.error_contains.empty() &&
         !filter.retries_over && !filter.created_before && !filter.updated_before && !filter.ids;
}

std::int64_t count_sagas(Tables& tables, const SagaFilter& filter, const Selection& selection) {
  if (!asks_for_statuses_alone(filter)) return count(tables, selection);
  std::int64_t total = 0;
  const auto& wanted = filter.statuses;
  for (const auto& [key, n] : tables.counters.read().sagas)
    if ((!filter.type || key.first == *filter.type) &&
        (wanted.empty() || std::find(wanted.begin(), wanted.end(), key.second) != wanted.end()))
      total += n;
  return total;
}

std::int64_t count_orders(Tables& tables, const OrderFilter& filter, const Selection& selection) {
  if (filter.user || filter.customer || !filter.types.empty()) return count(tables, selection);
  std::int64_t total = 0;
  for (const auto& [status, n] : tables.counters.read().orders)
    if (!filter.status || status == *filter.status) total += n;
  return total;
}

// The newest events that fit, by one of the ways there are to find them.
class EventSearch {
 public:
  EventSearch(Tables& tables, const EventFilter& filter)
      : tables_(tables), filter_(filter), limit_(std::max<std::int64_t>(filter.limit, 0)) {}

  std::vector<Event> run() {
    if (filter_.order) {
      const std::int64_t flow = tables_.flows.find(*filter_.order);
      if (flow != EventTable::no_flow || *filter_.order == OrderId{})
        add("INDEXED BY event_flow", "e.flow = ?", "", flow);
    } else if (filter_.user && has_few_flows()) {
      add("INDEXED BY event_flow", "e.flow IN (SELECT no FROM flow WHERE user = ?)", "", *filter_.user);
    } else if (filter_.requested_by_user && filter_.type == EventType::stock_set) {  // such belong to no flow
      add("INDEXED BY event_of_stock", "e.flow = 0", "e.occurred_at DESC, e.key DESC");
    } else if (filter_.type && is_rare(*filter_.type)) {
      add("INDEXED BY event_seldom", std::string(EventTable::seldom), "e.occurred_at DESC, e.key DESC");
    } else {
      // A node's events stand in the order of their times.
      for (const std::int64_t node : nodes())
        add("NOT INDEXED", "e.key BETWEEN ? AND ?", "e.key DESC", EventTable::key_of(node, 0),
            EventTable::key_of(node, EventTable::sequence_max));
    }
    std::sort(found_.begin(), found_.end(), [](const Event& a, const Event& b) {
      return std::tie(b.occurred_at, b.sequence) < std::tie(a.occurred_at, a.sequence);
    });
    if (static_cast<std::int64_t>(found_.size()) > limit_) found_.resize(static_cast<std::size_t>(limit_));
    return std::move(found_);
  }

 private:
  bool has_few_flows() {
    Statement& statement = tables_.connection.prepared(std::string(sql_flows_of_user));
    return first_number(statement.bind(*filter_.user).bind(few_flows + 1)) <= few_flows;
  }

  std::vector<std::int64_t> nodes() {
    Statement& row = tables_.connection.prepared(std::string(sql_node_numbers));
    const Reading reading(row);
    std::vector<std::int64_t> numbers;
    while (row.next()) numbers.push_back(row.integer());
    return numbers;
  }

  // `order` that is empty means that all are read.
  template <class... Values>
  void add(std::string_view index, std::string condition, std::string_view order, const Values&... values) {
    if (filter_.type) condition += fmt::format(" AND e.type = {}", static_cast<int>(*filter_.type));
    if (filter_.user) condition += " AND f.user = ?";
    if (filter_.since) condition += " AND e.occurred_at >= ?";
    if (filter_.requested_by_user) condition += fmt::format(" AND e.metadata LIKE '{}%'", requested_by_prefix);
    std::string sql =
        fmt::format("SELECT {}, {} FROM event AS e {} LEFT JOIN flow AS f ON f.no = e.flow WHERE {}",
                    EventTable::own_columns, EventTable::flow_columns, index, condition);
    if (!order.empty()) sql += fmt::format(" ORDER BY {} LIMIT ?", order);
    Statement& row = tables_.connection.prepared(sql);
    (row.bind(values), ...);
    if (filter_.user) row.bind(*filter_.user);
    if (filter_.since) row.bind(*filter_.since);
    if (!order.empty()) row.bind(limit_);
    const Reading reading(row);
    while (row.next()) found_.push_back(tables_.events.read_row(row));
  }

  Tables& tables_;
  const EventFilter& filter_;
  const std::int64_t limit_;
  std::vector<Event> found_;
};

std::optional<Flow> read_optional(Tables& tables, std::int64_t number) {
  Flow flow;
  bool has_order = false;
  if (number == 0 || !read_flow(tables, number, true, flow, has_order)) return std::nullopt;
  return flow;
}

}  // namespace

bool read_flow(Tables& tables, std::int64_t number, bool barriers, Flow& flow, bool& has_order) {
  if (!tables.flows.read(number, flow, has_order)) return false;
  tables.payments.read(number, flow.order.id, flow.payments);
  if (barriers) tables.barriers.read(number, flow.barriers);
  return true;
}

Result<std::optional<Flow>> Database::flow(OrderId id) {
  return read([&](Tables& tables) { return read_optional(tables, tables.flows.find(id)); });
}

Result<std::optional<Flow>> Database::find_flow(const std::string& text) {
  return read([&](Tables& tables) {
    std::int64_t number = 0;
    if (const auto id = OrderId::parse(text)) number = tables.flows.find(*id);
    if (number == 0) {
      CompactText correlation;
      Statement& statement = tables.connection.prepared(std::string(sql_by_correlation));
      correlation.bind(statement, text);
      number = first_number(statement);
    }
    if (const auto trace = trace_id_of(text); trace && number == 0) {
      number = tables.flows.find(OrderId{uuid_of_trace(*trace)});
      if (number == 0) number = first_number(tables.connection.prepared(std::string(sql_by_trace)).bind(*trace));
    }
    if (number == 0)
      if (const auto claim = tables.claims.look_up(digest_of_key(text)))
        number = tables.flows.find(claim->order);
    return read_optional(tables, number);
  });
}

Result<std::vector<Event>> Database::flow_events(OrderId id) {
  return read([&](Tables& tables) {
    const std::int64_t number = tables.flows.find(id);
    return number == 0 ? std::vector<Event>() : tables.events.of_flow(number);
  });
}

Result<FlowPage> Database::orders(const OrderFilter& filter, const Page& page) {
  return read_list([&](Tables& tables) {
    const Selection selection = select_orders(filter, tables.names);
    Page by_creation = page;
    by_creation.sort_by = SortBy::created;
    return FlowPage{read_page(tables, selection, by_creation), count_orders(tables, filter, selection)};
  });
}

Result<FlowPage> Database::sagas(const SagaFilter& filter, const Page& page) {
  return read_list([&](Tables& tables) {
    const Selection selection = select_sagas(filter, tables.names);
    return FlowPage{read_page(tables, selection, page), count_sagas(tables, filter, selection)};
  });
}

Result<std::vector<Event>> Database::events(const EventFilter& filter) {
  return read_list([&](Tables& tables) { return EventSearch(tables, filter).run(); });
}

Result<Counts> Database::counts() {
  return read([](Tables& tables) {
    Counts counts = tables.counters.read();
    counts.unpublished_events = tables.nodes.unpublished();
    return counts;
  });
}

Result<std::optional<Stock>> Database::stock(const StockKey& key) {
  return read([&](Tables& tables) { return tables.stocks.find(key); });
}

Result<std::vector<Stock>> Database::stocks(StockKind kind, const std::string& after, std::size_t limit) {
  return read([&](Tables& tables) { return tables.stocks.list(kind, after, static_cast<std::int64_t>(limit)); });
}

Result<std::optional<User>> Database::user(UserId id) {
  return read([&](Tables& tables) { return tables.accounts.find(id); });
}

Result<std::optional<User>> Database::user_by_email(const std::string& email) {
  return read([&](Tables& tables) { return tables.accounts.find(email); });
}

Result<std::vector<User>> Database::users(const std::string& after, std::size_t limit) {
  return read([&](Tables& tables) { return tables.accounts.list(after, static_cast<std::int64_t>(limit)); });
}

Result<std::vector<User>> Database::rights_changed_since(Timestamp time) {
  return read([&](Tables& tables) { return tables.accounts.rights_changed_since(time); });
}

Result<std::vector<NodeInfo>> Database::nodes() {
  return read([&](Tables& tables) { return tables.nodes.all(now(tables)); });
}

Result<Timestamp> Database::database_time() {
  return read([&](Tables& tables) { return now(tables); });
}

}  // namespace sagactl::sqlite
