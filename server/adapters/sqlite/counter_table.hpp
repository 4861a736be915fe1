// How many orders, sagas and events there are of each status and type, counted as they change so that nobody
// has to count them.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "server/adapters/sqlite/names.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::sqlite {

// What one batch adds and takes.
struct CountChanges {
  std::map<OrderStatus, std::int64_t> orders;
  std::map<std::pair<std::int64_t, SagaStatus>, std::int64_t> sagas;  // by the definition's number
  std::map<EventType, std::int64_t> events;
};

class CounterTable {
 public:
  CounterTable(Connection& connection, Names& names);

  void add(const CountChanges& changes);  // writes each changed counter once
  Counts read();                          // without `unpublished_events`

 private:
  void add(std::string_view kind, std::int64_t what, std::int64_t n);

  Names& names_;
  Query add_, read_;
};

}  // namespace sagactl::sqlite
