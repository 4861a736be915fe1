// Comparisons of load tests: findings, and when there is not enough data.
#include "analysis/result/comparison.hpp"

#include <gmock/gmock.h>

#include "analysis/report/report.hpp"

namespace sagactl {
namespace {

using Difference = FigureChange::Difference;

// A run with these figures and a percentile curve that is even around p99.
Json run_with(double p99, double accepted, const char* verdict = "PASS") {
  Json curve = Json::array();
  for (const double percentile : {0.0, 50.0, 90.0, 98.0, 99.0, 99.5, 100.0})
    curve.push_back(Json::array({percentile, p99 * percentile / 99}));
  Json timeline = Json::array();
  for (int second = 0; second < 10; ++second)
    timeline.push_back(Json{{"accepted", accepted + (second % 2 == 0 ? 1 : -1)}});
  return Json{
      {"kind", "loadtest"},   {"run", "run-" + std::to_string(static_cast<int>(p99 * 100))},
      {"scenario", "mixed"},  {"latency", Json{{"p50", p99 * 50 / 99}, {"p99", p99}, {"samples", 10'000}}},
      {"curve", curve},       {"throughput", Json{{"acceptedPerSecond", accepted}}},
      {"timeline", timeline}, {"verdicts", Json::array({Json{{"name", "no-lost-order"}, {"verdict", verdict}}})}};
}

std::vector<Json> runs_with(const std::vector<double>& p99s) {
  std::vector<Json> runs;
  for (const double p99 : p99s) runs.push_back(run_with(p99, 1000));
  return runs;
}

FigureChange figure(const Comparison& comparison, const std::string& name) {
  for (const FigureChange& it : comparison.figures)
    if (it.name == name) return it;
  return {};
}

TEST(Comparison, FindsAChangeGreaterThanTheVariationOfRuns) {
  const auto comparison = compare_runs(runs_with({10, 10.2, 9.9, 10.1, 10.3}), runs_with({12, 12.3, 11.9, 12.2, 12.4}));
  ASSERT_TRUE(comparison);
  const FigureChange p99 = figure(*comparison, "latency p99, ms");
  EXPECT_EQ(p99.finding, Difference::higher);
  EXPECT_NEAR(*p99.change, 0.2, 0.02);
  ASSERT_TRUE(p99.interval);
  EXPECT_GT(p99.interval->low, 0.15);
  EXPECT_LT(p99.interval->high, 0.25);
  EXPECT_EQ(*p99.before.value, 10.1);
  EXPECT_EQ(p99.before.interval, (Interval{9.9, 10.3}));
}

TEST(Comparison, SaysThatThereIsNoDifferenceWhereThereIsNone) {
  const auto comparison =
      compare_runs(runs_with({10, 10.4, 9.8, 10.1, 10.3}), runs_with({10.2, 9.9, 10.3, 10.0, 10.2}));
  ASSERT_TRUE(comparison);
  EXPECT_EQ(figure(*comparison, "latency p99, ms").finding, Difference::same);
  EXPECT_EQ(figure(*comparison, "accepted/s").finding, Difference::same);
  EXPECT_THAT(compare_text(*comparison), testing::HasSubstr("no difference"));
}

TEST(Comparison, IsUndecidedWithTooFewRuns) {
  const auto comparison = compare_runs(runs_with({10, 10.1, 10.2}), runs_with({20, 20.1, 20.2}));
  ASSERT_TRUE(comparison);
  EXPECT_EQ(figure(*comparison, "latency p99, ms").finding, Difference::undecided);
  EXPECT_THAT(compare_text(*comparison), testing::HasSubstr("four runs on each side"));
}

TEST(Comparison, ComparesSingleRunsByTheirOwnIntervals) {
  const std::vector<Json> before = {run_with(10, 1000)}, alike = {run_with(10.01, 1000.3)}, other = {run_with(14, 900)};
  const auto same = compare_runs(before, alike), changed = compare_runs(before, other);
  ASSERT_TRUE(same && changed);
  EXPECT_EQ(figure(*same, "latency p99, ms").finding, Difference::same);
  EXPECT_EQ(figure(*same, "accepted/s").finding, Difference::same);
  EXPECT_EQ(figure(*changed, "latency p99, ms").finding, Difference::higher);
  EXPECT_EQ(figure(*changed, "accepted/s").finding, Difference::lower);
  EXPECT_THAT(compare_text(*same), testing::HasSubstr("One run on each side"));
}

TEST(Comparison, SaysHowOftenAVerdictDiffered) {
  const std::vector<Json> before = {run_with(10, 1000), run_with(10, 1000)};
  const std::vector<Json> after = {run_with(10, 1000), run_with(10, 1000, "FAIL"), run_with(10, 1000)};
  const auto comparison = compare_runs(before, after);
  ASSERT_TRUE(comparison);
  ASSERT_EQ(comparison->verdicts.size(), 1u);
  EXPECT_EQ(comparison->verdicts[0].before, "PASS");
  EXPECT_EQ(comparison->verdicts[0].after, "FAIL in 1 of 3");
}

TEST(Comparison, RefusesOtherResultsAndTooManyRuns) {
  const std::vector<Json> one = {run_with(10, 1000)}, none, other = {Json{{"kind", "verify"}}};
  const std::vector<Json> many(runs_compared_max + 1, one.front());
  EXPECT_EQ(compare_runs(one, other).error().code, ErrorCode::invalid);
  EXPECT_EQ(compare_runs(none, one).error().code, ErrorCode::invalid);
  EXPECT_EQ(compare_runs(many, one).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace sagactl
