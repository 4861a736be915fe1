// How many there are of what, kept as it changes: by each node in rows of its own.
#pragma once

#include <map>

#include "server/adapters/postgres/names.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::postgres {

extern const Statement sql_read_counters;
extern const Statement sql_fold_counters;  // counts what people have deleted

class CountChanges {
 public:
  void add(OrderStatus status, std::int64_t n) { counts_[{0, static_cast<int>(status)}] += n; }
  void add(std::int64_t definition, SagaStatus status, std::int64_t n);
  void add(EventType type, std::int64_t n) { counts_[{2, static_cast<int>(type)}] += n; }
  void send(Connection& connection, std::int64_t node);

 private:
  std::map<std::pair<int, std::int64_t>, std::int64_t> counts_;  // by kind and what
};

Counts read_counts(Rows rows, Names& names);  // without `unpublished_events`

}  // namespace sagactl::postgres
