// The flows that a node has just begun: most are loaded again by one of its next batches, which then need not read and
// decode their rows. Not for several threads at once.
//
// What is kept is only right while the stored rows are those that were written. The store makes sure of that: SQLite by
// its data version, PostgreSQL by the transaction that wrote the row, and both forget everything with a transaction
// that failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>

#include "server/ports/store.hpp"

namespace sagactl::sql {

class RecentFlows {
 public:
  struct RecentFlow {
    Flow flow;
    std::int64_t mark = 0;  // what the store needs to know of its row
  };

  // Keeps at most `max` flows, those that began last.
  explicit RecentFlows(std::size_t max = 2'048) : generation_max_(max / 2) {}

  // The flow as it was written; none when it is not kept. Whoever takes it may change it, so it is not kept any longer.
  std::optional<RecentFlow> take(OrderId id);
  bool has(OrderId id) const { return recent_.contains(id) || older_.contains(id); }
  // Keeps copies of the flows that begin with these changes: of orders whose sagas go on, and that are not large.
  void put_new(const Changes& changes, const std::function<std::int64_t(OrderId)>& mark_of);
  void clear();

 private:
  using Flows = std::unordered_map<OrderId, RecentFlow>;

  void put(Flows begun);

  const std::size_t generation_max_;
  Flows recent_, older_;
};

}  // namespace sagactl::sql
