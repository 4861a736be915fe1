#include "cli/import/nestjs_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "common/text/text.hpp"
#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/postgres_store.hpp"

namespace sagactl {
namespace {

using postgres::PqxxConnection;
using postgres::PqxxRows;

constexpr std::chrono::milliseconds import_call_timeout{600'000};  // the first page sorts all orders
constexpr std::size_t users_per_page = 500, orders_per_page = 200;
constexpr std::size_t events_per_page_max = 50'000;  // of a page of orders; those beyond give no times

const postgres::ConnectOptions session_options = {postgres::import_session,
                                                  {{"default_transaction_read_only", "on"},
                                                   {"idle_in_transaction_session_timeout", "0"},
                                                   {"statement_timeout", "0"},
                                                   {"jit", "off"}}};

struct KnownTable {
  const char* name;
  std::vector<const char*> needed, other;  // columns
  bool is_needed = true;
};

const std::array<KnownTable, 5>& known_tables() {
  static const std::array<KnownTable, 5> tables = {
      {{"users",
        {"id", "email", "password"},
        {"firstName", "lastName", "role", "status", "emailVerified", "createdAt", "updatedAt"}},
       {"orders",
        {"id", "userId", "totalAmount", "status", "items", "createdAt"},
        {"paymentId", "shippingAddress", "idempotencyKey", "updatedAt"}},
       {"payments",
        {"id", "orderId", "amount", "status", "createdAt"},
        {"method", "externalTransactionId", "failureReason", "updatedAt"},
        false},
       {"saga_instances",
        {"id", "sagaType", "correlationId", "status", "data", "createdAt"},
        {"errorMessage", "updatedAt"},
        false},
       {"event_store", {"id", "aggregateId", "eventType", "eventData", "occurredAt"}, {}, false}}};
  return tables;
}

std::string quoted_name(std::string_view name) {
  std::string text(name);
  replace_all(text, "\"", "\"\"");
  return "\"" + text + "\"";
}

// A UUID that is stored as text is compared by its digits.
std::string digits_of(const std::string& expression) {
  return fmt::format("translate(lower(({})::text), '-{{}}', '')", expression);
}

[[noreturn]] void refuse_source(std::string message) {
  sql::fail_as_invalid(std::move(message));
}

class PostgresNestjsSource final : public NestjsSource {
 public:
  PostgresNestjsSource(const postgres::PostgresAddress& address, const NestjsSourceOptions& options)
      : connection_(address, session_options, import_call_timeout) {
    connection_.begin_snapshot();
    facts_.shown = address.text();
    facts_.schema = find_schema(options.schema);
    read_columns();
    check_tables();
    facts_.time_zone = find_time_zone(options.time_zone);
    read_facts();
  }

  const NestjsFacts& facts() const override { return facts_; }

  Result<SourcePage<User>> next_users() override {
    return sql::guarded([&] {
      if (!has_users_cursor_)
        connection_.run(
            fmt::format("DECLARE import_users NO SCROLL CURSOR FOR SELECT {}::text FROM {} AS u ORDER BY {}",
                        json_of("users", "u"), table("users"), created_order("users", "u")));
      has_users_cursor_ = true;
      PqxxRows rows = connection_.run(fmt::format("FETCH {} FROM import_users", users_per_page));
      SourcePage<User> page;
      page.is_last = rows.size() < users_per_page;
      while (rows.next()) add(page, read_source_user(parsed(rows)));
      return page;
    });
  }

  Result<SourcePage<SourceOrder>> next_orders() override {
    return sql::guarded([&] {
      if (!has_orders_cursor_) connection_.run(orders_cursor());
      has_orders_cursor_ = true;
      PqxxRows rows = connection_.run(fmt::format("FETCH {} FROM import_orders", orders_per_page));
      SourcePage<SourceOrder> page;
      page.is_last = rows.size() < orders_per_page;
      while (rows.next()) {
        const Json order = parsed(rows), payments = parsed(rows), sagas = parsed(rows);
        add(page, read_source_order(order, payments, sagas));
      }
      if (!has("payments"))
        for (SourceOrder& order : page.rows) derive_payment(order);
      if (has("event_store")) read_events(page.rows);
      return page;
    });
  }

  Result<std::vector<RowProblem>> orphans(std::size_t limit, std::uint64_t& count) override {
    return sql::guarded([&] {
      std::vector<RowProblem> problems;
      if (has("payments")) add_orphans("payments", "r.\"orderId\"", limit, count, problems);
      if (has("saga_instances")) add_orphans("saga_instances", "r.data ->> 'orderId'", limit, count, problems);
      return problems;
    });
  }

 private:
  bool has(const char* name) const { return columns_.contains(name); }
  bool has(const char* name, const char* column) const {
    const auto found = columns_.find(name);
    return found != columns_.end() && found->second.contains(column);
  }
  std::string table(const char* name) const {
    return fmt::format("{}.{}", quoted_name(facts_.schema), quoted_name(name));
  }

  // The schema that has their orders.
  std::string find_schema(const std::string& asked) {
    PqxxRows rows = connection_.run(
        "SELECT n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "WHERE c.relname = 'orders' AND c.relkind IN ('r', 'p', 'f') AND EXISTS (SELECT 1 FROM pg_catalog.pg_attribute "
        "AS a WHERE a.attrelid = c.oid AND a.attname = 'totalAmount') ORDER BY n.nspname");
    std::vector<std::string> schemas;
    while (rows.next()) schemas.emplace_back(rows.text());
    const std::string all = join(schemas, ", ");
    if (!asked.empty()) {
      if (std::find(schemas.begin(), schemas.end(), asked) != schemas.end()) return asked;
      refuse_source(fmt::format("the database {} has no table orders of nestjs-cqrs in the schema {}{}", facts_.shown,
                                asked, all.empty() ? std::string() : fmt::format("; it has one in {}", all)));
    }
    if (schemas.empty())
      refuse_source(
          fmt::format("the database {} has no table orders with a column \"totalAmount\": it is not one of nestjs-cqrs",
                      facts_.shown));
    if (schemas.size() > 1)
      refuse_source(
          fmt::format("the database {} has orders in several schemas: {}; --schema names the one that is meant",
                      facts_.shown, all));
    return schemas.front();
  }

  void read_columns() {
    PqxxRows rows = connection_.run(fmt::format(
        "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, NULL) FROM pg_catalog.pg_class AS c JOIN "
        "pg_catalog.pg_attribute AS a ON a.attrelid = c.oid WHERE c.relnamespace = (SELECT oid FROM "
        "pg_catalog.pg_namespace WHERE nspname = {}) AND c.relname IN ('users', 'orders', 'payments', "
        "'saga_instances', 'event_store') AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND a.attnum > 0 AND NOT "
        "a.attisdropped",
        connection_.quote(facts_.schema)));
    while (rows.next()) {
      const std::string name(rows.text()), column(rows.text());
      columns_[name][column] = rows.text();
    }
  }

  void check_tables() {
    for (const KnownTable& known : known_tables()) {
      if (!has(known.name)) {
        if (known.is_needed) refuse_source(fmt::format("the database {} has no table {}", facts_.shown, known.name));
        facts_.missing.push_back(fmt::format("table {}", known.name));
        continue;
      }
      for (const char* column : known.needed)
        if (!has(known.name, column))
          refuse_source(fmt::format("the table {} of {} has no column \"{}\"", known.name, facts_.shown, column));
      for (const char* column : known.other)
        if (!has(known.name, column)) facts_.missing.push_back(fmt::format("column {}.{}", known.name, column));
    }
  }

  std::string find_time_zone(const std::string& asked) {
    const bool is_asked = !asked.empty();
    PqxxRows row = is_asked ? connection_.run(fmt::format("SELECT name FROM pg_catalog.pg_timezone_names WHERE "
                                                          "lower(name) = lower({})",
                                                          connection_.quote(asked)))
                            : connection_.run("SELECT current_setting('TimeZone')");
    if (!row.next())
      refuse_source(fmt::format(
          "the time zone '{}' is not known to the database; it has names such as Asia/Seoul and UTC", asked));
    return std::string(row.text());
  }

  void read_facts() {
    const auto count = [&](const char* name) {
      if (!has(name)) return std::uint64_t{0};
      PqxxRows row = connection_.run(fmt::format("SELECT count(*) FROM {}", table(name)));
      row.next();
      return static_cast<std::uint64_t>(row.integer());
    };
    facts_.users = count("users");
    facts_.orders = count("orders");
    facts_.payments = count("payments");
    facts_.sagas = count("saga_instances");
    facts_.events = count("event_store");
    PqxxRows row = connection_.run(
        "SELECT (extract(epoch FROM now()) * 1000000)::bigint, (SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE "
        "datname = current_database() AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = "
        "'client backend' AND "
        "application_name NOT LIKE 'sagactl%')");
    row.next();
    facts_.taken_at = row.time();
    facts_.others_connected = static_cast<std::uint64_t>(row.integer());
  }

  // Microseconds since 1970 of a column; NULL for one that there is not, and for infinity.
  std::string time_of(const char* name, const char* column, const char* alias) {
    if (!has(name, column)) return "NULL";
    const std::string value = fmt::format("{}.{}", alias, quoted_name(column));
    const bool has_zone = columns_.at(name).at(column) != "timestamp without time zone";
    return fmt::format(
        "CASE WHEN isfinite({0}) THEN round(extract(epoch FROM {1}) * 1000000)::bigint END", value,
        has_zone ? value : fmt::format("({} AT TIME ZONE {})", value, connection_.quote(facts_.time_zone)));
  }

  // A whole row, whatever columns it has, with its times as numbers.
  std::string json_of(const char* name, const char* alias) {
    return fmt::format("(to_jsonb({0}) || jsonb_build_object('createdAt', {1}, 'updatedAt', {2}))", alias,
                       time_of(name, "createdAt", alias), time_of(name, "updatedAt", alias));
  }

  std::string created_order(const char* name, const char* alias) {
    return has(name, "createdAt") ? fmt::format("{0}.\"createdAt\", {0}.id", alias) : fmt::format("{}.id", alias);
  }

  // All rows of a table that belong to one order, as a list.
  std::string join_of(const char* name, const char* alias, const std::string& order) {
    if (!has(name))
      return fmt::format("LEFT JOIN (SELECT NULL::text AS of, NULL::jsonb AS list) AS {0} ON false", alias);
    return fmt::format(
        "LEFT JOIN (SELECT {} AS of, jsonb_agg({} ORDER BY r.id) AS list FROM {} AS r GROUP BY 1) AS {} ON {}.of = {}",
        digits_of(order), json_of(name, "r"), table(name), alias, alias, digits_of("o.id"));
  }

  std::string orders_cursor() {
    return fmt::format(
        "DECLARE import_orders NO SCROLL CURSOR FOR SELECT {}::text, p.list::text, s.list::text FROM {} AS o {} {} "
        "ORDER "
        "BY {}",
        json_of("orders", "o"), table("orders"), join_of("payments", "p", "r.\"orderId\""),
        join_of("saga_instances", "s", "r.data ->> 'orderId'"), created_order("orders", "o"));
  }

  static Json parsed(PqxxRows& rows) {
    const std::string_view text = rows.text();
    return text.empty() ? Json() : read_json(text);
  }

  template <class Row>
  static void add(SourcePage<Row>& page, ReadRow<Row> read) {
    if (read.row)
      page.rows.push_back(std::move(*read.row));
    else
      page.problems.push_back(std::move(read.problem));
  }

  // The schema has no payments: what the order says of its payment is all there is.
  static void derive_payment(SourceOrder& order) {
    const auto id = read_any_uuid(order.payment_id);
    const bool is_paid = order.status == OrderStatus::paid || order.status == OrderStatus::shipped ||
                         order.status == OrderStatus::delivered;
    if (!id || !is_paid) return;
    SourcePayment payment;
    payment.id = {*id};
    payment.amount = order.total;
    payment.status = PaymentStatus::completed;
    payment.created_at = order.created_at;
    payment.updated_at = order.updated_at;
    order.payment = payment;
  }

  // By the ids of the orders and of their payments, which an index there finds.
  void read_events(std::vector<SourceOrder>& orders) {
    std::unordered_map<std::string, SourceOrder*> by_aggregate;
    std::string ids;
    const auto look_for = [&](const std::string& id, SourceOrder& order) {
      by_aggregate[id] = &order;
      ids += (ids.empty() ? "" : ",") + id;
    };
    for (SourceOrder& order : orders) {
      look_for(order.id.text(), order);
      if (order.payment) look_for(order.payment->id.text(), order);
    }
    if (ids.empty()) return;
    PqxxRows rows = connection_.run(
        fmt::format("SELECT e.id::text, e.\"aggregateId\"::text, e.\"eventType\"::text, "
                    "e.\"eventData\" ->> 'reason', {} FROM {} AS "
                    "e WHERE e.\"aggregateId\" = ANY ('{{{}}}') ORDER BY e.\"occurredAt\", e.id "
                    "LIMIT {}",
                    time_of("event_store", "occurredAt", "e"), table("event_store"), ids, events_per_page_max));
    while (rows.next()) {
      SourceEvent event;
      event.id = rows.text();
      const auto order = by_aggregate.find(std::string(rows.text()));
      const auto type = from_string<EventType>(rows.text());
      event.reason = storable_text(rows.text());
      const bool has_time = !rows.is_null();
      event.at = rows.time();
      if (!type || !has_time || order == by_aggregate.end()) continue;
      event.type = *type;
      order->second->events.push_back(std::move(event));
    }
  }

  void add_orphans(const char* name, const std::string& order, std::size_t limit, std::uint64_t& count,
                   std::vector<RowProblem>& problems) {
    const std::string of = digits_of(order);
    PqxxRows rows =
        connection_.run(fmt::format("SELECT r.id::text, {0}, count(*) OVER () FROM {1} AS r LEFT JOIN {2} AS o ON {3} "
                                    "= {4} WHERE o.id IS NULL ORDER "
                                    "BY r.id LIMIT {5}",
                                    order, table(name), table("orders"), digits_of("o.id"), of, limit));
    bool is_first = true;
    while (rows.next()) {
      RowProblem problem{name, std::string(rows.text()), {}};
      const std::string named = storable_text(rows.text());
      problem.why =
          named.empty() ? std::string("it names no order") : fmt::format("its order {} does not exist", named);
      problems.push_back(std::move(problem));
      if (is_first) count += static_cast<std::uint64_t>(rows.integer());
      is_first = false;
    }
  }

  PqxxConnection connection_;
  NestjsFacts facts_;
  std::map<std::string, std::map<std::string, std::string>, std::less<>> columns_;  // by table; their types
  bool has_users_cursor_ = false, has_orders_cursor_ = false;
};

}  // namespace

Result<std::unique_ptr<NestjsSource>> NestjsSource::open(const NestjsSourceOptions& options) {
  if (!is_postgres_url(options.url))
    return Error{ErrorCode::invalid, "--from must be a URL such as postgres://USER@HOST/nestjs_cqrs"};
  const auto address = postgres::PostgresAddress::parse(options.url);
  if (!address) return address.error();
  return sql::guarded([&]() -> Result<std::unique_ptr<NestjsSource>> {
    return std::unique_ptr<NestjsSource>(std::make_unique<PostgresNestjsSource>(*address, options));
  });
}

}  // namespace sagactl
