// The table of barriers. Most of them are nothing but a key: flow, step, execution, direction.
#pragma once

#include <cstdint>
#include <vector>

#include "server/adapters/sqlite/query.hpp"
#include "server/adapters/sqlite/rows_by_flow.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::sqlite {

class BarrierTable {
 public:
  static constexpr int step_max = 63, execution_max = 4095;

  explicit BarrierTable(Connection& connection);

  void insert(std::int64_t flow, const Barrier& barrier);
  void read(std::int64_t flow, std::vector<Barrier>& barriers);
  RowsByFlow by_flow();  // whose rows read_row reads
  static Barrier read_row(Statement& row);

 private:
  Query insert_, read_;
  Connection& connection_;
};

}  // namespace sagactl::sqlite
