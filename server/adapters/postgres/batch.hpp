// One batch: loads what it touches, and writes what has become of that. Lives within one write transaction.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

#include "server/adapters/postgres/counter_table.hpp"
#include "server/adapters/postgres/flow_table.hpp"
#include "server/adapters/postgres/server_time.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

class Batch {
 public:
  // `doubting`: the batch has been tried and something that it took for new was there. It looks first, now.
  Batch(Connection& connection, Names& names, ServerTime& server_time, const Writer& writer, bool doubting)
      : connection_(connection), names_(names), server_time_(server_time), writer_(writer), doubting_(doubting) {}

  // Locks the writer's own row and what `keys` name, and reads the clock after that: one round trip, or a second one
  // when there is stock to be loaded or something further. False: fenced.
  bool load(const BatchKeys& keys, Loaded& loaded);
  // What the batch is told; nothing that it writes may be before that.
  Timestamp time() const { return time_; }
  // Leaves everything ready to be sent with the commit.
  void write(const Changes& changes);

 private:
  // A flow that the batch has met: what is stored of it, and what is to be written to it.
  struct Known {
    bool is_stored = false, has_order = false, has_saga = false;
    OrderStatus order_status{};
    std::pair<std::int64_t, SagaStatus> saga_state;  // definition and status
    std::optional<UserId> user;                      // the order's
    std::vector<Payment> payments;
    std::vector<Barrier> barriers;
    const Order* order = nullptr;
    const Saga* saga = nullptr;
    const Changes::Reservations* reservations = nullptr;
    unsigned parts = 0;  // to be written
  };

  void load_dependent(const BatchKeys& keys, Loaded& loaded);
  void read_claims_of(const std::vector<KeyDigest>& keys, Rows rows, Loaded& loaded);
  void read_time(Rows row);
  void read_flows(Rows rows, std::vector<Flow>* flows);
  void read_unknown(const Changes& changes);
  Known& meet(OrderId id);
  void set(const Order& order, bool is_new);
  void set(const Saga& saga, bool is_new);
  void set(const Payment& payment, bool is_new);
  void set(OrderId order, const Barrier& barrier);
  void write_flows();
  void count(const Known& known);
  void write_claims(const std::vector<const Claim*>& claims);
  void write_stocks(const std::vector<const Stock*>& stocks);
  void write_replays(const std::vector<const Replay*>& replays);
  void check_events(const std::vector<const Event*>& events);

  Connection& connection_;
  Names& names_;
  ServerTime& server_time_;
  const Writer writer_;
  const bool doubting_;
  std::int64_t node_ = 0, last_sequence_ = 0;
  Timestamp time_, last_time_;
  std::unordered_map<OrderId, Known> known_;
  std::vector<OrderId> touched_;        // in the order in which they were
  std::set<KeyDigest> absent_claims_;   // were looked for
  std::set<StockKey> absent_stocks_;    // were looked for
  std::set<std::pair<UserId, std::string>> absent_replays_;
  CountChanges counts_;
};

}  // namespace sagactl::postgres
