#include "loadgen/run.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/loadgen/order_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using After = TestAnswer::After;

RunResult run(const LoadOptions& options, std::stop_token stop = {}) {
  auto result = run_load(options, std::move(stop));
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(result).value();
}

std::map<RequestOutcome, std::uint64_t> outcomes(const Ledger& ledger) {
  std::map<RequestOutcome, std::uint64_t> counts;
  for (const LedgerEntry& entry : ledger.entries) ++counts[entry.outcome];
  return counts;
}

TEST(RunLoad, TheReferencesSuiteMakesOneOrderPerProduct) {
  OrderServers servers(3);
  const RunResult result = run(servers.options(ScenarioKind::all));
  // 1 of 5 duplicates, a payment failure, 1 of 3 nodes, 5 and 10 individual, 3 mixed products, 5 distinct
  // ones.
  EXPECT_EQ(result.requests.accepted, 1u + 1 + 1 + 15 + 3 + 5);
  EXPECT_EQ(result.requests.sent, servers.taken().size());
  EXPECT_EQ(result.requests.duplicates, result.requests.sent - result.requests.accepted);
  EXPECT_EQ(result.requests.transport_errors + result.requests.rejected + result.requests.failed, 0u);
  EXPECT_FALSE(result.interrupted);
  ASSERT_EQ(result.overlaps.size(), 5u);
  EXPECT_EQ(result.overlaps[0].requests, 5u);
  EXPECT_EQ(result.overlaps[1].requests, 3u);
  EXPECT_EQ(result.overlaps[1].targets, 3u) << "the same product goes to each of the nodes";
}

TEST(RunLoad, TheLedgerSaysWhatTheServerSaw) {
  OrderServers servers(3);
  LoadOptions options = servers.options(ScenarioKind::mixed);
  options.orders = 200;
  options.fail_share = 0.1;
  options.concurrency = 12;
  const RunResult result = run(options);
  const Ledger& ledger = result.ledger;
  ASSERT_EQ(ledger.entries.size(), 200u);
  std::map<std::string, TakenOrder> by_correlation;
  for (const TakenOrder& taken : servers.taken()) by_correlation[taken.correlation] = taken;
  EXPECT_EQ(by_correlation.size(), 200u);
  const auto orders = servers.orders();
  std::uint64_t operation = 0;
  for (const LedgerEntry& entry : ledger.entries) {
    EXPECT_EQ(entry.operation, operation++);
    const auto taken = by_correlation.find(ledger.correlation_sent(entry).text());
    ASSERT_NE(taken, by_correlation.end());
    EXPECT_EQ(taken->second.product, ledger.product(entry));
    EXPECT_EQ(taken->second.node, entry.target);
    EXPECT_EQ(taken->second.authorization,
              fmt::format("Bearer token-of-sagactl-loadtest-{}@example.com", entry.user + 1));
    EXPECT_EQ(entry.order.text(), orders.at(ledger.product(entry)));
    EXPECT_LE(entry.planned, entry.sent);
    EXPECT_LE(entry.sent, entry.first_byte);
    EXPECT_LE(entry.first_byte, entry.done);
    if (entry.outcome != RequestOutcome::accepted) continue;
    EXPECT_EQ(entry.http_status, 201);
    EXPECT_EQ(entry.claimed_status, ClaimedStatus::pending);
    EXPECT_EQ(entry.claimed_total, Money{100'050});
    EXPECT_EQ(entry.correlation, ledger.correlation_sent(entry));
  }
  EXPECT_EQ(outcomes(ledger)[RequestOutcome::accepted], orders.size());
  EXPECT_EQ(result.response.count(), 200u);
}

TEST(RunLoad, SingleOrdersGoToTheTargetsInTurn) {
  OrderServers servers(3);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 100;
  const RunResult result = run(options);
  std::vector<int> per_target(3, 0);
  for (const LedgerEntry& entry : result.ledger.entries) ++per_target[entry.target];
  EXPECT_EQ(per_target, (std::vector<int>{34, 33, 33}));
}

TEST(RunLoad, TwoRunsOfOneSeedDifferOnlyInTheirRun) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::mixed);
  options.orders = 50;
  const RunResult first = run(options);
  const RunResult second = run(options);
  EXPECT_NE(first.ledger.run, second.ledger.run);
  EXPECT_EQ(first.requests.accepted, second.requests.accepted) << "the products of a run are its own";
  ASSERT_EQ(first.ledger.entries.size(), second.ledger.entries.size());
  for (std::size_t i = 0; i < first.ledger.entries.size(); ++i) {
    EXPECT_EQ(first.ledger.entries[i].group, second.ledger.entries[i].group);
    EXPECT_EQ(first.ledger.entries[i].user, second.ledger.entries[i].user);
  }
}

