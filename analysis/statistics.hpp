// The few statistics that the reports need.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace sagactl {

struct Interval {
  double low = 0, high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// The 95 % interval of a share of which `hits` of `trials` were seen (Wilson, "Probable inference", 1927):
// unlike the usual one it stays within [0, 1] and is right for small counts. [0, 1] for no trials.
Interval wilson(std::uint64_t hits, std::uint64_t trials);

// Pearson's test that all cells have the same expected count. None when that is not above 5, or for one cell.
struct ChiSquare {
  double statistic = 0;
  int degrees = 0;
  double p = 1;  // that even routing at random gives counts at least as uneven
};
std::optional<ChiSquare> chi_square_even(std::span<const std::uint64_t> counts);

}  // namespace sagactl
