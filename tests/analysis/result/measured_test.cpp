// The time that rates are computed over: one late answer does not make a server slow.
#include <gtest/gtest.h>

#include "analysis/result/result.hpp"
#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t first_plan_us = 1'795'179'849'000'000;

// One request every 5 ms, answered after 1 ms, except the last `late` ones.
RunResult load_with_late(std::size_t requests, std::size_t late, Duration lateness) {
  RunResult result;
  Ledger& ledger = result.ledger;
  ledger.phases = {{"individual", false}};
  ledger.targets = {"http://a:1"};
  for (std::size_t i = 0; i < requests; ++i) {
    LedgerEntry entry;
    entry.operation = i;
    entry.planned.us = entry.sent.us = first_plan_us + static_cast<std::int64_t>(i) * 5'000;
    entry.done = entry.sent + (i + late >= requests ? lateness : Duration{1'000});
    entry.http_status = 201;
    entry.outcome = RequestOutcome::accepted;
    ledger.entries.push_back(entry);
  }
  const LoadFigures figures = figures_of(ledger);
  result.requests = figures.requests;
  result.measured = figures.measured;
  result.rated = figures.rated;
  return result;
}

TEST(Throughput, IgnoresOneLateAnswer) {
  EXPECT_NEAR(measured_by(load_with_late(1'000, 1, 9s), nullptr).accepted_per_second, 200, 1);
  EXPECT_NEAR(measured_by(load_with_late(50, 1, 9s), nullptr).accepted_per_second, 200, 5);
  EXPECT_GT(load_with_late(1'000, 1, 9s).measured, 13s) << "the duration of the run includes it";
}

TEST(Throughput, ShowsASlowServer) {
  EXPECT_LT(measured_by(load_with_late(1'000, 100, 9s), nullptr).accepted_per_second, 80) << "a tenth is not one";
  EXPECT_LT(measured_by(load_with_late(1'000, 1'000, 9s), nullptr).accepted_per_second, 80);
}

TEST(Errors, DoNotCountRefusalsThatWereAskedFor) {
  RunResult result = load_with_late(100, 0, 0s);
  for (std::size_t i = 0; i < 20; ++i) {
    LedgerEntry& entry = result.ledger.entries[i];
    entry.outcome = RequestOutcome::rejected;
    entry.http_status = 402;
    if (i > 0) entry.kind = OrderKind::payment_fail;
  }
  result.requests = figures_of(result.ledger).requests;
  EXPECT_EQ(measured_by(result, nullptr).errors, 0.01) << "but the one that nobody asked for";
}

TEST(Errors, CountRequestsThatWereDueAndNeverSent) {
  RunResult result = load_with_late(100, 0, 0s);
  EXPECT_EQ(measured_by(result, nullptr).errors, 0);
  result.generator.skipped = 100;
  EXPECT_EQ(measured_by(result, nullptr).errors, 0.5);
}

}  // namespace
}  // namespace sagactl
