// A client's ledger, and the orders of its run as the database has them, found from each other.
#pragma once

#include <optional>
#include <vector>

#include "analysis/check.hpp"
#include "analysis/uuid_index.hpp"
#include "loadgen/ledger.hpp"

namespace sagactl {

// An order of the run, as the database has it.
struct RunOrder {
  OrderId id;
  UserId user;
  OrderKind kind = OrderKind::single;
  std::uint32_t group = 0;
  OrderStatus status = OrderStatus::pending;
  Money total;
  NodeName node;
  Timestamp created_at;
  std::optional<Timestamp> ended_at = std::nullopt;  // when it was cancelled or failed; none: it is live
  bool reopened = false;                             // it was live again after it had ended
  Uuid correlation;  // that it is traced by; nil: not one that a ledger could know
};

// Built while the history is read; what it finds is good as long as it lives.
class LedgerIndex final : public Observer {
 public:
  // The ledger must outlive this.
  explicit LedgerIndex(const Ledger& ledger);

  void see(const FlowFacts& facts) override;
  // After everything was seen, and before anything is looked for.
  void settle();

  const Ledger& ledger() const { return ledger_; }
  const std::vector<RunOrder>& orders() const { return orders_; }  // by creation
  const RunOrder* find_order(const Uuid& id) const;
  std::vector<const RunOrder*> orders_of(
      const LedgerEntry& entry) const;                             // with the correlation that it sent
  const LedgerEntry* request_with(const Uuid& correlation) const;  // that sent it
  const LedgerEntry* request_told(const Uuid& order) const;        // that it was accepted as this order
  // The request that an order came from, as far as it can be told.
  const LedgerEntry* request_of(const RunOrder& order) const;

  Json request_row(const LedgerEntry& entry) const;  // as a witness shows it

 private:
  const Ledger& ledger_;
  std::vector<RunOrder> orders_;
  UuidIndex by_id_, by_correlation_;  // into orders_
  UuidIndex sent_;                    // correlation, into the ledger's entries
  UuidIndex told_;                    // order, into the ledger's entries
};

Json row_of(const RunOrder& order);

}  // namespace sagactl
