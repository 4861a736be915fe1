// The table of payments. A payment's key is made of its flow's number and its execution.
#pragma once

#include <cstdint>
#include <vector>

#include "server/adapters/sqlite/names.hpp"
#include "server/adapters/sqlite/rows_by_flow.hpp"
#include "server/participants/payment.hpp"

namespace sagactl::sqlite {

class PaymentTable {
 public:
  static constexpr int execution_max = 4095;

  PaymentTable(Connection& connection, Names& names);

  void insert(std::int64_t flow, const Payment& payment);
  void update(std::int64_t flow, const Payment& payment);
  void read(std::int64_t flow, OrderId order, std::vector<Payment>& payments);
  RowsByFlow by_flow();  // whose rows read_row reads
  Payment read_row(Statement& row, OrderId order);

 private:
  Names& names_;
  Query insert_, update_, read_;
  Connection& connection_;
};

}  // namespace sagactl::sqlite
