// The table of payments. A payment's key consists of its flow's number and its execution.
#pragma once

#include <cstdint>
#include <vector>

#include "server/adapters/sql/interned_names.hpp"
#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/rows_by_flow.hpp"
#include "server/participants/payment.hpp"

namespace sagactl::sqlite {

class PaymentTable {
 public:
  static constexpr int execution_max = 4095;

  PaymentTable(SqliteConnection& connection, sql::InternedNames& names);

  void insert(const PartsOfFlows<Payment>& payments);
  void update(std::int64_t flow, const Payment& payment);
  void read(std::int64_t flow, OrderId order, std::vector<Payment>& payments);
  RowsByFlow by_flow();  // whose rows read_row reads
  Payment read_row(SqliteStatement& row, OrderId order);

 private:
  sql::InternedNames& names_;
  Query insert_, update_, read_;
  SqliteConnection& connection_;
};

}  // namespace sagactl::sqlite
