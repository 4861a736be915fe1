// Which of the occasions for a fault is taken: one, chosen by the seed.
#pragma once

#include <cstdint>

#include "common/random.hpp"

namespace sagactl::mutants {

class Aim {
 public:
  static constexpr std::uint64_t occasions = 7;  // the fault is at one of the first so many

  explicit Aim(std::uint64_t seed) : chosen_(Random(seed).below(occasions)) {}

  // To be asked at every occasion, in order.
  bool hits() { return seen_++ == chosen_; }

 private:
  std::uint64_t chosen_;
  std::uint64_t seen_ = 0;
};

}  // namespace sagactl::mutants
