#include "analysis/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <numeric>

namespace sagactl {

Interval wilson(std::uint64_t hits, std::uint64_t trials) {
  if (trials == 0) return {0, 1};
  constexpr double z = 1.959963984540054;
  const double n = static_cast<double>(trials), p = static_cast<double>(hits) / n;
  const double scale = 1 + z * z / n;
  const double center = (p + z * z / (2 * n)) / scale;
  const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
  return {std::max(0.0, center - half), std::min(1.0, center + half)};
}

std::optional<ChiSquare> chi_square_even(std::span<const std::uint64_t> counts) {
  if (counts.size() < 2) return std::nullopt;
  const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
  const double expected = total / static_cast<double>(counts.size());
  if (expected <= 5) return std::nullopt;
  ChiSquare result;
  for (const std::uint64_t count : counts) {
    const double off = static_cast<double>(count) - expected;
    result.statistic += off * off / expected;
  }
  result.degrees = static_cast<int>(counts.size()) - 1;
  const boost::math::chi_squared_distribution<double> distribution(result.degrees);
  result.p = boost::math::cdf(boost::math::complement(distribution, result.statistic));
  return result;
}

}  // namespace sagactl
