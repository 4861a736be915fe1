#include "analysis/result/threshold.hpp"

#include <gtest/gtest.h>

#include "analysis/result/result.hpp"

namespace sagactl {
namespace {

TEST(Threshold, IsReadFromItsText) {
  using Metric = Threshold::Metric;
  const struct {
    const char* text;
    Metric metric;
    double percentile;
    bool below;
    double limit;
  } table[] = {
      {"p99<50ms", Metric::latency, 99, true, 50'000},
      {" p50 < 1.5ms ", Metric::latency, 50, true, 1'500},
      {"p99.9<1s", Metric::latency, 99.9, true, 1'000'000},
      {"p999<1s", Metric::latency, 99.9, true, 1'000'000},
      {"max<250us", Metric::latency, 100, true, 250},
      {"errors<1%", Metric::errors, 0, true, 0.01},
      {"throughput>1000/s", Metric::throughput, 0, false, 1000},
      {"saga-p99<2s", Metric::saga_latency, 99, true, 2'000'000},
      {"saga-max<1m", Metric::saga_latency, 100, true, 60'000'000},
  };
  for (const auto& row : table) {
    const auto threshold = parse_threshold(row.text);
    ASSERT_TRUE(threshold) << row.text << ": " << threshold.error().message;
    EXPECT_EQ(threshold->metric, row.metric) << row.text;
    EXPECT_DOUBLE_EQ(threshold->percentile, row.percentile) << row.text;
    EXPECT_EQ(threshold->below, row.below) << row.text;
    EXPECT_DOUBLE_EQ(threshold->limit, row.limit) << row.text;
  }
}

TEST(Threshold, SaysWhatIsWrongWithItsText) {
  const std::pair<const char*, const char*> table[] = {
      {"p99=50ms", "no < or >"},
      {"p99<50", "'50' is not a duration"},
      {"p0<1ms", "'p0' is not a metric"},
      {"p100<1ms", "'p100' is not a metric"},
      {"speed<1ms", "'speed' is not a metric"},
      {"errors<1", "'1' is not a share"},
      {"errors<101%", "is not a share"},
      {"throughput>9", "is not a rate"},
      {"", "no < or >"},
      {"saga-p<1s", "'p' is not a metric"},
      {"p99<50ms,p50<1ms", "not a duration"},
  };
  for (const auto& [text, wrong] : table) {
    const auto threshold = parse_threshold(text);
    ASSERT_FALSE(threshold) << text;
    EXPECT_EQ(threshold.error().code, ErrorCode::invalid);
    EXPECT_NE(threshold.error().message.find(wrong), std::string::npos) << threshold.error().message;
    EXPECT_NE(threshold.error().message.find("write it like p99<50ms"), std::string::npos);
  }
}

struct TimedRun {
  Histogram response, lateness, saga;
  double errors = 0, rate = 0;

  ThresholdResult check(const char* text) const {
    const Measured measured{
        .response = &response, .lateness = &lateness, .saga = &saga, .errors = errors, .accepted_per_second = rate};
    return evaluate(parse_threshold(text).value(), measured);
  }
};

void record(Histogram& histogram, int times, Duration value) {
  for (int i = 0; i < times; ++i) histogram.record(value);
}

TEST(Threshold, IsComparedWithTheMeasuredFigures) {
  TimedRun run;
  record(run.response, 980, 10ms);
  record(run.response, 20, 100ms);
  record(run.lateness, 1000, 50us);
  record(run.saga, 1000, 500ms);
  run.errors = 0.01;
  run.rate = 1000;
  const std::pair<const char*, Ruling> table[] = {
      {"p50<20ms", Ruling::pass},    {"p99<50ms", Ruling::fail},         {"max<200ms", Ruling::pass},
      {"max<50ms", Ruling::fail},    {"p50>5ms", Ruling::pass},          {"errors<1%", Ruling::fail},
      {"errors<1.1%", Ruling::pass}, {"throughput>999/s", Ruling::pass}, {"throughput>1000/s", Ruling::fail},
      {"saga-p99<1s", Ruling::pass}, {"saga-p50<100ms", Ruling::fail},
  };
  for (const auto& [text, ruling] : table) EXPECT_EQ(run.check(text).ruling, ruling) << text << run.check(text).reason;
}

TEST(Threshold, OfALatencyCannotPassWhenTheGeneratorWasLate) {
  TimedRun run;
  record(run.response, 1000, 10ms);
  record(run.lateness, 1000, 2ms);
  EXPECT_EQ(run.check("p99<50ms").ruling, Ruling::unknown);
  EXPECT_EQ(run.check("max<50ms").ruling, Ruling::unknown);
  EXPECT_EQ(run.check("p99<5ms").ruling, Ruling::fail);
  EXPECT_EQ(run.check("errors<1%").ruling, Ruling::pass);
  TimedRun closed;
  record(closed.response, 1000, 10ms);
  const Measured nothing_late{.response = &closed.response};
  EXPECT_EQ(evaluate(parse_threshold("p99<50ms").value(), nothing_late).ruling, Ruling::pass);
}

TEST(Threshold, OfTooFewSamplesPassesOnlyWhenAllOfThemAreWithin) {
  TimedRun run;
  record(run.response, 100, 10ms);
  EXPECT_EQ(run.check("p99<50ms").ruling, Ruling::pass);
  record(run.response, 1, 80ms);
  EXPECT_EQ(run.check("p99<50ms").ruling, Ruling::unknown);
  EXPECT_EQ(run.check("p50<50ms").ruling, Ruling::pass);
  EXPECT_EQ(run.check("max<50ms").ruling, Ruling::fail);
}

TEST(Threshold, OfNoErrorsIsMetByNone) {
  TimedRun run;
  EXPECT_EQ(run.check("errors<0%").ruling, Ruling::pass);
  run.errors = 0.001;
  const ThresholdResult missed = run.check("errors<0%");
  EXPECT_EQ(missed.ruling, Ruling::fail);
  EXPECT_EQ(missed.reason, "0.1 % is not zero");
}

// A load test in which every journey ended before its order was sent has no latencies and no errors: no good run.
TEST(Threshold, OfNothingIsUndecided) {
  const RunResult no_requests;
  const Measured nothing = measured_by(no_requests, nullptr);
  for (const char* text : {"p99<50ms", "max<1h", "errors<1%", "errors<100%"}) {
    const ThresholdResult result = evaluate(parse_threshold(text).value(), nothing);
    EXPECT_EQ(result.ruling, Ruling::unknown) << text;
    EXPECT_FALSE(result.reason.empty()) << text;
  }
  EXPECT_EQ(evaluate(parse_threshold("throughput>1/s").value(), nothing).ruling, Ruling::fail);
}

TEST(Threshold, OfSagasIsUndecidedWhenNoneWasSeen) {
  const ThresholdResult result = TimedRun().check("saga-p99<1s");
  EXPECT_EQ(result.ruling, Ruling::unknown);
  EXPECT_NE(result.reason.find("--database"), std::string::npos);
}

TEST(RunEnd, ACertainFailureOutranksAnUncertainOne) {
  const auto verdict = [](Ruling ruling) {
    return std::vector<Verdict>{{.name = "v", .ruling = ruling, .reason = "", .witness = nullptr}};
  };
  const auto threshold = [](Ruling ruling) {
    return std::vector<ThresholdResult>{{.threshold = {}, .ruling = ruling, .actual = "", .reason = ""}};
  };
  const struct {
    Ruling verdict, threshold;
    RunEnd end;
  } table[] = {
      {Ruling::pass, Ruling::pass, RunEnd::passed},           {Ruling::fail, Ruling::fail, RunEnd::violated},
      {Ruling::pass, Ruling::fail, RunEnd::threshold_missed}, {Ruling::unknown, Ruling::fail, RunEnd::threshold_missed},
      {Ruling::unknown, Ruling::pass, RunEnd::undecided},     {Ruling::pass, Ruling::unknown, RunEnd::undecided},
      {Ruling::fail, Ruling::unknown, RunEnd::violated},
  };
  for (const auto& row : table) EXPECT_EQ(end_of(verdict(row.verdict), threshold(row.threshold)), row.end);
}

}  // namespace
}  // namespace sagactl
