// Reads a history once and shows it to all observers.
#pragma once

#include <span>
#include <vector>

#include "analysis/history/flow_facts.hpp"

namespace sagactl {

// Gets the settings of stock, then each flow, each event and each claim, once; keeps only a few words per flow. Events
// and claims come from another thread than flows, perhaps at the same time: what both use must be apart.
class Observer {
 public:
  virtual ~Observer() = default;
  // Every setting of stock by an operator; called once, before the flows.
  virtual void on_stock_events(const std::vector<StockSetFacts>&) {}
  virtual void on_flow(const FlowFacts& flow) = 0;
  // Every event of the database, by node and sequence, including flows outside the filter; only when wanted.
  virtual bool wants_events() const { return false; }
  virtual void on_event(const NodeName&, std::int64_t /*sequence*/, Timestamp /*occurred_at*/) {}
  // Every claim of the database, in no particular order, including orders outside the filter; only when wanted.
  virtual bool wants_claims() const { return false; }
  virtual void on_claim(const Claim&) {}
};

// The rest of a snapshot.
struct ClusterSnapshot {
  std::vector<NodeInfo> nodes;
  std::vector<Stock> stocks;
  Timestamp taken_at;
  bool complete = true;        // every flow was read; false: only those that pass the filter
  bool has_all_events = true;  // every event that was ever written is stored; false: some were deleted
};

Result<ClusterSnapshot> read_history(History& history, const HistoryFilter& filter,
                                     std::span<Observer* const> observers);

}  // namespace sagactl
