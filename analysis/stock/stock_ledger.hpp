// The books of some kinds of stock: every change that events tell of, what orders hold and have bought, and
// the rows of the stock itself. All of them have to say the same.
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
  // Adds what is wrong to `violations`, which outlives this.
  StockLedger(std::initializer_list<StockKind> kinds, Violations& violations)
      : kinds_(kinds), violations_(violations) {}

  void see_stock_events(const std::vector<StockSetFacts>& events);
  void see(const FlowFacts& facts);
  void finish(const ClusterSnapshot& snapshot);

  // After finish: whether there is any such stock, or was.
  bool empty() const { return books_.empty(); }
  std::uint64_t stocks(StockKind kind) const;
  std::uint64_t changes() const { return changes_; }

 private:
  // A stock that was deleted and made again begins anew, with version 1.
  struct Life {
    Timestamp since;
    StockChain chain;
  };
  struct Book {
    std::vector<Life> lives = {};                // by time; one at least
    std::int64_t reserved = 0, sold = 0;         // of the orders, in the last life
    std::vector<std::pair<Timestamp, std::int64_t>> held = {};  // the same of what is reserved, by when it was
    std::optional<StockChange> unmoved = {};     // a change that tells nothing of the stock
    OrderId last_holder = {};                    // an order that has a part in it, as an example
  };

  bool is_mine(StockKind kind) const;
  Book& book(const StockKey& key) { return books_[key]; }
  static Life& life_at(Book& book, Timestamp at);
  void take(const StockKey& key, const StockChange& change);
  void see_reservation(const FlowFacts& facts, const Reservation& reservation);
  void see_events(const FlowFacts& facts, const AggregateFacts& history, StockKind kind);
  void compare(const Stock& row, const Book& book);
  void compare_held(const Stock& row, const Book& book);
  void look_for_gaps(const StockKey& key, const Book& book);
  void add(std::string what, std::string rule, Json rows);

  const std::vector<StockKind> kinds_;
  Violations& violations_;
  std::map<StockKey, Book> books_;
  std::set<NodeName> nodes_;  // for the changes to point at
  std::uint64_t changes_ = 0;
};

}  // namespace sagactl
