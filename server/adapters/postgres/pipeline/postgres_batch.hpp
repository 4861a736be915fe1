// One batch: loads the rows that it touches, and writes their changes. Used within one write transaction.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "server/adapters/postgres/pipeline/node_session.hpp"
#include "server/adapters/postgres/tables/counter_table.hpp"
#include "server/adapters/postgres/tables/flow_table.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

class PostgresBatch {
 public:
  // `recheck_new`: an earlier try failed since a row that it took for new existed; this one looks first.
  PostgresBatch(NodeSession& session, const Writer& writer, bool recheck_new)
      : connection_(session.connection()),
        session_(session),
        names_(session.names()),
        server_time_(session.time()),
        recent_(session.recent_flows()),
        writer_(writer),
        recheck_new_(recheck_new) {}

  // Locks the writer's own row and the rows that `keys` name, and reads the clock after that: one round trip, and a
  // second one when stock or dependent keys have to be loaded. False: fenced.
  bool load(const BatchKeys& keys, Loaded& loaded);
  // The batch's time: no time that it writes may be before it.
  Timestamp time() const { return time_; }
  // Queues the statements that the commit sends.
  void write(const Changes& changes);

 private:
  // A flow that the batch has touched: as it is stored, and what is to be written to it.
  struct LoadedFlow {
    bool is_stored = false, has_order = false, has_saga = false;
    OrderStatus order_status{};
    sql::SagaCounter saga_state;
    Owner owner;                 // the saga's
    std::optional<UserId> user;  // the order's
    std::vector<Payment> payments;
    std::vector<Barrier> barriers;
    const Order* order = nullptr;
    const Saga* saga = nullptr;
    const Changes::Reservations* reservations = nullptr;
    unsigned parts = 0;  // to be written
  };

  void load_dependent(const BatchKeys& keys, Loaded& loaded);
  void read_claims_of(const std::vector<KeyDigest>& keys, PostgresRows rows, Loaded& loaded);
  void read_time(PostgresRows row);
  std::vector<OrderId> send_flows_load(const std::vector<OrderId>& ids);
  void read_locked_flows(PostgresRows rows, std::vector<Flow>& flows);
  void read_flows(PostgresRows rows, std::vector<Flow>* flows);
  void know_stored(const Flow& flow, bool has_order);
  void load_missing(const Changes& changes);
  LoadedFlow& touch(OrderId id);
  void set(const Order& order, bool is_new);
  void set(const Saga& saga, bool is_new);
  void set(const Payment& payment, bool is_new);
  void set(OrderId order, const Barrier& barrier);
  void write_flows();
  void count(const LoadedFlow& known);
  void write_claims(const std::vector<const Claim*>& claims);
  void write_stocks(const std::vector<const Stock*>& stocks);
  void write_replays(const std::vector<const Replay*>& replays);
  void check_events(const std::vector<const Event*>& events);

  PostgresConnection& connection_;
  NodeSession& session_;
  sql::InternedNames& names_;
  ServerClockEstimate& server_time_;
  sql::RecentFlows& recent_;
  const Writer writer_;
  const bool recheck_new_;
  std::int64_t node_ = 0, last_sequence_ = 0;
  std::int64_t transaction_ = 0;  // as the column xmin of the rows that it writes
  Timestamp time_, last_time_;
  std::unordered_map<OrderId, LoadedFlow> known_;
  std::vector<OrderId> touched_;  // in the order of their changes
  // Looked for and not found.
  std::set<KeyDigest> absent_claims_;
  std::set<StockKey> absent_stocks_;
  std::set<std::pair<UserId, std::string>> absent_replays_;
  std::vector<std::int64_t> pending_counts_;  // as the node's row has them
  sql::CountChanges counts_;
};

}  // namespace sagactl::postgres
