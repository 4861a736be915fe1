#include "analysis/figures/statistics.hpp"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

namespace sagactl {
namespace {

// The number of ways to interleave n values with m others that have exactly u = 0, 1, 2 ... inverted pairs: the
// distribution of Mann and Whitney's statistic (1947), not normalized.
std::vector<double> rank_counts(std::size_t n, std::size_t m) {
  // counts[k] is for of_n and k values; each iteration adds one to of_n.
  std::vector<std::vector<double>> counts(m + 1, {1.0});
  for (std::size_t of_n = 1; of_n <= n; ++of_n) {
    std::vector<std::vector<double>> next(m + 1, {1.0});
    for (std::size_t k = 1; k <= m; ++k) {
      next[k].assign(of_n * k + 1, 0.0);
      // The largest value is one of the k, or one of of_n and then above all k.
      for (std::size_t u = 0; u < next[k - 1].size(); ++u) next[k][u] += next[k - 1][u];
      for (std::size_t u = 0; u < counts[k].size(); ++u) next[k][u + k] += counts[k][u];
    }
    counts = std::move(next);
  }
  return counts[m];
}

}  // namespace

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

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Shift shift_between(std::span<const double> before, std::span<const double> after) {
  std::vector<double> differences;
  for (const double a : after)
    for (const double b : before) differences.push_back(a - b);
  std::sort(differences.begin(), differences.end());
  Shift shift{median(differences), std::nullopt};
  const std::vector<double> counts = rank_counts(before.size(), after.size());
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  double below = 0;
  std::size_t outside = 0;  // differences left out at each end
  while (outside < counts.size() && below + counts[outside] <= 0.025 * all) below += counts[outside++];
  if (outside > 0) shift.interval = {differences[outside - 1], differences[differences.size() - outside]};
  return shift;
}

std::optional<Interval> interval_of_mean(std::span<const double> values) {
  if (values.size() < 3) return std::nullopt;
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const boost::math::students_t_distribution<double> student(n - 1);
  const double half = boost::math::quantile(student, 0.975) * std::sqrt(squares / (n - 1) / n);
  return Interval{mean - half, mean + half};
}

}  // namespace sagactl
