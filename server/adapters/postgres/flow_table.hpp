// The table of flows: an order with its saga, payments and barriers in one row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/adapters/postgres/names.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

// What a flow's row is made of. An origin never changes.
enum Part : unsigned {
  part_order_origin = 1,
  part_order = 2,
  part_saga_origin = 4,
  part_saga = 8,
  part_payments = 16,
  part_barriers = 32,
  part_reservations = 64,
  part_writer = 128,  // not of a new flow: that is the order's node
  part_all = 127,
};

// One flow to be written. What is missing is written as null.
struct FlowChange {
  OrderId id;
  const Order* order = nullptr;
  const Saga* saga = nullptr;
  std::string payments = {}, barriers = {};  // as texts
  const Changes::Reservations* reservations = nullptr;
  std::int64_t writer = 0;  // the number of its node
};

// Writes many flows by one statement: the same parts of each.
class FlowWriting {
 public:
  enum class Kind { insert, update };

  FlowWriting(Kind kind, unsigned parts);

  void add(const FlowChange& change, Names& names);
  void send(Connection& connection);

 private:
  void add_reservations(const Changes::Reservations* reservations);
  void add_order_origin(const Order& order, Names& names);
  void add_order(const Order& order);
  void add_saga_origin(const Saga& saga, Names& names);
  void add_saga(const Saga& saga, Names& names);
  void add_nulls(Part part);
  void put(std::int64_t number);
  void put(std::string_view text);
  void put(const Uuid& id);
  void put_unless_empty(std::string_view text);

  const Kind kind_;
  const unsigned parts_;
  std::vector<Array> columns_;
  std::size_t at_ = 0;  // the column that is next
};

// What read_flow reads, of a table that goes by the name f.
const std::string& flow_columns();

struct StoredFlow {
  Flow flow;
  bool has_order = false;
};
// The current row.
StoredFlow read_flow(Rows& row, Names& names);

}  // namespace sagactl::postgres
