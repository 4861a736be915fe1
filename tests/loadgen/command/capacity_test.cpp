// The search for the highest rate that a server keeps up with, over runs whose outcome a test decides.
#include "cli/loadtest/capacity.hpp"
#include "tests/loadgen/command/quiet_invocation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace sagactl {
namespace {

using testing::HasSubstr;
using Step = CapacityOutcome;

struct Shown {
  Duration response = 5ms;
  Duration own_lateness = 0ms;
  Duration lateness = 0ms;
  std::uint64_t skipped = 0;
  double sent_share = 1;
};

// Ten seconds at the rate.
RunResult run_of(double rate, const Shown& shown) {
  RunResult load;
  load.ledger.open_loop = true;
  load.measured = load.rated = 10s;
  const auto count = static_cast<std::uint64_t>(rate * 10 * shown.sent_share);
  load.requests.sent = load.requests.accepted = count;
  load.seconds.emplace_back().planned = static_cast<std::uint64_t>(rate * 10);
  for (std::uint64_t i = 0; i < count; ++i) {
    load.response.record(shown.response);
    load.generator.lateness.record(shown.lateness);
    load.generator.own_lateness.record(shown.own_lateness);
  }
  load.generator.skipped = shown.skipped;
  return load;
}

std::vector<Threshold> below_100ms() {
  return {*parse_threshold("p99<100ms")};
}

Step judged(const Shown& shown) {
  return judge_step(100, run_of(100, shown), below_100ms()).outcome;
}

TEST(CapacityStep, IsKeptWhenTheThresholdsAreMetAndAllWasSent) {
  EXPECT_EQ(judged({}), Step::kept);
  EXPECT_EQ(judged({.response = 200ms}), Step::missed);
  EXPECT_EQ(judged({.skipped = 1}), Step::missed) << "the server left no connection free";
  EXPECT_EQ(judged({.skipped = 100}), Step::missed) << "and a p99 of what was sent says nothing";
  EXPECT_EQ(judged({.sent_share = 0.9}), Step::missed);
}

TEST(CapacityStep, IsNoEvidenceWhereTheGeneratorWasLate) {
  EXPECT_EQ(judged({.response = 102ms, .own_lateness = 50ms}), Step::no_evidence);
  EXPECT_EQ(judged({.response = 200ms, .own_lateness = 50ms}), Step::no_evidence)
      << "what is sent late is sent at once, which may have caused the miss";
  EXPECT_EQ(judged({.own_lateness = 1ms, .skipped = 100}), Step::no_evidence) << "it may be what did not send them";
  EXPECT_EQ(judged({.own_lateness = 1ms}), Step::kept) << "the latency that includes the lateness is within the limit";
  EXPECT_EQ(judged({.lateness = 1ms}), Step::kept)
      << "waiting for a connection that waits for an answer is the server's delay";
  EXPECT_EQ(judge_step(10, run_of(10, {.response = 99ms}), below_100ms()).outcome, Step::kept)
      << "too few for a percentile, but all are within the limit";
}

class CapacitySearching : public QuietInvocation {
 protected:
  Result<CapacityResult> search(const std::function<Result<RunResult>(double)>& run, LoadOptions options = {}) {
    options.scenario = ScenarioKind::individual;
    options.rate = 100;
    const auto judge = [&](const RunResult& load) { judged_.push_back(load.requests.sent); };
    return search_capacity(
        invocation_, options, below_100ms(), {},
        [&](const LoadOptions& step) {
          EXPECT_TRUE(step.duration) << "each step has its time";
          return run(*step.rate);
        },
        judge);
  }
  std::vector<std::uint64_t> judged_;  // the requests of each run that was judged
};

TEST_F(CapacitySearching, FindsTheKneeAndKeepsTheRunThere) {
  const auto found = search([](double rate) { return run_of(rate, {.response = rate > 730 ? 300ms : 5ms}); });
  ASSERT_TRUE(found.ok());
  EXPECT_GE(found->knee, 690);
  EXPECT_LE(found->knee, 730);
  EXPECT_EQ(found->limit, CapacityLimit::server);
  EXPECT_EQ(found->best.requests.sent, static_cast<std::uint64_t>(found->knee * 10));
  ASSERT_FALSE(judged_.empty());
  EXPECT_EQ(judged_.back(), found->best.requests.sent) << "the best run is judged before the next one begins";
  const Json json = capacity_json(*found);
  EXPECT_EQ(json["limitedBy"], "server");
  EXPECT_EQ(json["steps"].size(), found->steps.size());
  EXPECT_EQ(json["steps"][0]["outcome"], "kept");
  EXPECT_THAT(capacity_text(*found), HasSubstr("the knee is at"));
  EXPECT_THAT(capacity_text(*found), HasSubstr("p99<100ms: 300"));
  EXPECT_THAT(err_.str(), HasSubstr("100/s  kept")) << "each step is shown as it ends";
}

TEST_F(CapacitySearching, NamesTheGeneratorAsTheLimit) {
  const auto found = search([](double rate) {
    const Shown late{.response = 110ms, .own_lateness = 20ms};
    return run_of(rate, rate > 300 ? late : Shown{});
  });
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->limit, CapacityLimit::generator);
  EXPECT_LE(found->knee, 300);
  EXPECT_THAT(capacity_text(*found), HasSubstr("this machine's load generator did not keep up"));
}

TEST_F(CapacitySearching, ReturnsWhatIsKnownWhenInterruptedAndTheErrorOfARun) {
  int runs = 0;
  const auto found = search([&](double rate) {
    RunResult load = run_of(rate, {});
    load.interrupted = ++runs == 3;
    return load;
  });
  ASSERT_TRUE(found.ok());
  EXPECT_TRUE(found->interrupted);
  EXPECT_EQ(found->knee, 200);
  EXPECT_EQ(found->steps.size(), 2u) << "an incomplete step proves nothing";
  const auto failed = search([](double) -> Result<RunResult> { return Error{ErrorCode::unavailable, "gone"}; });
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace sagactl