TEST(RunLoad, RegistersItsUsersOnceAndLogsThemInAfterwards) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.users = 3;
  const RunResult first = run(options);
  EXPECT_EQ(servers.registered(), 3u);
  EXPECT_EQ(servers.logged_in(), 0u);
  const RunResult second = run(options);
  EXPECT_EQ(servers.registered(), 3u);
  EXPECT_EQ(servers.logged_in(), 3u);
  EXPECT_EQ(first.ledger.user_ids, second.ledger.user_ids);
  EXPECT_EQ(first.ledger.user_ids.size(), 3u);
}

TEST(RunLoad, RenewsTokensBeforeTheyExpire) {
  OrderServers servers(1);
  servers.issue_tokens_for(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.users = 1;
  options.rate = 100;
  options.duration = 1300ms;
  options.timeout = hang_limit;
  const RunResult result = run(options);
  const auto taken = servers.taken();
  ASSERT_EQ(taken.size(), 130u);
  EXPECT_NE(taken.front().authorization, taken.back().authorization);
  EXPECT_GE(servers.logged_in(), 1u);
  EXPECT_EQ(result.requests.accepted, 130u);
}

TEST(RunLoad, UsesAGivenTokenAndNoAccounts) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.token = "given";
  run(options);
  EXPECT_EQ(servers.registered(), 0u);
  for (const TakenOrder& taken : servers.taken()) EXPECT_EQ(taken.authorization, "Bearer given");
}

TEST(RunLoad, EachAnswerHasItsOutcome) {
  struct Row {
    const char* what;
    TestAnswer answer;
    RequestOutcome outcome;
    TransportFailure failure;
  };
  const std::string created = R"({"id":"867a4850-d872-42eb-a83d-c71921cdc0c3","status":"pending"})";
  const auto none = TransportFailure::none;
  const Row rows[] = {
      {"created", answer(201, created), RequestOutcome::accepted, none},
      {"created in chunks", chunked_answer(201, {created.substr(0, 20), created.substr(20)}), RequestOutcome::accepted,
       none},
      {"closed after it",
       {answer(201, created, "Connection: close\r\n").bytes, After::close},
       RequestOutcome::accepted,
       none},
      {"duplicate", answer(409, R"({"error":"DUPLICATE_ORDER"})"), RequestOutcome::duplicate, none},
      {"in flight", answer(409, R"({"error":"IN_FLIGHT"})"), RequestOutcome::rejected, none},
      {"busy", answer(503, "{}", "Retry-After: 1\r\n"), RequestOutcome::rejected, none},
      {"failed", answer(500, "{}"), RequestOutcome::indeterminate, none},
      {"reset", {"", After::reset}, RequestOutcome::indeterminate, TransportFailure::closed},
      {"cut off",
       {answer(201, created).bytes.substr(0, 90), After::close},
       RequestOutcome::indeterminate,
       TransportFailure::closed},
      {"no HTTP",
       {"220 mail.example ESMTP\r\n", After::keep},
       RequestOutcome::indeterminate,
       TransportFailure::unreadable},
      {"never", {"", After::silence}, RequestOutcome::indeterminate, TransportFailure::timed_out},
      {"never whole",
       {answer(201, created).bytes.substr(0, 90), After::silence},
       RequestOutcome::indeterminate,
       TransportFailure::timed_out},
  };
  for (const Row& row : rows) {
    OrderServers servers(1, [&](const Received&, std::size_t) { return row.answer; });
    LoadOptions options = servers.options(ScenarioKind::individual);
    options.orders = 6;
    options.concurrency = 2;
    options.timeout = row.failure == TransportFailure::timed_out ? Duration(50ms) : hang_limit;
    options.token = "given";  // a log-in may take longer than that
    const RunResult result = run(options);
    ASSERT_EQ(result.ledger.entries.size(), 6u) << row.what;
    for (const LedgerEntry& entry : result.ledger.entries) {
      EXPECT_EQ(entry.outcome, row.outcome) << row.what;
      EXPECT_EQ(entry.failure, row.failure) << row.what;
    }
    EXPECT_EQ(result.requests.sent, 6u) << row.what;
  }
}

