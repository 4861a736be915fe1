// The verdicts about the run itself: each planted fault makes only its own verdict UNKNOWN.
#include "analysis/run_verdicts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "analysis/result/threshold.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// A hundred requests to each of two targets, all answered unless `spoil` changes them.
RunResult run_with(const std::function<void(LedgerEntry&)>& spoil, std::uint64_t skipped = 0) {
  RunResult load;
  load.ledger.targets = {"http://a:1", "http://b:1"};
  load.ledger.phases = {{"individual", false}};
  for (std::uint64_t i = 0; i < 200; ++i) {
    LedgerEntry entry;
    entry.operation = i;
    entry.target = static_cast<std::uint16_t>(i % 2);
    entry.planned.us = entry.sent.us = 1'000'000 + static_cast<std::int64_t>(i);
    entry.http_status = 201;
    entry.outcome = RequestOutcome::accepted;
    spoil(entry);
    if (entry.sent.us != 0) ++load.requests.sent;
    if (entry.outcome == RequestOutcome::unreached) ++load.requests.unreached;
    load.ledger.entries.push_back(entry);
  }
  load.generator.skipped = skipped;
  load.answers = count_answers(load.ledger, nullptr);
  return load;
}

void unanswered(LedgerEntry& entry, TransportFailure failure = TransportFailure::timed_out) {
  entry.http_status = 0;
  entry.outcome = RequestOutcome::indeterminate;
  entry.failure = failure;
}

void unreached(LedgerEntry& entry) {
  unanswered(entry, TransportFailure::no_connection);
  entry.outcome = RequestOutcome::unreached;
  entry.sent = {};
}

struct PlantedInRun {
  const char* what;
  RunResult load;
  Ruling sent, read;
  const char* said;
};

std::vector<PlantedInRun> planted_in_runs() {
  const auto every = [](std::uint64_t n, const LedgerEntry& entry) { return entry.operation % n == 0; };
  return {
      {"all is well", run_with([](LedgerEntry&) {}), Ruling::pass, Ruling::pass, "200 requests answered"},
      {"no answer can be read", run_with([](LedgerEntry& it) { unanswered(it, TransportFailure::unreadable); }),
       Ruling::pass, Ruling::unknown, "not an HTTP response 200; does that port speak HTTP/1.1"},
      {"three of five time out", run_with([&](LedgerEntry& it) {
         if (it.operation % 5 < 3) unanswered(it);
       }),
       Ruling::pass, Ruling::unknown, "120 of 200 requests (60.0 %) got no readable answer: timed out 120"},
      {"one in fifty times out", run_with([&](LedgerEntry& it) {
         if (every(50, it)) unanswered(it);
       }),
       Ruling::pass, Ruling::pass, "without an answer: timed out 4"},
      {"one of two targets takes no connection", run_with([](LedgerEntry& it) {
         if (it.target == 1) unreached(it);
       }),
       Ruling::unknown, Ruling::pass, "none of 100 requests to http://b:1 could be sent: no connection 100"},
      {"one of two targets never answers", run_with([](LedgerEntry& it) {
         if (it.target == 1) unanswered(it);
       }),
       Ruling::pass, Ruling::unknown, "no answer to any of 100 requests to http://b:1 could be read: timed out 100"},
      {"half of the plan is skipped", run_with([](LedgerEntry&) {}, 200), Ruling::unknown, Ruling::pass,
       "200 of 400 requests (50.0 %) were not sent"},
      {"some time out for want of a connection, and some after they were sent", run_with([](LedgerEntry& it) {
         if (it.operation % 10 < 2) unreached(it);
         if (it.operation % 10 < 1) it.failure = TransportFailure::timed_out;
         if (it.operation % 10 >= 8) unanswered(it);
       }),
       Ruling::unknown, Ruling::unknown, "got no readable answer: timed out 40; raise"},
      {"kept connections are closed", run_with([](LedgerEntry& it) {
         if (it.operation % 10 == 0) unanswered(it, TransportFailure::kept_closed);
       }),
       Ruling::pass, Ruling::unknown, "without notice: --fresh-connections keeps none"},
      {"every connection is closed, as a server of TLS may",
       run_with([](LedgerEntry& it) { unanswered(it, TransportFailure::closed); }), Ruling::pass, Ruling::unknown,
       "write https:// in --url"},
      {"nothing is sent", run_with(unreached), Ruling::unknown, Ruling::unknown, "nothing was sent"},
  };
}

