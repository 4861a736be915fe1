// One batch: loads what it touches, and writes what has become of that. Lives within one write transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "server/adapters/sqlite/tables.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

class Batch {
 public:
  // `time` is what the batch is told; nothing that it writes may be before that.
  Batch(Tables& tables, const NodeRow& node, ProgressTable::Row progress, Timestamp time);

  Loaded load(const BatchKeys& keys);
  void write(const Writer& writer, const Changes& changes);

 private:
  // A flow that the batch has met: as it is stored, and what is to be written to it.
  struct Known {
    std::int64_t number = 0;
    bool is_stored = false;
    std::optional<OrderStatus> order_status;  // as stored; null: no order is
    std::optional<std::pair<std::int64_t, SagaStatus>> saga;
    const Order* order = nullptr;
    const Saga* saga_change = nullptr;
    const Changes::Reservations* reservations = nullptr;
    bool is_new_order = false, is_new_saga = false;
  };

  void load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded);
  void load_stocks(const std::vector<StockKey>& keys, Loaded& loaded);
  Known& meet(OrderId id);
  std::int64_t number_of(OrderId id);
  Known& read(OrderId id, Flow& flow);
  void set(const Order& order, bool is_new);
  void set(const Saga& saga, bool is_new);
  void write_flow(OrderId id, Known& known);
  void write_parts(const Changes& changes);
  void write_events(const Writer& writer, const std::vector<const Event*>& events);
  void count(const Known& known);

  Tables& tables_;
  NodeRow node_;
  ProgressTable::Row progress_;
  Timestamp time_;
  std::unordered_map<OrderId, Known> known_;
  std::pair<OrderId, Known*> last_met_;  // what belongs to one flow mostly comes together
  std::vector<OrderId> changed_;         // in the order in which they are to be written
  CountChanges counts_;
};

}  // namespace sagactl::sqlite
