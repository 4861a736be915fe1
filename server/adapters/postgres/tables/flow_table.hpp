// The table of flows: an order with its saga, payments and barriers in one row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/sql/table_rows.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

// Groups of columns of a flow's row. An origin never changes.
enum FlowPart : unsigned {
  part_order_origin = 1,
  part_order = 2,
  part_saga_origin = 4,
  part_saga = 8,
  part_payments = 16,
  part_barriers = 32,
  part_reservations = 64,
  part_writer = 128,      // not of a new flow with an order: that is the order's node
  part_own_origin = 256,  // of users' sagas alone
  part_own = 512,
  part_lra = 1024,  // of an LRA that is stored: its definition grows
  // No part: of part_saga the owner stays. An update leaves it out, so that the trigger of its columns has no work.
  part_same_owner = 2048,
  part_all = 127,  // of a new flow with an order
};

// One flow to be written. What is missing is written as null.
struct FlowChange {
  OrderId id;
  const Order* order = nullptr;
  const Saga* saga = nullptr;
  std::string payments = {}, payment_facts = {}, barriers = {};  // as texts
  const Changes::Reservations* reservations = nullptr;
  std::int64_t writer = 0;  // the number of its node
};

// Writes many flows by one statement: the same parts of each. They are sent as one array of the type flow_row, in which
// the other parts are null.
class FlowWriter {
 public:
  enum class Mode { insert, update };

  // `row_type` is the OID of flow_row.
  FlowWriter(Mode mode, unsigned parts, std::uint32_t row_type);
  FlowWriter(const FlowWriter&) = delete;
  FlowWriter& operator=(const FlowWriter&) = delete;

  void add(const FlowChange& change, sql::InternedNames& names);
  void send(PostgresConnection& connection);  // leaves this unusable

 private:
  void add_payments(const FlowChange& change);
  void add_reservations(const Changes::Reservations* reservations);
  void add_order_origin(const Order& order, sql::InternedNames& names);
  void add_order(const Order& order);
  void add_saga_origin(const Saga& saga, sql::InternedNames& names);
  void add_saga(const Saga& saga, sql::InternedNames& names);
  void add_own_origin(const Saga& saga);
  void add_own(const Saga& saga);
  void add_definition(const Saga& saga);
  void add_grown_definition(const Saga& saga);
  void add_nulls(FlowPart part);
  void put(std::int64_t number);
  void put(std::string_view text);
  void put(const Uuid& id);
  void put_unless_empty(std::string_view text);

  const Mode mode_;
  const unsigned parts_;
  std::string bytes_;
  ParameterRows rows_;
  std::string text_;
};

// What read_flow reads, of the table with the alias f.
const std::string& flow_columns();

struct StoredFlow {
  Flow flow;
  bool has_order = false;
};
// The current row.
template <class Row>
StoredFlow read_flow(Row& row, sql::InternedNames& names) {
  StoredFlow stored;
  Flow& flow = stored.flow;
  stored.has_order = sql::read_order_and_saga(row, flow, names);
  flow.payments = sql::read_payments(row.text(), flow.order, names);
  flow.barriers = sql::read_barriers(row.text());
  flow.reservations = sql::value_or_fail(read_reservations(row.text()));
  if (row.is_null()) {
    row.skip();
    flow.writer = flow.order.node;
  } else {
    flow.writer = names.node(row.integer());
  }
  sql::read_payment_facts(row.text(), flow.payments);
  return stored;
}

}  // namespace sagactl::postgres
