#include "server/adapters/postgres/claim_table.hpp"
#include "server/adapters/postgres/database.hpp"
#include "server/adapters/postgres/event_table.hpp"
#include "server/adapters/postgres/flow_table.hpp"
#include "server/adapters/postgres/migrations.hpp"
#include "server/adapters/postgres/node_table.hpp"
#include "server/adapters/postgres/stock_table.hpp"

#include <fmt/format.h>

#include <map>

namespace sagactl {
namespace postgres {
namespace {

constexpr std::chrono::milliseconds history_patience{60'000};
constexpr std::int64_t flows_at_once = 500, events_at_once = 5'000, claims_at_once = 5'000;

const Statement sql_next_flows{
    "history_flows",
    "SELECT " + flow_columns() +
        " FROM flow AS f WHERE f.id > $1::uuid AND coalesce(f.order_created, f.saga_created, 0) >= $2::bigint AND "
        "coalesce(f.order_created, f.saga_created, 0) < $3::bigint ORDER BY f.id LIMIT $4::bigint"};
const Statement sql_events_of_flows{
    "history_flow_events",
    fmt::format("SELECT {} FROM event AS e WHERE e.flow = ANY ($1::uuid[])", event_columns)};
const Statement sql_node_numbers{"history_nodes", "SELECT no, name FROM node ORDER BY name COLLATE \"C\""};
const Statement sql_stock_events{
    "history_stock_events",
    fmt::format("SELECT {} FROM event AS e JOIN node AS n ON n.no = e.node WHERE e.flow = "
                "'00000000-0000-0000-0000-000000000000' ORDER BY n.name COLLATE \"C\", e.sequence",
                event_columns)};
const Statement sql_next_events{
    "history_events",
    "SELECT sequence, occurred_at FROM event WHERE node = $1::bigint::smallint AND sequence > $2::bigint ORDER BY "
    "sequence LIMIT $3::bigint"};

// One connection in one transaction: it sees the database as it was when it began. A page at a time is read.
class Snapshot : public History {
 public:
  explicit Snapshot(const Address& address)
      : connection_(address, {"sagactl history",
                              "-c idle_in_transaction_session_timeout=0 -c statement_timeout=0 -c jit=off "
                              "-c enable_hashjoin=off -c enable_mergejoin=off -c plan_cache_mode=force_generic_plan",
                              history_patience}) {}

  Result<void> begin() {
    return run([&] {
      transaction_.emplace(connection_, Transaction::Kind::read);
      Rows row = connection_.run(sql_database_now);
      row.next();
      taken_at_ = row.time();
    });
  }

  Result<void> each_flow(const HistoryFilter& filter,
                         const std::function<bool(FlowHistory&)>& visit) override {
    return run([&] {
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
    return run([&] {
      Rows node = connection_.run(sql_node_numbers);
      while (node.next()) {
        const std::int64_t number = node.integer();
        if (!each_event_of(number, NodeName(node.text()), visit)) return;
      }
    });
  }

  Result<std::vector<Event>> stock_events() override {
    return guarded(
        [&]() -> Result<std::vector<Event>> { return read_events(connection_.run(sql_stock_events), names_); });
  }

  Result<void> each_claim(const std::function<bool(const Claim&)>& visit) override {
    return run([&] {
      for (std::vector<Claim> page = next_claims({}); !page.empty(); page = next_claims(page.back().key))
        for (const Claim& claim : page)
          if (!visit(claim)) return;
    });
  }

  Result<std::vector<Stock>> stocks() override {
    return guarded([&]() -> Result<std::vector<Stock>> { return read_stocks(connection_.run(sql_all_stocks), names_); });
  }

  Result<std::vector<NodeInfo>> nodes() override {
    return guarded([&]() -> Result<std::vector<NodeInfo>> { return read_nodes(connection_.run(sql_nodes)); });
  }

  Timestamp taken_at() const override { return taken_at_; }

 private:
  template <class Work>
  Result<void> run(Work&& work) {
    return guarded([&]() -> Result<void> {
      work();
      return {};
    });
  }

  std::vector<FlowHistory> next_flows(const Uuid& after, const HistoryFilter& filter) {
    Parameters parameters;
    parameters.add(after).add(filter.since.value_or(Timestamp{INT64_MIN}));
    parameters.add(filter.until.value_or(Timestamp{INT64_MAX})).add(flows_at_once);
    Rows rows = connection_.run(sql_next_flows, parameters);
    std::vector<FlowHistory> page;
    std::map<OrderId, std::size_t> places;
    Array ids(Type::uuid);
    while (rows.next()) {
      page.push_back({read_flow(rows, names_).flow, {}});
      const OrderId id = page.back().flow.order.id;
      places[id] = page.size() - 1;
      ids.add(id.uuid);
    }
    if (page.empty()) return page;
    for (Event& event : read_events(connection_.run(sql_events_of_flows, Parameters().add(std::move(ids))), names_)) {
      FlowHistory& history = page[places.at(event.order)];
      history.events.push_back(std::move(event));
    }
    for (FlowHistory& history : page) sort_by_time(history.events);
    return page;
  }

  std::vector<Claim> next_claims(const KeyDigest& after) {
    return read_claims(connection_.run(sql_next_claims, Parameters().add(Uuid{after}).add(claims_at_once)));
  }

  bool each_event_of(std::int64_t node, const NodeName& name,
                     const std::function<bool(const NodeName&, std::int64_t, Timestamp)>& visit) {
    for (std::int64_t last = 0;;) {
      Rows row = connection_.run(sql_next_events, Parameters().add(node).add(last).add(events_at_once));
      if (row.size() == 0) return true;
      while (row.next()) {
        last = row.integer();
        if (!visit(name, last, row.time())) return false;
      }
    }
  }

  Connection connection_;
  Names names_{connection_};
  std::optional<Transaction> transaction_;
  Timestamp taken_at_;
};

Result<std::unique_ptr<History>> take_snapshot(const Address& address) {
  auto snapshot = std::make_unique<Snapshot>(address);
  if (const auto begun = snapshot->begin(); !begun) return begun.error();
  return std::unique_ptr<History>(std::move(snapshot));
}

class DatabaseHistory : public HistorySource {
 public:
  explicit DatabaseHistory(Address address) : address_(std::move(address)) {}
  Result<std::unique_ptr<History>> snapshot() override { return take_snapshot(address_); }

 private:
  const Address address_;
};

}  // namespace

Result<std::unique_ptr<History>> Database::snapshot() {
  return take_snapshot(address_);
}

}  // namespace postgres

Result<std::unique_ptr<HistorySource>> open_postgres_history(const std::string& url) {
  using namespace postgres;
  auto address = Address::parse(url);
  if (!address) return address.error();
  if (auto fits = check_schema(*address); !fits) return fits.error();
  return std::unique_ptr<HistorySource>(std::make_unique<DatabaseHistory>(std::move(*address)));
}

}  // namespace sagactl
