// Limits that a stored result sets for the next run.
#include "analysis/result/baseline.hpp"

#include <gmock/gmock.h>

namespace sagactl {
namespace {

const Json baseline{
    {"kind", "loadtest"},
    {"scenario", "mixed"},
    {"latency", Json{{"p50", 2.0}, {"p90", 10.0}, {"p99", 40.0}, {"tooFewSamplesFor", Json::array({"p99"})}}},
    {"sagaLatency", Json{{"p50", 0.1}, {"p99", 100.0}}},
    {"throughput", Json{{"acceptedPerSecond", 500.0}}},
    {"requests", Json{{"sent", 1000}, {"succeeded", 700}, {"repeated", 0}, {"duplicates", 290}, {"unreached", 0}}}};

std::vector<std::string> texts(const Result<std::vector<Threshold>>& limits) {
  std::vector<std::string> all;
  for (const Threshold& limit : limits.value()) all.push_back(limit.text);
  return all;
}

TEST(Baseline, SetsALimitForEachReliableFigure) {
  EXPECT_THAT(
      texts(baseline_limits(baseline, "mixed", 0.2)),
      testing::ElementsAre("p50<2.50ms (baseline 2.00 ms + 20 %)", "p90<12.00ms (baseline 10.00 ms + 20 %)",
                           "saga-p50<0.60ms (baseline 0.10 ms + 20 %)", "saga-p99<120.00ms (baseline 100.00 ms + 20 %)",
                           "throughput>416.7/s (baseline 500.0/s / 1.2)", "errors<1.3% (baseline 1 % + 20 %)"));
}

TEST(Baseline, LimitsTheThroughputAlsoByALargeTolerance) {
  EXPECT_THAT(texts(baseline_limits(baseline, "mixed", 3)),
              testing::Contains("throughput>125.0/s (baseline 500.0/s / 4)"));
}

TEST(Baseline, IsMetByAnEquallyGoodRunAndMissedByAWorseOne) {
  Histogram good, bad;
  for (int i = 0; i < 10'000; ++i) {
    good.record(Duration{2'000});
    bad.record(Duration{20'000});
  }
  const auto limits = baseline_limits(baseline, "mixed", 0.2);
  ASSERT_TRUE(limits);
  const Measured same{.response = &good, .saga = &good, .errors = 0.01, .accepted_per_second = 500};
  const Measured worse{.response = &bad, .saga = &bad, .errors = 0.02, .accepted_per_second = 399};
  std::size_t missed = 0;
  for (const Threshold& limit : *limits) {
    if (limit.text.starts_with("saga-p50")) continue;
    EXPECT_EQ(evaluate(limit, same).ruling, Ruling::pass) << limit.text;
    missed += evaluate(limit, worse).ruling == Ruling::fail;
  }
  EXPECT_EQ(missed, 4u);  // not the p99 of the sagas
}

TEST(Baseline, SaysWhatItDoesNotLimit) {
  EXPECT_THAT(not_limited(baseline), testing::ElementsAre("p99, as the baseline has too few samples for it"));
  Json older = baseline;
  older["requests"].erase("repeated");
  EXPECT_THAT(not_limited(older), testing::Contains(testing::HasSubstr("how many answers were repeated")));
  older["scenario"] = "individual";
  EXPECT_EQ(not_limited(older).size(), 1u) << "single orders repeat nothing";
  EXPECT_THAT(texts(baseline_limits(older, "individual", 0.2)), testing::Contains(testing::HasSubstr("throughput>")));
}

TEST(Baseline, CountsWhatWasNotSentAsTheThresholdDoes) {
  Json overloaded = baseline;
  overloaded["generator"] = Json{{"skipped", 1000}};
  EXPECT_THAT(texts(baseline_limits(overloaded, "mixed", 0.2)),
              testing::Contains("errors<60.7% (baseline 50.5 % + 20 %)"));
}

TEST(Baseline, HasNoThroughputWhereRepeatedAnswersMayCountAsOrders) {
  Json older = baseline;
  older["requests"].erase("repeated");
  for (const std::string& text : texts(baseline_limits(older, "mixed", 0.2)))
    EXPECT_FALSE(text.starts_with("throughput")) << text;
}

TEST(Baseline, HasNoErrorsWhereOrdersWereRefusedAsAsked) {
  Json refused = baseline;
  refused["requests"] = {{"sent", 1000}, {"succeeded", 800}, {"refusedAsAsked", 200}};
  EXPECT_THAT(texts(baseline_limits(refused, "mixed", 0.2)), testing::Contains("errors<0.1% (baseline 0 % + 20 %)"));
}

TEST(Baseline, MustBeALoadTestOfTheSameScenario) {
  EXPECT_EQ(baseline_limits(baseline, "duplicate", 0.2).error().code, ErrorCode::invalid);
  EXPECT_EQ(baseline_limits(Json{{"kind", "verify"}}, "mixed", 0.2).error().code, ErrorCode::invalid);
}

}  // namespace
}  // namespace sagactl
