// A load through the proxy: what the server got and what the client saw, one by one.
#include "loadgen/faults/proxy/fault_proxy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "loadgen/faults/fault_grammar.hpp"
#include "loadgen/run.hpp"
#include "tests/loadgen/order_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// Single orders, one after the other.
class ThroughTheProxy : public testing::Test {
 protected:
  RunResult run(const std::vector<const char*>& faults, std::uint64_t orders = 200, std::uint32_t concurrency = 1) {
    LoadOptions options = servers_.options(ScenarioKind::individual);
    options.token = "given";
    options.orders = orders;
    options.concurrency = concurrency;
    options.timeout = hang_limit;
    options.run = "proxied";
    for (const char* text : faults) {
      auto fault = parse_proxy_fault(text);
      if (!fault) ADD_FAILURE() << fault.error().message;
      options.faults.proxy.push_back(*fault);
    }
    auto result = run_load(options);
    if (!result) {
      ADD_FAILURE() << result.error().message;
      return {};
    }
    return std::move(*result);
  }

  static std::uint64_t count(const RunResult& result, RequestOutcome outcome) {
    std::uint64_t found = 0;
    for (const LedgerEntry& entry : result.ledger.entries) found += entry.outcome == outcome;
    return found;
  }

  OrderServers servers_{1};
};

TEST_F(ThroughTheProxy, ACutRequestNeverReachesTheServer) {
  const RunResult result = run({"cut requests of 20%"});
  ASSERT_EQ(result.ledger.faults.size(), 1u);
  const FaultMark& mark = result.ledger.faults[0];
  EXPECT_TRUE(mark.done);
  EXPECT_EQ(mark.met, 200u);
  EXPECT_GT(mark.changed, 20u);
  EXPECT_LT(mark.changed, 80u);
  EXPECT_EQ(servers_.taken().size(), 200 - mark.changed);
  EXPECT_EQ(count(result, RequestOutcome::accepted), 200 - mark.changed);
  EXPECT_EQ(count(result, RequestOutcome::indeterminate), mark.changed);
  EXPECT_EQ(mark.outcome, std::to_string(mark.changed) + " of 200 requests");
}

TEST_F(ThroughTheProxy, TheAnswerOfACutOneIsLostAfterTheServerGaveIt) {
  const RunResult result = run({"cut answers of 20%"});
  const FaultMark& mark = result.ledger.faults.at(0);
  EXPECT_GT(mark.changed, 20u);
  EXPECT_EQ(servers_.taken().size(), 200u);
  EXPECT_EQ(servers_.orders().size(), 200u) << "each took effect";
  EXPECT_EQ(count(result, RequestOutcome::indeterminate), mark.changed);
}

TEST_F(ThroughTheProxy, ADuplicateReachesTheServerTwiceAndTheClientGetsOneAnswer) {
  const RunResult result = run({"duplicate of 20%"});
  const FaultMark& mark = result.ledger.faults.at(0);
  EXPECT_GT(mark.changed, 20u);
  EXPECT_EQ(servers_.taken().size(), 200 + mark.changed);
  EXPECT_EQ(servers_.orders().size(), 200u);
  EXPECT_EQ(count(result, RequestOutcome::accepted) + count(result, RequestOutcome::duplicate), 200u);
}

TEST_F(ThroughTheProxy, WhatTheProxyAnswersTheServerNeverSees) {
  const RunResult result = run({"answer 503 of 20%"});
  const FaultMark& mark = result.ledger.faults.at(0);
  EXPECT_GT(mark.changed, 20u);
  EXPECT_EQ(servers_.taken().size(), 200 - mark.changed);
  EXPECT_EQ(count(result, RequestOutcome::rejected), mark.changed);
  EXPECT_THAT(result.answers.answers.at(1).first, HasSubstr("answered by the proxy of sagactl loadtest"));
}

TEST_F(ThroughTheProxy, ADelayedRequestTakesAtLeastAsLong) {
  const RunResult result = run({"delay 30ms..50ms"}, 10);
  EXPECT_EQ(result.ledger.faults.at(0).changed, 10u);
  for (const LedgerEntry& entry : result.ledger.entries) EXPECT_GE(entry.service_time(), 30ms);
}

TEST_F(ThroughTheProxy, AThrottledConnectionTakesAtLeastTheTimeOfItsBytes) {
  const RunResult result = run({"throttle 10kB/s"}, 3);
  EXPECT_EQ(result.ledger.faults.at(0).changed, 3u);
  EXPECT_EQ(count(result, RequestOutcome::accepted), 3u);
  for (const LedgerEntry& entry : result.ledger.entries)
    EXPECT_GE(entry.service_time(), 30ms) << "a request and its answer have more than 300 bytes";
}

TEST_F(ThroughTheProxy, WhileConnectionsAreCutNoneCarriesARequest) {
  const RunResult result = run({"cut connections"}, 5);
  EXPECT_EQ(servers_.taken().size(), 0u);
  EXPECT_EQ(count(result, RequestOutcome::accepted), 0u);
  EXPECT_GE(result.ledger.faults.at(0).changed, 1u);
}

TEST_F(ThroughTheProxy, TheSeedDecidesWhichRequestsAreChanged) {
  const auto cut = [&] {
    std::set<std::uint64_t> operations;
    for (const LedgerEntry& entry : run({"cut requests of 20%"}, 100).ledger.entries)
      if (entry.outcome == RequestOutcome::indeterminate) operations.insert(entry.operation);
    return operations;
  };
  const auto first = cut();
  EXPECT_FALSE(first.empty());
  EXPECT_EQ(cut(), first);
}

TEST_F(ThroughTheProxy, ConnectionsAreKeptAsTheServerKeepsThem) {
  const RunResult result = run({"delay 1us"}, 500, 8);
  EXPECT_EQ(count(result, RequestOutcome::accepted), 500u);
  EXPECT_LE(servers_.node(0).connections(), 8u + 1) << "one more asks whether the server is there";
}

TEST_F(ThroughTheProxy, AFaultThatMeetsNothingIsNotDone) {
  const RunResult result = run({"delay 1ms from 5m"}, 5);
  const FaultMark& mark = result.ledger.faults.at(0);
  EXPECT_FALSE(mark.done);
  EXPECT_FALSE(mark.has_begun());
  EXPECT_EQ(mark.outcome, "not done: the load ended before");
}

TEST(FaultProxy, RefusesWhatItCannotDoThereByName) {
  const std::vector<ProxyTarget> targets = {{{}, "https://shop.example:443", false}, {{}, "http://127.0.0.1:80", true}};
  const auto error_of = [&](const char* fault) {
    const auto found = targets_of_faults({*parse_proxy_fault(fault)}, targets);
    return found ? std::string() : found.error().message;
  };
  EXPECT_EQ(error_of("delay 1ms"), "");
  EXPECT_EQ(error_of("cut connections"), "");
  EXPECT_EQ(error_of("duplicate on http://127.0.0.1:80"), "");
  EXPECT_THAT(error_of("duplicate"), HasSubstr("--proxy-fault 'duplicate': the connections to https://shop.example:443 "
                                               "are encrypted or HTTP/2, so the proxy cannot tell requests apart: "
                                               "there it can delay, throttle and cut connections"));
  EXPECT_THAT(error_of("answer 503 on https://shop.example:443"), HasSubstr("encrypted"));
  EXPECT_THAT(error_of("delay 1ms on http://other:80"), HasSubstr("'http://other:80' is not a target of this load"));
}

}  // namespace
}  // namespace sagactl
