// The changes of one stock, put together by their versions in whatever order they are seen. Of changes that
// follow each other only the first and the last are kept: memory is needed for the gaps.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "analysis/stock/stock_facts.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// One change of a stock, as its event tells it.
struct StockChange {
  enum class Way : std::uint8_t {
    set,         // by an operator
    reserved,    // available -> reserved
    sold,        // reserved -> sold
    sold_anew,   // available -> sold: the reservation had expired
    given_back,  // reserved -> available
    returned,    // sold -> available
  };
  Way way = Way::set;
  StockLevel after;
  std::int64_t quantity = 0;  // that was moved
  Timestamp at;
  OrderId order;                   // nil: none, an operator has set it
  const NodeName* node = nullptr;  // outlives this

  // What there was when nothing but this was moved. Of a setting only what is reserved and sold means
  // anything.
  StockLevel before() const;
  bool may_follow(const StockChange& earlier) const;
  Json row(const StockKey& key) const;  // as a witness shows it
};

class StockChain {
 public:
  struct Misfit {
    std::optional<StockChange> earlier;  // none: it is not kept any more
    StockChange later;
    bool twice = false;  // both are of one version
  };

  // What is wrong between this change and those that were seen; it is part of the chain in any case.
  std::optional<Misfit> take(const StockChange& change);

  bool empty() const { return runs_.empty(); }
  const StockChange& first() const { return runs_.begin()->second.first; }
  const StockChange& last() const { return runs_.rbegin()->second.last; }
  // The changes at both sides of the first gap; nothing when there is none.
  std::optional<Misfit> gap() const;

 private:
  struct Run {
    StockChange first, last;
  };
  std::map<int, Run> runs_;  // by the first version
};

}  // namespace sagactl
