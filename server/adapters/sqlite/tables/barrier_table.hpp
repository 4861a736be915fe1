// The table of barriers. Most rows are only a key: flow, step, execution, direction.
#pragma once

#include <cstdint>
#include <vector>

#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/adapters/sqlite/file/query.hpp"
#include "server/adapters/sqlite/tables/rows_by_flow.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::sqlite {

class BarrierTable {
 public:
  static constexpr int step_max = 63, execution_max = 4095;

  explicit BarrierTable(SqliteConnection& connection);

  void insert(const PartsOfFlows<Barrier>& barriers);
  void read(std::int64_t flow, std::vector<Barrier>& barriers);
  RowsByFlow by_flow();  // whose rows read_row reads
  static Barrier read_row(SqliteStatement& row);

 private:
  Query insert_, read_;
  SqliteConnection& connection_;
};

}  // namespace sagactl::sqlite
