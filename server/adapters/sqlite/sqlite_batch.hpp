// One batch: loads the rows that it touches, and writes their changes. Used within one write transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "server/adapters/sql/recent_flows.hpp"
#include "server/adapters/sqlite/tables/sqlite_tables.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class SqliteBatch {
 public:
  // `time` is the batch's time: no time that it writes may be before it. `recent` has flows as they are stored.
  SqliteBatch(SqliteTables& tables, sql::RecentFlows& recent, const NodeRow& node, StoredProgress progress,
              Timestamp time);

  Loaded load(const BatchKeys& keys);
  void write(const Writer& writer, const Changes& changes);

 private:
  // A flow that the batch has touched: as it is stored, and what is to be written to it.
  struct LoadedFlow {
    std::int64_t number = 0;
    bool is_stored = false;
    std::optional<OrderStatus> order_status;  // as stored; none: no order is
    std::optional<sql::SagaCounter> saga;     // as stored; none: no saga is
    const Order* order = nullptr;
    const Saga* saga_change = nullptr;
    const Changes::Reservations* reservations = nullptr;
    bool is_new_order = false, is_new_saga = false;
  };

  void load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded);
  void load_stocks(const std::vector<StockKey>& keys, Loaded& loaded);
  void look_up_new(const Changes& changes);
  LoadedFlow& touch(OrderId id);
  std::int64_t number_of(OrderId id);
  LoadedFlow& read(OrderId id, Flow& flow);
  bool take_recent(OrderId id, Loaded& loaded);
  LoadedFlow& know_stored(OrderId id, std::int64_t number, const Flow& flow, bool has_order);
  void set(const Order& order, bool is_new);
  void set(const Saga& saga, bool is_new);
  void write_flows();
  NewFlow begin_flow(OrderId id, LoadedFlow& known);
  void update_flow(const LoadedFlow& known);
  void write_parts(const Changes& changes);
  void write_events(const Writer& writer, const std::vector<const Event*>& events);
  void count(const LoadedFlow& known);

  SqliteTables& tables_;
  sql::RecentFlows& recent_;
  NodeRow node_;
  StoredProgress progress_;
  Timestamp time_;
  std::unordered_map<OrderId, LoadedFlow> known_;
  std::pair<OrderId, LoadedFlow*> last_touched_;  // what belongs to one flow mostly comes together
  std::vector<OrderId> changed_;                  // in the order in which they are to be written
  sql::CountChanges counts_;
};

}  // namespace sagactl::sqlite
