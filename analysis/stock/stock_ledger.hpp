// Compares, for some kinds of stock, every change that events record, what orders hold and have bought, and the stock's
// own rows. All of them must agree.
#pragma once

#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/history/observer.hpp"
#include "analysis/stock/stock_chain.hpp"
#include "analysis/violations.hpp"

namespace sagactl {

class StockLedger {
 public:
  // Violations are added to `violations`, which outlives this.
  StockLedger(std::initializer_list<StockKind> kinds, Violations& violations)
      : kinds_(kinds), violations_(violations) {}

  void on_stock_events(const std::vector<StockSetFacts>& events);
  void on_flow(const FlowFacts& facts);
  void finish(const ClusterSnapshot& snapshot);

  // After finish: whether there never was such a stock.
  bool empty() const { return accounts_.empty(); }
  std::uint64_t stocks(StockKind kind) const;
  std::uint64_t changes() const { return changes_; }

 private:
  // A stock that was deleted and created again starts over with version 1.
  struct StockIncarnation {
    Timestamp since;
    StockChain chain;
  };
  struct StockAccount {
    std::vector<StockIncarnation> incarnations = {};            // by time; at least one
    std::int64_t reserved = 0, sold = 0;                        // by the orders, in the last incarnation
    std::vector<std::pair<Timestamp, std::int64_t>> held = {};  // what orders hold, by the time of reservation
    std::optional<StockChange> unmoved = {};                    // an event without the stock's new quantities
    OrderId last_holder = {};                                   // one of the orders that hold or bought it
  };

  bool is_mine(StockKind kind) const;
  StockAccount& account(const StockKey& key) { return accounts_[key]; }
  static StockIncarnation& incarnation_at(StockAccount& account, Timestamp at);
  void take(const StockKey& key, const StockChange& change);
  void see_reservation(const FlowFacts& facts, const Reservation& reservation);
  void see_events(const FlowFacts& facts, const AggregateFacts& history, StockKind kind);
  void compare(const Stock& row, const StockAccount& account);
  void compare_held(const Stock& row, const StockAccount& account);
  void find_gaps(const StockKey& key, const StockAccount& account);
  void add(std::string what, std::string rule, Json rows);

  const std::vector<StockKind> kinds_;
  Violations& violations_;
  std::map<StockKey, StockAccount> accounts_;
  std::set<NodeName> nodes_;  // that the changes point to
  std::uint64_t changes_ = 0;
};

}  // namespace sagactl
