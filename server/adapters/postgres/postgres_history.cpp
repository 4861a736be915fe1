#include <fmt/format.h>

#include <unordered_map>

#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/migrations.hpp"
#include "server/adapters/postgres/postgres_database.hpp"
#include "server/adapters/postgres/tables/claim_table.hpp"
#include "server/adapters/postgres/tables/event_table.hpp"
#include "server/adapters/postgres/tables/flow_table.hpp"
#include "server/adapters/postgres/tables/node_table.hpp"

namespace sagactl {
namespace postgres {
namespace {

constexpr std::chrono::milliseconds history_timeout{60'000};  // of one page
constexpr int flows_per_page = 500, groups_per_page = 2'000, claims_per_page = 5'000;

const ConnectOptions history_options = {history_session,
                                        {{"idle_in_transaction_session_timeout", "0"},
                                         {"statement_timeout", "0"},
                                         {"jit", "off"},
                                         {"enable_hashjoin", "off"},
                                         {"enable_mergejoin", "off"}}};

// Through libpqxx, in one transaction, which sees the database as it was when it began. Reads a page at a time, by key,
// so that memory is bounded.
class PostgresSnapshot : public History {
 public:
  // Throws a DatabaseFailure.
  explicit PostgresSnapshot(const PostgresAddress& address) : connection_(address, history_options, history_timeout) {
    connection_.begin_snapshot();
    PqxxRows row = connection_.run(sql_database_now.sql);
    row.next();
    taken_at_ = row.time();
  }
  // The snapshot of another session, for as long as that has it.
  PostgresSnapshot(const PostgresAddress& address, const std::string& exported, Timestamp taken_at)
      : connection_(address, history_options, history_timeout), taken_at_(taken_at) {
    connection_.begin_snapshot(exported);
  }

  Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) override {
    return sql::guarded([&] {
      Uuid last;
      for (std::vector<FlowHistory> page = next_flows(last, filter); !page.empty(); page = next_flows(last, filter)) {
        last = page.back().flow.order.id.uuid;
        for (FlowHistory& history : page)
          if (!visit(history)) return;
      }
    });
  }

  Result<void> each_event(
      const std::function<bool(const NodeName&, std::int64_t sequence, Timestamp)>& visit) override {
    return sql::guarded([&] {
      PqxxRows node = connection_.run("SELECT no, name FROM node ORDER BY name COLLATE \"C\"");
      while (node.next()) {
        const std::int64_t number = node.integer();
        if (!each_event_of(number, NodeName(node.text()), visit)) return;
      }
    });
  }

  Result<std::vector<Event>> stock_events() override {
    return sql::guarded([&] {
      PqxxRows rows = connection_.run(fmt::format(
          "SELECT {} FROM event_group AS e JOIN node AS n ON n.no = e.node WHERE e.flow = '{}' ORDER BY n.name "
          "COLLATE \"C\", e.sequence",
          event_columns, Uuid{}.text()));
      return sql::read_all(rows, [&](PqxxRows& row) { return read_event(row, names_); });
    });
  }

  Result<void> each_claim(const std::function<bool(const Claim&)>& visit) override {
    return sql::guarded([&] {
      for (std::vector<Claim> page = next_claims({}); !page.empty(); page = next_claims(page.back().key))
        for (const Claim& claim : page)
          if (!visit(claim)) return;
    });
  }

  Result<std::vector<Stock>> stocks() override {
    return sql::guarded([&] {
      PqxxRows rows = connection_.run(sql_all_stocks);
      return sql::read_all(rows, [&](PqxxRows& row) { return sql::read_stock(row, names_); });
    });
  }

  Result<std::vector<NodeInfo>> nodes() override {
    return sql::guarded([&] {
      PqxxRows rows = connection_.run(sql_nodes.sql);
      return sql::read_all(rows, sql::read_node<PqxxRows>);
    });
  }

  Timestamp taken_at() const override { return taken_at_; }

  // Without room for another session there is none.
  Result<History*> beside() override {
    if (beside_) return beside_.get();
    std::string exported;
    const auto done = sql::guarded([&] {
      PqxxRows row = connection_.run("SELECT pg_export_snapshot()");
      if (row.next()) exported = row.text();
    });
    if (!done) return done.error();
    (void)sql::guarded(
        [&] { beside_ = std::make_unique<PostgresSnapshot>(connection_.address(), exported, taken_at_); });
    return beside_.get();
  }

 private:
  std::vector<FlowHistory> next_flows(const Uuid& after, const HistoryFilter& filter) {
    constexpr const char* created = "coalesce(f.order_created, f.saga_created, 0)";
    std::string conditions = fmt::format("f.id > '{}'", after.text());
    if (filter.since) conditions += fmt::format(" AND {} >= {}", created, filter.since->us);
    if (filter.until) conditions += fmt::format(" AND {} < {}", created, filter.until->us);
    PqxxRows rows = connection_.run(fmt::format("SELECT {} FROM flow AS f WHERE {} ORDER BY f.id LIMIT {}",
                                                flow_columns(), conditions, flows_per_page));
    std::vector<FlowHistory> page;
    page.reserve(rows.size());
    std::unordered_map<OrderId, std::size_t> places;
    std::string ids;
    while (rows.next()) {
      page.push_back({read_flow(rows, names_).flow, {}});
      const OrderId id = page.back().flow.order.id;
      places[id] = page.size() - 1;
      ids += (ids.empty() ? "" : ",") + id.text();
    }
    if (page.empty()) return page;
    PqxxRows events = connection_.run(fmt::format(
        "SELECT {} FROM event_group AS g {} WHERE g.flow = ANY ('{{{}}}'::uuid[])", event_columns, each_of_group, ids));
    while (events.next()) {
      Event event = read_event(events, names_);
      page[places.at(event.order)].events.push_back(std::move(event));
    }
    for (FlowHistory& history : page) sort_by_time(history.events);
    return page;
  }

  std::vector<Claim> next_claims(const KeyDigest& after) {
    PqxxRows rows = connection_.run(fmt::format("{}WHERE c.key > '{}' ORDER BY c.key LIMIT {}", sql_select_claims,
                                                Uuid{after}.text(), claims_per_page));
    return sql::read_all(rows, read_claim<PqxxRows>);
  }

  bool each_event_of(std::int64_t node, const NodeName& name,
                     const std::function<bool(const NodeName&, std::int64_t, Timestamp)>& visit) {
    for (std::int64_t last_group = 0;;) {
      PqxxRows row = connection_.run(
          fmt::format("SELECT g.sequence, e.sequence, e.occurred_at FROM (SELECT * FROM event_group WHERE node = "
                      "{}::smallint AND sequence > {} ORDER BY sequence LIMIT {}) AS g {} ORDER BY g.sequence, "
                      "e.sequence",
                      node, last_group, groups_per_page, each_of_group));
      if (row.size() == 0) return true;
      while (row.next()) {
        last_group = row.integer();
        const std::int64_t sequence = row.integer();
        if (!visit(name, sequence, row.time())) return false;
      }
    }
  }

  PqxxConnection connection_;
  PqxxNames names_{connection_};
  Timestamp taken_at_;
  std::unique_ptr<PostgresSnapshot> beside_;
};

Result<std::unique_ptr<History>> take_snapshot(const PostgresAddress& address) {
  return sql::guarded([&]() -> Result<std::unique_ptr<History>> {
    return std::unique_ptr<History>(std::make_unique<PostgresSnapshot>(address));
  });
}

class PostgresHistorySource : public HistorySource {
 public:
  explicit PostgresHistorySource(PostgresAddress address) : address_(std::move(address)) {}
  Result<std::unique_ptr<History>> snapshot() override { return take_snapshot(address_); }

 private:
  const PostgresAddress address_;
};

}  // namespace

Result<std::unique_ptr<History>> PostgresDatabase::snapshot() {
  return take_snapshot(address_);
}

}  // namespace postgres

Result<std::unique_ptr<HistorySource>> open_postgres_history(const std::string& url) {
  using namespace postgres;
  auto address = PostgresAddress::parse(url);
  if (!address) return address.error();
  if (auto fits = check_schema(*address); !fits) return fits.error();
  return std::unique_ptr<HistorySource>(std::make_unique<PostgresHistorySource>(std::move(*address)));
}

}  // namespace sagactl
