#include "loadgen/ledger/load_figures.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

struct SentRow {
  std::int64_t planned_ms, sent_ms, done_ms;  // sent -1: never
  RequestOutcome outcome;
  TransportFailure failure = TransportFailure::none;
  std::uint32_t phase = 1;
};

Ledger ledger_of(const std::vector<SentRow>& rows) {
  constexpr std::int64_t start_us = 1'795'179'849'000'000;
  Ledger ledger;
  ledger.phases = {{"warm-up", true}, {"individual", false}};
  for (const SentRow& row : rows) {
    LedgerEntry entry;
    entry.operation = ledger.entries.size();
    entry.phase = row.phase;
    entry.planned.us = start_us + row.planned_ms * 1000;
    if (row.sent_ms >= 0) entry.sent.us = start_us + row.sent_ms * 1000;
    entry.done.us = start_us + row.done_ms * 1000;
    entry.outcome = row.outcome;
    entry.failure = row.failure;
    ledger.entries.push_back(entry);
  }
  return ledger;
}

const std::vector<SentRow> rows = {
    {0, 0, 500, RequestOutcome::accepted, TransportFailure::none, 0},  // warm-up: in no figure
    {100, 101, 110, RequestOutcome::accepted},
    {200, 200, 210, RequestOutcome::duplicate},
    {300, 300, 310, RequestOutcome::rejected},
    {400, 400, 410, RequestOutcome::indeterminate},
    {500, 500, 1500, RequestOutcome::indeterminate, TransportFailure::timed_out},
    {600, 600, 650, RequestOutcome::indeterminate, TransportFailure::closed},
    {700, -1, 1700, RequestOutcome::unreached, TransportFailure::timed_out},
    {800, -1, 900, RequestOutcome::unreached, TransportFailure::no_connection},
};

TEST(LoadFigures, CountEachRequestOnce) {
  const RequestCounts counts = figures_of(ledger_of(rows)).requests;
  EXPECT_EQ(counts, (RequestCounts{6, 1, 1, 1, 1, 4, 2, 2}));
}

TEST(LoadFigures, TimeResponsesFromThePlanAndServiceFromTheSend) {
  const LoadFigures figures = figures_of(ledger_of(rows));
  EXPECT_EQ(figures.response.count(), 7u)
      << "a time-out waiting for a connection counts, a refused connection does not";
  EXPECT_EQ(figures.response.max(), 1000ms);
  EXPECT_EQ(figures.service.count(), 6u);
  EXPECT_EQ(figures.service.min(), 9ms);
  EXPECT_EQ(figures.response.min(), 10ms);
  EXPECT_EQ(figures.lateness.max(), 1ms);
  EXPECT_EQ(figures.measured, 1600ms);
}

TEST(LoadFigures, PlaceRequestsInTheirSeconds) {
  const LoadFigures figures = figures_of(ledger_of(rows));
  ASSERT_EQ(figures.seconds.size(), 2u);
  EXPECT_EQ(figures.seconds[0], (LoadSecond{8, 6, 1, 1, 4, 100ms}));
  EXPECT_EQ(figures.seconds[1], (LoadSecond{0, 0, 0, 0, 2, 1000ms}));
}

// A server that repeats its answer for a key that it knows accepts no further order.
TEST(LoadFigures, CountAnAnswerThatNamesTheSameOrderAgainAsRepeated) {
  Ledger ledger = ledger_of({{0, 0, 30, RequestOutcome::accepted},
                             {0, 0, 20, RequestOutcome::accepted},
                             {0, 0, 40, RequestOutcome::accepted},
                             {0, 0, 50, RequestOutcome::accepted},
                             {0, 0, 60, RequestOutcome::accepted}});
  for (LedgerEntry& entry : ledger.entries) {
    entry.kind = OrderKind::duplicate;
    entry.group = 7;
    entry.order = order_ref("R-1");
  }
  ledger.entries[3].order = order_ref("R-2");  // a second order is no repeated answer
  ledger.entries[4].order = {};                // which order is not known
  const RepeatedAnswers repeated(ledger);
  std::vector<bool> found;
  for (const LedgerEntry& entry : ledger.entries) found.push_back(repeated.has(entry));
  EXPECT_EQ(found, (std::vector<bool>{true, false, true, false, false})) << "the first answer is the new order";
  const LoadFigures figures = figures_of(ledger);
  EXPECT_EQ(figures.requests.accepted, 3u);
  EXPECT_EQ(figures.requests.repeated, 2u);
  EXPECT_EQ(figures.seconds[0].accepted, 3u);
  EXPECT_EQ(figures.seconds[0].repeated, 2u);
  EXPECT_EQ(requests_json(figures.requests)["repeated"], 2);
  ledger.entries[2].group = 8;
  EXPECT_FALSE(RepeatedAnswers(ledger).has(ledger.entries[2])) << "one id for two keys is a fault";
}

TEST(LoadFigures, DoNotCountARefusalAsAnErrorThatWasAskedFor) {
  Ledger ledger = ledger_of({{0, 0, 10, RequestOutcome::rejected},
                             {0, 0, 10, RequestOutcome::rejected},
                             {0, 0, 10, RequestOutcome::indeterminate}});
  ledger.entries[0].kind = ledger.entries[2].kind = OrderKind::payment_fail;
  const LoadFigures figures = figures_of(ledger);
  EXPECT_EQ(figures.requests.refused_as_asked, 1u);
  EXPECT_EQ(figures.requests.rejected, 1u);
  EXPECT_EQ(figures.requests.failed, 1u) << "an order that is meant to fail is no excuse for a 500";
  EXPECT_EQ(figures.seconds[0].refused_as_asked, 1u);
  EXPECT_EQ(figures.seconds[0].errors, 2u);
  EXPECT_EQ(requests_json(figures.requests)["refusedAsAsked"], 1);
}

TEST(LoadFigures, AreEmptyForAnEmptyLedger) {
  const LoadFigures figures = figures_of(ledger_of({rows[0]}));
  EXPECT_EQ(figures.requests, RequestCounts{});
  EXPECT_TRUE(figures.seconds.empty());
  EXPECT_EQ(figures.measured, 0ms);
}

TEST(LatencyJson, MarksPercentilesOfTooFewSamples) {
  Histogram histogram;
  for (int i = 1; i <= 299; ++i) histogram.record_us(i * 1000);
  const Json latency = latency_json(histogram);
  EXPECT_EQ(latency["p50"], 150.015) << "the end of the bucket of 150 ms";
  EXPECT_EQ(latency["max"], 299.0);
  EXPECT_EQ(latency["samples"], 299);
  EXPECT_EQ(latency["tooFewSamplesFor"], Json::array({"p999"}));
}

TEST(RequestsJson, HasTheMembersOfTheContract) {
  const Json requests = requests_json(RequestCounts{});
  for (const char* name : {"sent", "succeeded", "duplicates", "rejected", "failed", "transportErrors"}) {
    EXPECT_TRUE(requests.contains(name)) << name;
  }
  const Json generator = generator_json(GeneratorHealth{});
  for (const char* name : {"lateness", "skipped", "connections"}) EXPECT_TRUE(generator.contains(name)) << name;
  for (const char* name : {"p50", "p99", "max"}) EXPECT_TRUE(generator["lateness"].contains(name)) << name;
}

}  // namespace
}  // namespace sagactl
