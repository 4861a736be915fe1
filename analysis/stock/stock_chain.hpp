// The changes of one stock, joined by their versions in whatever order they arrive. Of consecutive changes only the
// first and the last are kept, so memory grows only with the gaps.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "analysis/stock/stock_facts.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// Where the units of a change came from and went to.
enum class StockMovement : std::uint8_t {
  set,                // by an operator
  reserved,           // available -> reserved
  sold,               // reserved -> sold
  sold_after_expiry,  // available -> sold: the reservation had expired
  released,           // reserved -> available
  returned,           // sold -> available
};

// One change of a stock, as its event records it.
struct StockChange {
  StockMovement movement = StockMovement::set;
  StockLevel after;
  std::int64_t quantity = 0;  // that was moved
  Timestamp at;
  OrderId order;                   // nil: set by an operator
  const NodeName* node = nullptr;  // outlives this

  // The level before the change, if only this movement happened. Of `set` only reserved and sold are meaningful.
  StockLevel before() const;
  bool may_follow(const StockChange& earlier) const;
  Json row(const StockKey& key) const;  // for a witness
};

// Two changes that do not follow each other.
struct StockMismatch {
  std::optional<StockChange> earlier;  // none: it is not kept any more
  StockChange later;
  bool twice = false;  // both have the same version
};

class StockChain {
 public:
  // Adds a change; returns what is wrong between it and its neighbours, if anything.
  std::optional<StockMismatch> take(const StockChange& change);

  bool empty() const { return ranges_.empty(); }
  const StockChange& first() const { return ranges_.begin()->second.first; }
  const StockChange& last() const { return ranges_.rbegin()->second.last; }
  // The changes on both sides of the first gap; nothing: there is no gap.
  std::optional<StockMismatch> gap() const;

 private:
  struct VersionRange {
    StockChange first, last;
  };
  std::map<int, VersionRange> ranges_;  // by first version
};

}  // namespace sagactl
