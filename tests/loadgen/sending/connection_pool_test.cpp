// Connections are opened when a request finds none idle, and none stays unused at a server that serves one at a time.
#include <gtest/gtest.h>

#include <algorithm>

#include "loadgen/run.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

RunResult carried_out(const LoadOptions& options) {
  auto result = run_load(options);
  if (result) return std::move(*result);
  ADD_FAILURE() << result.error().message;
  return {};
}

// The most requests that were due and not yet answered at the same time.
std::uint32_t due_at_once(const Ledger& ledger) {
  std::uint32_t most = 0;
  for (const LedgerEntry& one : ledger.entries) {
    const auto overlaps = [&](const LedgerEntry& it) { return it.planned <= one.planned && one.planned <= it.done; };
    most = std::max(most,
                    static_cast<std::uint32_t>(std::count_if(ledger.entries.begin(), ledger.entries.end(), overlaps)));
  }
  return most;
}

LoadOptions slow_load(const OrderServers& servers) {
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.token = "given";
  options.rate = 50;
  options.orders = 25;
  options.workers = 1;
  return options;
}

TEST(Connections, AreAsManyAsRequestsInFlight) {
  OrderServers servers(1);
  const RunResult result = carried_out(slow_load(servers));
  EXPECT_EQ(result.requests.accepted, 25u);
  EXPECT_LE(result.generator.connections_peak, due_at_once(result.ledger));
  EXPECT_LT(result.generator.connections_peak, 20u) << "50 a second, each answered at once";
  EXPECT_EQ(result.generator.connections_max, 32u) << "what it might have opened";
}

TEST(Connections, AreAtMostTheRequestedNumber) {
  OrderServers servers(1);
  LoadOptions options = slow_load(servers);
  options.rate = 2'000;
  options.orders = 400;
  options.connections = 3;
  const RunResult result = carried_out(options);
  EXPECT_EQ(result.requests.accepted, 400u);
  EXPECT_LE(result.generator.connections_peak, 3u);
}

TEST(Connections, OfAGroupAreOpenedToEachOfItsTargets) {
  OrderServers servers(3);
  LoadOptions options = servers.options(ScenarioKind::duplicate);
  options.token = "given";
  options.orders = 30;
  options.duplicates = 3;
  const RunResult result = carried_out(options);
  EXPECT_EQ(result.requests.accepted, 10u);
  for (const GroupOverlap& group : result.overlaps) EXPECT_EQ(group.targets, 3u) << group.group;
}

TEST(Connections, AreNotReusedAfterARequestWithClose) {
  OrderServers servers(1, [](const Received&, std::size_t) -> std::optional<TestAnswer> {
    // The server closes as requested, without announcing it.
    TestAnswer closing = answer(201, R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})");
    closing.after = TestAnswer::After::close;
    return closing;
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.token = "given";
  options.orders = 60;
  options.concurrency = 4;
  options.profile.headers.emplace_back("connection", "close");
  const RunResult result = carried_out(options);
  EXPECT_EQ(result.requests.accepted, 60u);
  EXPECT_EQ(result.requests.transport_errors, 0u);
}

TEST(Connections, AreNotUsedAfterTheKeepAliveTimeOfTheServer) {
  OrderServers servers(1, [](const Received&, std::size_t) -> std::optional<TestAnswer> {
    return answer(201, R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3"})", "Keep-Alive: timeout=1\r\n");
  });
  LoadOptions options = slow_load(servers);
  options.rate = 0.9;  // each later than the server keeps its connection
  options.orders = 3;
  const RunResult result = carried_out(options);
  EXPECT_EQ(result.requests.accepted, 3u);
  EXPECT_GE(servers.node(0).connections(), 3u);
}

}  // namespace
}  // namespace sagactl
