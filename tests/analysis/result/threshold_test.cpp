#include "analysis/result/threshold.hpp"

#include <fmt/format.h>
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

// Whatever is in doubt about a figure: what it may be decides, and not what it seems to be.
struct DoubtedRun {
  Histogram response, service, lateness, saga;
  SagaCounts sagas;
  Measured measured;

  // Answers after 10 ms, 100 a second for 10 s.
  DoubtedRun() {
    record(response, 1000, 10ms);
    record(service, 1000, 10ms);
    record(lateness, 1000, 20us);
    record(saga, 1000, 100ms);
    sagas.started = sagas.completed = 1000;
    measured = {.response = &response,
                .service = &service,
                .lateness = &lateness,
                .saga = &saga,
                .errors = 0.0,
                .accepted_per_second = 100,
                .sagas = &sagas,
                .rated = 10s,
                .due = 1000};
  }
  DoubtedRun(const DoubtedRun&) = delete;

  // The generator was 4 ms late each time, and the same answers seem to have taken so much longer.
  void be_late() {
    response = lateness = Histogram();
    record(response, 1000, 14ms);
    record(lateness, 1000, 4ms);
  }
  // These requests were due and not sent, and count as errors.
  void skip(std::uint64_t requests) {
    measured.skipped = requests;
    measured.due += requests;
    measured.errors = static_cast<double>(requests) / static_cast<double>(measured.due);
  }
  // Ended by force while this number of requests was in flight.
  void cut(std::uint64_t requests) {
    measured.cut = requests;
    measured.errors = static_cast<double>(requests) / static_cast<double>(measured.due);
    measured.accepted_per_second -= static_cast<double>(requests) / 10;
    sagas.unfinished = requests;
    sagas.completed -= requests;
  }
  void lose_agent(std::uint64_t requests) { measured.cut = measured.lost = requests; }
  ThresholdResult check(const char* text) const { return evaluate(parse_threshold(text).value(), measured); }
};

TEST(Threshold, IsUndecidedOnlyWhereADoubtCouldChangeIt) {
  using Spoil = void (*)(DoubtedRun&);
  const Spoil nothing = [](DoubtedRun&) {}, late = [](DoubtedRun&run) { run.be_late(); },
              skipped = [](DoubtedRun&run) { run.skip(30); }, few_skipped = [](DoubtedRun&run) { run.skip(5); },
              late_and_skipped = [](DoubtedRun&run) { run.be_late(), run.skip(30); },
              cut = [](DoubtedRun&run) { run.cut(30); }, lost = [](DoubtedRun&run) { run.lose_agent(30); };
  const auto pass = Ruling::pass, fail = Ruling::fail, unknown = Ruling::unknown;
  const struct {
    const char* doubt;
    Spoil spoil;
    const char* threshold;
    Ruling ruling;
  } table[] = {
      {"none", nothing, "p99<12ms", pass},
      {"none", nothing, "p99<9ms", fail},
      // A late send makes a latency longer and no other figure worse.
      {"late", late, "p99<50ms", pass},
      {"late", late, "max<50ms", pass},
      {"late", late, "p99<12ms", unknown},
      {"late", late, "p99<9ms", fail},
      {"late", late, "p50>12ms", unknown},
      {"late", late, "p50>9ms", pass},
      {"late", late, "p50>20ms", fail},
      {"late", late, "errors<1%", pass},
      {"late", late, "throughput>99/s", pass},
      {"late", late, "throughput>100/s", unknown},
      {"late", late, "throughput>110/s", fail},
      {"late", late, "saga-p99<1s", pass},
      {"late", late, "failed-sagas<1%", pass},
      // Of what was not sent nothing is known but that it would have waited.
      {"skipped", skipped, "p99<50ms", unknown},
      {"skipped", skipped, "p90<50ms", pass},
      {"skipped", skipped, "p99<9ms", fail},
      {"skipped", skipped, "max<50ms", unknown},
      {"few skipped", few_skipped, "p99<50ms", pass},
      {"skipped", skipped, "errors<5%", pass},
      {"skipped", skipped, "errors<1%", fail},
      {"skipped", skipped, "throughput>100/s", fail},
      {"late and skipped", late_and_skipped, "errors<1%", unknown},
      {"late and skipped", late_and_skipped, "errors<5%", pass},
      {"late and skipped", late_and_skipped, "throughput>101/s", unknown},
      {"late and skipped", late_and_skipped, "throughput>110/s", fail},
      // What was in flight at the end of a run that was cut short may have had any end.
      {"cut", cut, "p99<50ms", unknown},
      {"cut", cut, "p90<50ms", pass},
      {"cut", cut, "p99<9ms", fail},
      {"cut", cut, "errors<1%", unknown},
      {"cut", cut, "errors<5%", pass},
      {"cut", cut, "throughput>98/s", unknown},
      {"cut", cut, "throughput>96/s", pass},
      {"cut", cut, "throughput>110/s", fail},
      {"cut", cut, "saga-p99<1s", unknown},
      {"cut", cut, "saga-p90<1s", pass},
      {"cut", cut, "saga-p99<50ms", fail},
      {"cut", cut, "failed-sagas<1%", unknown},
      {"cut", cut, "failed-sagas<5%", pass},
      // And so may what an agent sent after it was last heard of.
      {"agent lost", lost, "p99<50ms", unknown},
      {"agent lost", lost, "errors<1%", unknown},
      {"agent lost", lost, "errors<5%", pass},
      {"agent lost", lost, "throughput>101/s", unknown},
      {"agent lost", lost, "throughput>110/s", fail},
  };
  for (const auto& row : table) {
    DoubtedRun run;
    row.spoil(run);
    const ThresholdResult result = run.check(row.threshold);
    EXPECT_EQ(result.ruling, row.ruling) << row.doubt << ", " << row.threshold << ": " << result.reason;
    EXPECT_FALSE(result.reason.empty());
  }
}

// They are in the histogram with the times at which they were given up, but which of it they are is unknown.
TEST(Threshold, TakesRequestsThatWereCutOffForLongerThanTheySeem) {
  DoubtedRun run;
  run.response = Histogram();
  record(run.response, 400, 1s);
  record(run.response, 300, 1500ms);
  record(run.response, 300, 5s);
  run.cut(400);
  EXPECT_EQ(run.check("p50<2s").ruling, Ruling::unknown) << "without the 400 at 1 s it is 5 s";
  EXPECT_EQ(run.check("p50<6s").ruling, Ruling::pass);
  EXPECT_EQ(run.check("p50<1200ms").ruling, Ruling::fail);
}

TEST(Threshold, SaysWhatIsInDoubt) {
  DoubtedRun late;
  late.be_late();
  const char* const why =
      "the generator itself was too late: its p99 lateness 4.00 ms is more than a tenth of the p99 latency 14.00 ms";
  EXPECT_EQ(late.check("p99<12ms").reason, fmt::format("14.00 ms is not below 12.00 ms, but {}", why));
  EXPECT_EQ(late.check("p99<50ms").reason, fmt::format("14.00 ms is below 50.00 ms, although {}", why));
  EXPECT_EQ(late.check("errors<1%").reason, "0 % is below 1 %");
  DoubtedRun skipped;
  skipped.skip(30);
  EXPECT_EQ(skipped.check("p99<50ms").reason, "10.00 ms is below 50.00 ms, but 30 requests due were not sent");
}

TEST(Threshold, OfAClosedLoopHasNoLateness) {
  Histogram closed;
  record(closed, 1000, 10ms);
  EXPECT_EQ(evaluate(parse_threshold("p99<50ms").value(), {.response = &closed}).ruling, Ruling::pass);
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
