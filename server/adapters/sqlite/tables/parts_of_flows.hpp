// Rows to write that belong to flows: what a batch writes of them into one table.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace sagactl::sqlite {

// Each with the number of its flow.
template <class Part>
using PartsOfFlows = std::vector<std::pair<std::int64_t, const Part*>>;

}  // namespace sagactl::sqlite
