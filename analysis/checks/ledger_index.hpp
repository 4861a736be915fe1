// A client's ledger, and the orders of its run as the database has them, found from each other. There may be millions
// of both, so of each little is kept: a request goes by its place in the ledger, and an order by its place here.
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

// An order of the run, as the database has it.
struct RunOrder {
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  OrderId id;
  UserId user;
  Money total;
  Timestamp created_at;
  Timestamp ended_at;          // when it was cancelled or failed; 0: it is live
  std::uint32_t group = 0;
  std::uint32_t sent = none;   // the request that sent its correlation
  std::uint32_t told = none;   // the request that was told that it was accepted as this order
  std::uint32_t before = none; // the order before it that has the same correlation
  std::uint16_t node = 0;      // see LedgerIndex::node_of
  OrderKind kind = OrderKind::single;
  OrderStatus status = OrderStatus::pending;
  bool reopened = false;       // it was live again after it had ended
  bool traced = false;         // it has a correlation such as a ledger could know
};

// Built while the history is read; what it finds is good as long as it lives.
class LedgerIndex final : public Observer {
 public:
  // The ledger must outlive this.
  LedgerIndex(const Ledger& ledger, const Scratch& scratch);

  void see(const FlowFacts& facts) override;
  void settle();  // after everything was seen, and before anything is looked for

  const Ledger& ledger() const { return ledger_; }
  const Records<RunOrder>& orders() const { return orders_; }  // by creation
  NodeName node_of(const RunOrder& order) const { return nodes_.name(order.node); }

  // Of an entry of the ledger.
  const RunOrder* order_named(const LedgerEntry& entry) const;              // that its answer named
  std::vector<const RunOrder*> orders_of(const LedgerEntry& entry) const;  // with the correlation that it sent
  // Of an order of the run.
  const LedgerEntry* request_told(const RunOrder& order) const;  // that was told that it was accepted as this order
  const LedgerEntry* request_of(const RunOrder& order) const;    // that it came from, as far as it can be told

  // As a witness shows them.
  Json row_of(const LedgerEntry& entry) const;
  Json row_of(const RunOrder& order) const;

 private:
  // The places of the requests whose answer named this order.
  void each_answer(OrderId order, const std::function<void(std::uint32_t)>& visit) const;
  const LedgerEntry* request(std::uint32_t place) const;

  const Ledger& ledger_;
  NodeNumbers nodes_;
  RecordCollector<RunOrder> seen_;
  Records<RunOrder> orders_;  // the same, when everything was seen
  UuidIndex answered_;  // the orders that answers named, into the ledger's entries
  // By the place of a request, the number of an order: the one that its answer named, and the last of those with the
  // correlation that it sent.
  std::vector<std::uint32_t> named_, made_;
};

}  // namespace sagactl