TEST(RunVerdicts, ServersThatNobodyVerifiedAreSaidToBeAndDoNotCount) {
  const Verdict verdict = servers_were_verified();
  EXPECT_EQ(verdict.ruling, Ruling::unknown);
  EXPECT_FALSE(verdict.counted);
  EXPECT_NE(verdict.reason.find("--insecure"), std::string::npos);
}

TEST(RunVerdicts, EachFaultOfTheRunIsFoundByItsVerdict) {
  for (const PlantedInRun& it : planted_in_runs()) {
    const Verdict sent = load_was_sent(it.load), read = answers_were_read(it.load);
    EXPECT_EQ(sent.ruling, it.sent) << it.what << ": " << sent.reason;
    EXPECT_EQ(read.ruling, it.read) << it.what << ": " << read.reason;
    EXPECT_THAT(sent.reason + "\n" + read.reason, HasSubstr(it.said)) << it.what;
    EXPECT_TRUE(sent.counted && read.counted);
  }
}

TEST(RunVerdicts, AnAnswerOfWhichTheProfileDoesNotSayWhatItMeansIsNamed) {
  RunResult load = run_with([](LedgerEntry& it) {
    if (it.operation == 7) it.http_status = 200, it.outcome = RequestOutcome::rejected;
  });
  EXPECT_EQ(answers_were_read(load).ruling, Ruling::pass) << "the profile says that such an answer refuses";
  load.answers.answers.back().is_described = false;
  load.answers.answers.back().first = "{\"error\":\"locked\"}";
  const Verdict found = answers_were_read(load);
  EXPECT_EQ(found.ruling, Ruling::unknown);
  EXPECT_EQ(found.reason,
            "1 request answered with 200 OK, of which the profile does not say whether it accepts an order; the first: "
            "{\"error\":\"locked\"}: list 200 in outcome.accepted, duplicate or rejected");
}

TEST(RunVerdicts, AnswersThatDoNotNameTheirOrdersWhereTheProfileSaysQuestionIt) {
  RunResult load = run_with([](LedgerEntry& it) {
    it.outcome = RequestOutcome::accepted;
    it.order = {};
  });
  EXPECT_EQ(answers_were_read(load).ruling, Ruling::pass) << "the profile does not say where";
  const Verdict found = answers_were_read(load, missing_max_default, true);
  EXPECT_EQ(found.ruling, Ruling::unknown);
  EXPECT_THAT(found.reason, HasSubstr("named its order: does answer.order point at it?"));
}

TEST(RunVerdicts, MissingAllowsExpectedFailures) {
  for (const PlantedInRun& it : planted_in_runs()) {
    EXPECT_EQ(load_was_sent(it.load, 1).ruling, Ruling::pass) << it.what;
    if (it.load.requests.sent > 0) {
      EXPECT_EQ(answers_were_read(it.load, 1).ruling, Ruling::pass) << it.what;
    }
  }
}

TEST(NoSagaFailed, IsEvaluatedOverTheSagasOfTheRun) {
  SagaCounts sagas{.started = 10, .completed = 8, .compensated = 2};
  Measured measured;
  EXPECT_EQ(evaluate(no_saga_failed(), measured).ruling, Ruling::unknown) << "without a database";
  measured.sagas = &sagas;
  EXPECT_EQ(evaluate(no_saga_failed(), measured).ruling, Ruling::pass);
  sagas = {.started = 10, .completed = 9, .failed = 1};
  const ThresholdResult missed = evaluate(no_saga_failed(), measured);
  EXPECT_EQ(missed.ruling, Ruling::fail);
  EXPECT_THAT(missed.reason, HasSubstr("1 of 10 sagas failed and need manual intervention"));
  EXPECT_EQ(evaluate(parse_threshold("failed-sagas<20%").value(), measured).ruling, Ruling::pass);
  EXPECT_EQ(evaluate(parse_threshold("failed-sagas<5%").value(), measured).ruling, Ruling::fail);
}

}  // namespace
}  // namespace sagactl
