// The statistics that the reports need.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sagactl {

struct Interval {
  double low = 0, high = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// The 95 % interval of a share of which `hits` of `trials` were seen (Wilson, "Probable inference", 1927):
// unlike the normal approximation it stays within [0, 1] and holds for small counts. [0, 1] without trials.
Interval wilson(std::uint64_t hits, std::uint64_t trials);

// Pearson's test that all cells have the same expected count. None when that is not above 5, or for one cell.
struct ChiSquare {
  double statistic = 0;
  int degrees = 0;
  double p = 1;  // probability that random routing gives counts at least as uneven
};
std::optional<ChiSquare> chi_square_even(std::span<const std::uint64_t> counts);

double median(std::vector<double> values);  // of at least one

// By how much `after` lies above `before`, of which neither may be empty: the median of all differences (Hodges and
// Lehmann, 1963), and its 95 % interval by the test of Mann and Whitney, exact and without assuming a
// distribution. No interval with too few values: four on each side are enough, three with three are not.
struct Shift {
  double estimate = 0;
  std::optional<Interval> interval;
};
Shift shift_between(std::span<const double> before, std::span<const double> after);

// The 95 % interval of the mean that `values` vary around, by Student's distribution. None for fewer than three.
std::optional<Interval> interval_of_mean(std::span<const double> values);

}  // namespace sagactl
