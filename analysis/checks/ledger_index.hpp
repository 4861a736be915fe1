// Finds the orders of a run from a client's ledger entries, and the entries from the orders. There may be millions of
// both, so references are small: a request is referred to by its place in the ledger, an order by its place here.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "analysis/check.hpp"
#include "analysis/history/node_numbers.hpp"
#include "analysis/history/uuid_index.hpp"
#include "common/records/record_collector.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

// An order of the run, or a user's saga, from the database.
struct RunOrder {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  OrderId id;
  UserId user;
  Money total;
  Timestamp created_at;
  Timestamp ended_at;  // when it was cancelled or failed; 0: it is live
  std::uint32_t group = 0;
  std::uint32_t sent_by = none;      // the request that sent its correlation
  std::uint32_t accepted_as = none;  // the request that was accepted as this order
  std::uint32_t previous = none;     // the order before it with the same correlation
  std::uint16_t node = 0;            // see LedgerIndex::node_of
  OrderKind kind = OrderKind::single;
  OrderStatus status = OrderStatus::pending;
  std::optional<SagaStatus> saga = {};  // of a user's saga: it has no status as an order, user and total
  bool reopened = false;                // it was live again after it had ended
  bool traced = false;                  // its correlation is one that a ledger could have sent

  bool is_undone() const { return saga ? *saga == SagaStatus::compensated : !is_live(status); }
};

// Built while the history is read; the pointers that it returns are valid as long as it lives.
class LedgerIndex final : public Observer {
 public:
  // The ledger must outlive this.
  LedgerIndex(const Ledger& ledger, const Scratch& scratch);

  void on_flow(const FlowFacts& facts) override;
  void finish_reading();  // after all flows, before any lookup

  const Ledger& ledger() const { return ledger_; }
  const Records<RunOrder>& orders() const { return orders_; }  // by creation
  NodeName node_of(const RunOrder& order) const { return nodes_.name(order.node); }

  // By an entry of the ledger.
  const RunOrder* order_named(const LedgerEntry& entry) const;             // the order that its answer named
  std::vector<const RunOrder*> orders_of(const LedgerEntry& entry) const;  // with the correlation that it sent
  // By an order of the run.
  const LedgerEntry* request_accepted_as(const RunOrder& order) const;
  const LedgerEntry* request_of(const RunOrder& order) const;  // the one that created it; null: unknown

  // Rows for a witness.
  Json row_of(const LedgerEntry& entry) const;
  Json row_of(const RunOrder& order) const;

 private:
  // Visits the places of the requests whose answer named this order.
  void each_answer(OrderId order, const std::function<void(std::uint32_t)>& visit) const;
  const LedgerEntry* request(std::uint32_t place) const;

  const Ledger& ledger_;
  NodeNumbers nodes_;
  RecordCollector<RunOrder> seen_;
  Records<RunOrder> orders_;  // all of them, after finish_reading()
  UuidIndex answered_;        // from the orders that answers named to places in the ledger
  // By the place of a request, the place of an order: the one that its answer named, and the last one with the
  // correlation that it sent.
  std::vector<std::uint32_t> named_, last_correlated_;
};

}  // namespace sagactl