TEST(RunLoad, ContinuesAfterBrokenConnections) {
  OrderServers servers(2, [](const Received&, std::size_t n) -> std::optional<TestAnswer> {
    if (n % 5 == 0) return TestAnswer{"", After::reset};
    return std::nullopt;
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 100;
  const RunResult result = run(options);
  EXPECT_EQ(result.requests.transport_errors, 20u);
  EXPECT_EQ(result.requests.accepted, 80u);
  EXPECT_GE(result.generator.reconnects, 20u);
}

TEST(RunLoad, OrdersForAnUnavailableTargetAreUnreached) {
  OrderServers servers(1);
  for (const bool open : {false, true}) {
    LoadOptions options = servers.options(ScenarioKind::individual);
    options.targets.push_back(fmt::format("http://127.0.0.1:{}", closed_port()));
    options.orders = 40;
    if (open) options.rate = 1000;
    const RunResult result = run(options);
    EXPECT_EQ(result.requests.accepted, 20u);
    EXPECT_EQ(result.requests.unreached, 20u);
    EXPECT_EQ(result.requests.sent, 20u);
    for (const LedgerEntry& entry : result.ledger.entries) {
      EXPECT_EQ(entry.outcome == RequestOutcome::unreached, entry.target == 1);
      EXPECT_EQ(entry.sent.us == 0, entry.target == 1);
    }
  }
}

TEST(RunLoad, AGroupGoesToTheAvailableNodes) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::duplicate);
  options.targets.push_back(fmt::format("http://127.0.0.1:{}", closed_port()));
  options.orders = 50;
  const RunResult result = run(options);
  EXPECT_EQ(result.requests.accepted, 10u);
  EXPECT_EQ(result.requests.duplicates, 40u);
}

TEST(RunLoad, IsUnavailableWhereNothingAnswers) {
  LoadOptions options;
  options.targets = {fmt::format("http://127.0.0.1:{}", closed_port())};
  const auto result = run_load(options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_NE(result.error().message.find(options.targets[0]), std::string::npos) << result.error().message;
}

TEST(RunLoad, SaysWhyItHasNoAccount) {
  ScriptedServer server([](const Received&) { return answer(401, R"({"message":"Invalid credentials"})"); });
  LoadOptions options;
  options.targets = {server.url()};
  const auto result = run_load(options);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::unauthenticated);
  EXPECT_NE(result.error().message.find("Invalid credentials"), std::string::npos) << result.error().message;
}

TEST(RunLoad, SaysThatAnAddressIsNoNodeAndWhetherItsPathMayBeTheReason) {
  ScriptedServer server([](const Received&) { return answer(404, R"({"message":"Cannot POST"})"); });
  for (const char* path : {"", "/ui/"}) {
    LoadOptions options;
    options.targets = {server.url() + path};
    const auto result = run_load(options);
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message.find("is not the address of a node: POST "), std::string::npos)
        << result.error().message;
    EXPECT_EQ(result.error().message.find("write --url without the path /ui") != std::string::npos, *path != 0);
  }
}

TEST(RunLoad, AClosedLoopNeverHasMoreInFlight) {
  for (const std::uint32_t concurrency : {1u, 3u}) {
    OrderServers servers(2);
    LoadOptions options = servers.options(ScenarioKind::individual);
    options.orders = 200;
    options.concurrency = concurrency;
    const RunResult result = run(options);
    EXPECT_EQ(result.requests.accepted, 200u);
    EXPECT_LE(servers.in_flight_most(), concurrency);
    EXPECT_EQ(result.generator.lateness.max(), 0us) << "a closed loop is never late";
  }
}

TEST(RunLoad, AGroupIsSentCompletelyEvenWithOneInFlight) {
  // No order is answered before all of its group have come, so an incomplete group would never end.
  std::mutex mutex;
  std::condition_variable came;
  std::map<std::string, int> orders;
  OrderServers servers(2, [&](const Received& request, std::size_t) -> std::optional<TestAnswer> {
    const std::string product = Json::parse(request.body)["items"][0]["productId"];
    std::unique_lock lock(mutex);
    ++orders[product];
    came.notify_all();
    came.wait_for(lock, hang_limit, [&] { return orders[product] == 4; });
    return std::nullopt;
  });
  LoadOptions options = servers.options(ScenarioKind::duplicate);
  options.orders = 40;
  options.duplicates = 4;
  options.concurrency = 1;
  const RunResult result = run(options);
  EXPECT_EQ(result.requests.accepted, 10u);
  ASSERT_EQ(result.overlaps.size(), 10u);
  for (const GroupOverlap& overlap : result.overlaps) {
    EXPECT_EQ(overlap.depth, 4u);
    EXPECT_EQ(overlap.targets, 2u);
  }
}

