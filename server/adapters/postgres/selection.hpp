// What a listing asks for, as SQL: the conditions with their values. Conditions that an index is made for are
// repeated in its own words, so that it is used.
#pragma once

#include <string>
#include <vector>

#include "server/adapters/postgres/connection.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::postgres {

class Selection {
 public:
  Selection& where(std::string condition);
  // `{}` in the condition stands for the value.
  template <class Value>
  Selection& where(std::string_view condition, const Value& value) {
    parameters_.add(value);
    return where_numbered(condition);
  }

  void send_page(Connection& connection, const Page& page) const;  // newest first
  void send_count(Connection& connection) const;

 private:
  Selection& where_numbered(std::string_view condition);

  std::vector<std::string> conditions_;
  Parameters parameters_;
};

Selection select_orders(const OrderFilter& filter);
Selection select_sagas(const SagaFilter& filter);

// Sends the statement that finds the newest events which fit.
void send_event_search(Connection& connection, const EventFilter& filter);

}  // namespace sagactl::postgres
