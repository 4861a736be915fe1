// The table `counter` holds how many orders, sagas and events there are of each status and type. It is kept up to date
// with every batch, so that nothing has to be counted by reading.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "server/adapters/sql/interned_names.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::sql {

// The column `kind`. PostgreSQL stores these numbers: never renumber.
enum class CounterKind : std::uint8_t { order = 0, saga = 1, event = 2 };

// The definition's number and the status.
using SagaCounter = std::pair<std::int64_t, SagaStatus>;

// What one batch adds to the counters.
class CountChanges {
 public:
  // From `before` (none: it is new) to `after`.
  void change(std::optional<OrderStatus> before, OrderStatus after);
  void change(const std::optional<SagaCounter>& before, const SagaCounter& after);
  void add(EventType type) { ++counts_[{CounterKind::event, static_cast<int>(type)}]; }
  void add(CounterKind kind, std::int64_t what, std::int64_t n) { counts_[{kind, what}] += n; }

  // Calls `visit(kind, what, n)` for every counter that changes, in the order of kind and what.
  template <class Visit>
  void each(const Visit& visit) const {
    for (const auto& [key, n] : counts_)
      if (n != 0) visit(key.first, key.second, n);
  }

 private:
  std::map<std::pair<CounterKind, std::int64_t>, std::int64_t> counts_;
};

// Puts a row of the table into `counts`.
void read_counter(CounterKind kind, std::int64_t what, std::int64_t n, InternedNames& names, Counts& counts);

}  // namespace sagactl::sql
