// The life of a paid order as it reaches a store: what its two commits write, with texts of the size that the
// engine makes.
#pragma once

#include <vector>

#include "common/random.hpp"
#include "server/ports/store.hpp"

namespace sagactl::bench {

struct OrderLife {
  Flow placed;  // order, saga, payment and the first barrier
  Claim claim;
  std::vector<Event> placing;  // 2
  Flow paid;                   // with two more barriers
  std::vector<Event> paying;   // 6
};

// Events get their place in the sequence and their time when they are written.
OrderLife make_life(Random& random, Timestamp now, const Owner& owner);

}  // namespace sagactl::bench
