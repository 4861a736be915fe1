// Reading a history once for everything that wants to look at it.
#pragma once

#include <span>
#include <vector>

#include "analysis/history/flow_facts.hpp"

namespace sagactl {

// Sees each setting of stock, then each flow, then each event and each claim, once; keeps at most a few words per flow.
class Observer {
 public:
  virtual ~Observer() = default;
  // Every time that an operator has set stock; told once, before the flows.
  virtual void see_stock_events(const std::vector<StockSetFacts>&) {}
  virtual void see(const FlowFacts& flow) = 0;
  // Every event of the database, by node and sequence, also those of flows outside the filter; only for those who
  // want them.
  virtual bool wants_events() const { return false; }
  virtual void see_event(const NodeName&, std::int64_t /*sequence*/, Timestamp /*occurred_at*/) {}
  // Every claim of the database, in no order, also those of orders outside the filter; only for those who want them.
  virtual bool wants_claims() const { return false; }
  virtual void see_claim(const Claim&) {}
};

// What else a snapshot holds.
struct ClusterSnapshot {
  std::vector<NodeInfo> nodes;
  std::vector<Stock> stocks;
  Timestamp taken_at;
  bool whole = true;  // every flow was seen; false: only those that the filter let through
  bool from_the_start = true;  // every event that was ever written is there; false: some were deleted
};

Result<ClusterSnapshot> read_history(History& history, const HistoryFilter& filter,
                                  std::span<Observer* const> observers);

}  // namespace sagactl
