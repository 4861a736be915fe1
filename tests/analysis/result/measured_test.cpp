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

TEST(Errors, AreTheRequestsThatAreNotGood) {
  RunResult result = load_with_late(8, 0, 0s);
  const RequestOutcome outcomes[] = {RequestOutcome::accepted, RequestOutcome::duplicate, RequestOutcome::rejected,
                                     RequestOutcome::indeterminate};
  for (std::size_t i = 0; i < 8; ++i) {
    result.ledger.entries[i].outcome = outcomes[i % 4];
    if (i >= 4) result.ledger.entries[i].kind = OrderKind::payment_fail;
  }
  std::uint64_t errors = 0;
  for (const LedgerEntry& entry : result.ledger.entries) errors += counts_as_error(entry);
  const RequestCounts counts = figures_of(result.ledger).requests;
  EXPECT_EQ(counts.sent - counts.good(), errors);
  EXPECT_EQ(request_counts(requests_json(counts)), counts) << "also of a saved result";
}

TEST(Measured, KnowsWhatWasInFlightWhenTheRunWasCutShort) {
  RunResult result = load_with_late(100, 0, 0s);
  for (std::size_t i = 90; i < 100; ++i) {
    LedgerEntry& entry = result.ledger.entries[i];
    entry.outcome = RequestOutcome::indeterminate;
    entry.failure = TransportFailure::timed_out;
  }
  result.requests = figures_of(result.ledger).requests;
  EXPECT_EQ(measured_by(result, nullptr).cut, 0u) << "they took as long as --timeout allows";
  result.interrupted = true;
  EXPECT_EQ(measured_by(result, nullptr).cut, 10u);
  EXPECT_EQ(measured_by(result, nullptr).lost, 0u);
  for (std::size_t i = 95; i < 100; ++i) {
    result.ledger.entries[i].failure = TransportFailure::agent_lost;
    result.ledger.entries[i].sent = {};
  }
  result.interrupted = false;
  result.agents.resize(2);
  result.agents[1].lost = "connection refused";
  result.requests = figures_of(result.ledger).requests;
  EXPECT_EQ(measured_by(result, nullptr).lost, 5u);
  EXPECT_EQ(measured_by(result, nullptr).cut, 10u);
}

}  // namespace
}  // namespace sagactl
