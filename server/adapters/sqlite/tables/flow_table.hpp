// The table of flows: an order and its saga in one row, since they are created, loaded and changed together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/compact_text.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

// A flow to insert, without the parts that are null. `writer`: the number of the node that writes it.
struct NewFlow {
  std::int64_t number = 0;
  OrderId id;
  const Order* order = nullptr;
  const Saga* saga = nullptr;
  const Changes::Reservations* reservations = nullptr;
  std::int64_t writer = 0;
};

class FlowTable {
 public:
  // What read_row reads, for composed statements.
  static const std::string& columns();

  FlowTable(SqliteConnection& connection, sql::InternedNames& names);

  // The number of a flow, or 0.
  std::int64_t find(OrderId id);
  // Which of these flows there are.
  std::unordered_set<OrderId> find(const std::vector<OrderId>& ids);
  // Reads order, saga and reservations. The number, or 0 when there is no such flow.
  std::int64_t read(OrderId id, Flow& flow, bool& has_order);
  bool read(std::int64_t number, Flow& flow, bool& has_order);
  // Reads the current row of a statement that selects `columns`. Gives the number.
  std::int64_t read_row(SqliteStatement& row, Flow& flow, bool& has_order);

  void insert(const std::vector<NewFlow>& flows);
  // Add an order or a saga to a flow that has none.
  void fill(std::int64_t number, const Order& order);
  void fill(std::int64_t number, const Saga& saga);
  // Write the columns that can change of an order, of a saga, or of both.
  void update(std::int64_t number, const Order& order);
  void update(std::int64_t number, const Saga& saga);
  void update(std::int64_t number, const Order& order, const Saga& saga);
  void update(std::int64_t number, const Changes::Reservations& reservations);
  void set_writer(std::int64_t number, std::int64_t node);
  void drop_if_empty(std::int64_t number);  // when everything of it was deleted, and it holds no stock

 private:
  // `Parameters`: a SqliteStatement, or GivenRows.
  void add(const NewFlow& flow, GivenRows& rows);
  template <class Parameters>
  void bind_order(Parameters& parameters, const Order& order);
  template <class Parameters>
  void bind_saga(Parameters& parameters, const Saga& saga);
  template <class Parameters>
  void bind_order_state(Parameters& parameters, const Order& order);
  template <class Parameters>
  void bind_reservations(Parameters& parameters, const Changes::Reservations& reservations);
  template <class Parameters>
  void bind_saga_state(Parameters& parameters, const Saga& saga);
  template <class Parameters>
  void bind_own(Parameters& parameters, const Saga& saga);  // of a user's saga
  template <class Parameters>
  void bind_kept(Parameters& parameters, const Saga& saga);

  sql::InternedNames& names_;
  Query find_, find_several_, read_by_id_, read_by_number_, insert_, fill_order_, fill_saga_, update_order_,
      update_saga_, set_own_, update_own_, update_lra_, update_both_, update_reservations_, set_writer_, drop_;
  // Bound texts, until the statement has run.
  std::string items_, steps_, step_errors_, retries_, reservations_, kept_;
  CompactText idempotency_key_, payment_id_, correlation_;
};

}  // namespace sagactl::sqlite
