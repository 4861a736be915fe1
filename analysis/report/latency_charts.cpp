#include "analysis/report/latency_charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace sagactl {
namespace {

constexpr int points_per_halving = 5;
constexpr std::int64_t columns_max = 80;
// Six rows for each factor of ten.
constexpr double rows_per_decade = 6;
constexpr double first_row_us = 100;

double ms(Duration duration) {
  return static_cast<double>(duration.count()) / 1000.0;
}

// Percentiles from 0 towards 100, with `points_per_halving` each time the distance to 100 is halved, until
// fewer than one sample would lie above.
std::vector<double> percentiles_for(std::uint64_t samples) {
  std::vector<double> list;
  double distance = 100;
  while (distance / 100.0 * static_cast<double>(samples) >= 1) {
    for (int i = 0; i < points_per_halving; ++i) list.push_back(100 - distance + distance / 2 * i / points_per_halving);
    distance /= 2;
  }
  list.push_back(100);
  return list;
}

int row_of(Duration response) {
  const double us = std::max(first_row_us, static_cast<double>(response.count()));
  return static_cast<int>(std::ceil(std::log10(us / first_row_us) * rows_per_decade - 1e-9));
}

double row_bound_ms(int row) {
  return std::round(first_row_us * std::pow(10, row / rows_per_decade)) / 1000;
}

}  // namespace

Json percentile_curve(const Histogram& histogram) {
  Json points = Json::array();
  if (histogram.count() == 0) return points;
  for (const double percentile : percentiles_for(histogram.count()))
    points.push_back(Json::array({percentile, ms(histogram.percentile(percentile))}));
  return points;
}

Json heat_map(const Ledger& ledger) {
  // Two passes instead of a copy: there may be millions of entries, in a file.
  const auto each_shown = [&ledger](const auto& visit) {
    for (const LedgerEntry& entry : ledger.entries)
      if (ledger.is_measured(entry) && entry.sent.us != 0) visit(entry);
  };
  Timestamp from{INT64_MAX}, to{INT64_MIN};
  each_shown([&](const LedgerEntry& entry) {
    from = std::min(from, entry.planned);
    to = std::max(to, entry.planned);
  });
  if (to < from) return Json{{"columns", 0}, {"columnMs", 0}, {"rows", Json::array()}, {"cells", Json::array()}};
  const std::int64_t column_us = std::max<std::int64_t>(1000, ((to - from).count() + columns_max) / columns_max);
  std::map<std::pair<std::int64_t, int>, std::uint64_t> cells;
  int rows = 0;
  each_shown([&](const LedgerEntry& entry) {
    const int row = row_of(entry.response_time());
    rows = std::max(rows, row + 1);
    ++cells[{(entry.planned - from).count() / column_us, row}];
  });
  Json bounds = Json::array(), list = Json::array();
  for (int row = 0; row < rows; ++row) bounds.push_back(row_bound_ms(row));
  for (const auto& [place, count] : cells) list.push_back(Json::array({place.first, place.second, count}));
  return Json{{"columns", (to - from).count() / column_us + 1},
              {"columnMs", static_cast<double>(column_us) / 1000.0},
              {"rows", bounds},
              {"cells", list}};
}

std::string hgrm(const Histogram& histogram) {
  std::string out =
      fmt::format("{:>12} {:>14} {:>10} {:>14}\n\n", "Value", "Percentile", "TotalCount", "1/(1-Percentile)");
  const auto total = static_cast<double>(histogram.count());
  double sum = 0, squares = 0;
  for (const HistogramBucket& bucket : histogram.buckets()) {
    sum += ms(bucket.upper) * static_cast<double>(bucket.count);
    squares += ms(bucket.upper) * ms(bucket.upper) * static_cast<double>(bucket.count);
  }
  for (const double percentile : histogram.count() == 0 ? std::vector<double>{} : percentiles_for(histogram.count())) {
    const Duration value = histogram.percentile(percentile);
    const auto count = std::llround(histogram.share_at_most(value) * total);
    out += fmt::format("{:12.3f} {:14.12f} {:10}", ms(value), percentile / 100, count);
    if (percentile < 100) out += fmt::format(" {:14.2f}", 1 / (1 - percentile / 100));
    out += '\n';
  }
  const double mean = total == 0 ? 0 : sum / total;
  const double deviation = total == 0 ? 0 : std::sqrt(std::max(0.0, squares / total - mean * mean));
  out += fmt::format("#[Mean    = {:12.3f}, StdDeviation   = {:12.3f}]\n", mean, deviation);
  out += fmt::format("#[Max     = {:12.3f}, Total count    = {:12}]\n", ms(histogram.max()), histogram.count());
  out += fmt::format("#[Buckets = {:12}, SubBuckets     = {:12}]\n", histogram.buckets().size(), 2048);
  return out;
}

}  // namespace sagactl
