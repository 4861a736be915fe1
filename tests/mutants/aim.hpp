// Selects one of the occasions for a fault, by the seed.
#pragma once

#include <cstdint>

#include "common/random.hpp"

namespace sagactl::mutants {

class Aim {
 public:
  static constexpr std::uint64_t occasions = 7;  // one of the first 7 is selected

  explicit Aim(std::uint64_t seed) : chosen_(Random(seed).below(occasions)) {}

  // Called at every occasion, in order. True: plant the fault now.
  bool hits() { return seen_++ == chosen_; }

 private:
  std::uint64_t chosen_;
  std::uint64_t seen_ = 0;
};

}  // namespace sagactl::mutants