TEST(RunLoad, AnOpenLoopSendsItsPlan) {
  OrderServers servers(2);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 1000;
  options.duration = 300ms;
  const RunResult result = run(options);
  ASSERT_EQ(result.ledger.entries.size(), 300u);
  EXPECT_TRUE(result.ledger.open_loop);
  const Timestamp first = result.ledger.entries[0].planned;
  for (const LedgerEntry& entry : result.ledger.entries) {
    const auto offset_us = (entry.planned - first).count();
    EXPECT_LE(std::abs(offset_us - static_cast<std::int64_t>(entry.operation) * 1000), 1);
    EXPECT_LE(entry.planned, entry.sent);
  }
  EXPECT_EQ(result.generator.own_lateness.count(), 300u);
}

TEST(RunLoad, SkipsWhatABoundedBacklogCannotHold) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 1000;
  options.orders = 1000;
  options.connections = 2;
  options.backlog_max = 300;
  options.timeout = 400ms;
  options.token = "given";
  servers.node(0).freeze();
  const RunResult result = run(options);
  EXPECT_GT(result.generator.skipped, 0u);
  EXPECT_EQ(result.ledger.entries.size() + result.generator.skipped, 1000u);
  std::uint64_t planned = 0;
  for (const LoadSecond& second : result.seconds) planned += second.planned;
  EXPECT_EQ(planned, 1000u) << "the timeline has the complete plan";
  EXPECT_EQ(result.requests.timeouts, result.ledger.entries.size())
      << "a wait longer than the time-out ends the request";
  EXPECT_LE(result.generator.backlog_peak, 556u);
}

TEST(RunLoad, TheWarmUpIsInTheLedgerAndInNoFigure) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 20;
  options.warmup = 500ms;
  const RunResult result = run(options);
  const auto& entries = result.ledger.entries;
  const auto measured =
      std::count_if(entries.begin(), entries.end(), [&](const LedgerEntry& e) { return result.ledger.is_measured(e); });
  EXPECT_EQ(measured, 20);
  EXPECT_EQ(result.requests.sent, 20u);
  EXPECT_EQ(result.response.count(), 20u);
  EXPECT_EQ(result.generator.own_lateness.count(), 20u);
  EXPECT_GT(entries.size(), 20u);
  EXPECT_EQ(servers.taken().size(), entries.size());
}

TEST(RunLoad, AnInterruptEndsItWithAPartialResult) {
  std::stop_source interrupt;
  OrderServers servers(1, [&](const Received&, std::size_t n) -> std::optional<TestAnswer> {
    if (n == 50) interrupt.request_stop();
    return std::nullopt;
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.duration = 1h;
  const RunResult result = run(options, interrupt.get_token());
  EXPECT_TRUE(result.interrupted);
  EXPECT_GE(result.requests.accepted, 50u);
  EXPECT_EQ(result.requests.sent, servers.taken().size());
  EXPECT_EQ(result.requests.accepted, result.ledger.entries.size()) << "what was in flight is answered";
}

TEST(RunLoad, AnInterruptLeavesWhatIsNeverAnsweredIndeterminate) {
  std::stop_source interrupt;
  OrderServers servers(1, [&](const Received&, std::size_t n) -> std::optional<TestAnswer> {
    if (n == 7) interrupt.request_stop();
    if (n >= 4) return TestAnswer{"", After::silence};
    return std::nullopt;
  });
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 1000;
  options.duration = 1h;
  options.connections = 4;
  const RunResult result = run(options, interrupt.get_token());
  EXPECT_TRUE(result.interrupted);
  EXPECT_EQ(outcomes(result.ledger)[RequestOutcome::accepted], 4u);
  EXPECT_EQ(outcomes(result.ledger)[RequestOutcome::indeterminate], 4u);
}

TEST(RunLoad, AnInterruptBeforeTheStartSendsNothing) {
  std::stop_source interrupt;
  interrupt.request_stop();
  OrderServers servers(1);
  const RunResult result = run(servers.options(ScenarioKind::all), interrupt.get_token());
  EXPECT_TRUE(result.interrupted);
  EXPECT_TRUE(result.ledger.entries.empty());
  EXPECT_TRUE(servers.taken().empty());
}

TEST(RunLoad, ReportsItsProgress) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 200;
  options.duration = 700ms;
  std::vector<LoadProgress> said;
  const auto result = run_load(options, {}, [&](const LoadProgress& progress) { said.push_back(progress); });
  ASSERT_TRUE(result.ok());
  ASSERT_FALSE(said.empty());
  EXPECT_EQ(said.back().phase, "individual");
  EXPECT_GT(said.back().sent, 0u);
  EXPECT_LE(said.back().sent, 140u);
  EXPECT_TRUE(said.back().left.has_value());
}

}  // namespace
}  // namespace sagactl
