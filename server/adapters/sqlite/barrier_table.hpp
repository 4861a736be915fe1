// The table of barriers. Most of them are nothing but a key: flow, step, attempt, direction.
#pragma once

#include <cstdint>
#include <vector>

#include "server/adapters/sqlite/query.hpp"
#include "server/participants/flow.hpp"

namespace sagactl::sqlite {

class BarrierTable {
 public:
  static constexpr int step_max = 63, attempt_max = 4095;

  explicit BarrierTable(Connection& connection);

  void insert(std::int64_t flow, const Barrier& barrier);
  void read(std::int64_t flow, std::vector<Barrier>& barriers);

 private:
  Query insert_, read_;
};

}  // namespace sagactl::sqlite
