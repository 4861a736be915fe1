// A load that several agents send is the one that a single process would send, in one ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <map>
#include <set>

#include "analysis/agents_verdict.hpp"
#include "loadgen/agents/agent_figures.hpp"
#include "loadgen/agents/agent_totals.hpp"
#include "loadgen/faults/fault_grammar.hpp"
#include "loadgen/ledger/load_figures.hpp"
#include "tests/httpclient/relay.hpp"
#include "tests/httpclient/tls_server.hpp"
#include "tests/loadgen/agents/test_agents.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

RunResult sent_by(const TestAgents& agents, const LoadOptions& options, std::stop_token stop = {},
                  const ProgressCallback& progress = {}) {
  auto result = run_load_on_agents(options, agents.setup(), std::move(stop), progress);
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(result).value();
}

void expect_same_requests(const Ledger& together, const Ledger& alone, bool has_plan) {
  ASSERT_EQ(together.entries.size(), alone.entries.size());
  std::map<std::uint32_t, std::pair<std::int64_t, std::int64_t>> begins;  // by phase, of both
  auto expected = std::as_const(alone.entries).begin();
  for (const LedgerEntry& entry : std::as_const(together.entries)) {
    EXPECT_EQ(entry.operation, expected->operation);
    EXPECT_EQ(entry.group, expected->group);
    EXPECT_EQ(entry.kind, expected->kind);
    EXPECT_EQ(entry.user, expected->user);
    EXPECT_EQ(entry.phase, expected->phase);
    EXPECT_EQ(together.correlation_sent(entry), alone.correlation_sent(*expected));
    EXPECT_EQ(together.idempotency_key(entry), alone.idempotency_key(*expected));
    const auto& [begin, begin_alone] =
        begins.try_emplace(entry.phase, entry.planned.us, expected->planned.us).first->second;
    // Times are rounded to microseconds.
    if (has_plan) {
      EXPECT_LE(std::abs((entry.planned.us - begin) - (expected->planned.us - begin_alone)), 2);
    }
    ++expected;
  }
}

TEST(AgentsRun, FaultsAreDoneByTheLeaderWhileTheAgentsSend) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 200;
  options.duration = 1s;
  options.warmup = 100ms;
  options.faults.faults.push_back(parse_fault(R"(run "true" at 200ms)").value());
  const TestAgents agents(2);
  const RunResult result = sent_by(agents, options);
  ASSERT_EQ(result.ledger.faults.size(), 1u);
  const FaultMark& fault = result.ledger.faults.front();
  EXPECT_TRUE(fault.done) << fault.outcome;
  std::optional<Timestamp> first;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries)) {
    if (entry.phase == 0) continue;
    first = std::min(first.value_or(entry.planned), entry.planned);
  }
  ASSERT_TRUE(first);
  EXPECT_GE(fault.began - *first, 199ms) << "counted from the measured load, by the clock of the ledger";
  EXPECT_EQ(result.requests.sent, 200u);
}

// Of the run: the mark of its one fault.
FaultMark only_fault_of(const RunResult& result) {
  if (result.ledger.faults.size() == 1) return result.ledger.faults.front();
  ADD_FAILURE() << result.ledger.faults.size() << " faults";
  return {};
}

TEST(AgentsRun, TheProxyOfEachAgentStandsBeforeItsShareAndTheMarkIsOfAll) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 300;
  options.concurrency = 3;
  options.faults.proxy.push_back(parse_proxy_fault("cut requests of 20%").value());
  const TestAgents agents(3);
  const RunResult result = sent_by(agents, options);
  const FaultMark fault = only_fault_of(result);
  EXPECT_TRUE(fault.by_proxy && fault.done) << fault.outcome;
  EXPECT_EQ(fault.met, 300u);
  EXPECT_EQ(servers.taken().size(), 300 - fault.changed) << "what was cut did not reach the server";
  EXPECT_EQ(result.requests.transport_errors, fault.changed);
  EXPECT_EQ(fault.outcome, std::to_string(fault.changed) + " of 300 requests");
  std::map<std::uint16_t, std::uint64_t> cut_by;
  std::map<std::uint16_t, std::set<std::uint64_t>> turns;  // which of its requests each agent cut
  std::map<std::uint16_t, std::uint64_t> sent_by_agent;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries)) {
    const std::uint64_t turn = sent_by_agent[entry.agent]++;
    if (entry.outcome != RequestOutcome::indeterminate) continue;
    ++cut_by[entry.agent];
    turns[entry.agent].insert(turn);
  }
  EXPECT_EQ(cut_by.size(), 3u) << "each agent has a proxy";
  EXPECT_NE(turns[0], turns[1]) << "each agent has choices of its own";
  EXPECT_NE(turns[1], turns[2]);
}

TEST(AgentsRun, TheProxiesBeginTogetherByTheClockOfTheLedger) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 200;
  options.duration = 1s;
  options.warmup = 100ms;
  options.faults.proxy.push_back(parse_proxy_fault("answer 503 from 200ms to 600ms").value());
  const TestAgents agents(2);
  const RunResult result = sent_by(agents, options);
  const FaultMark fault = only_fault_of(result);
  EXPECT_TRUE(fault.done) << fault.outcome;
  std::optional<Timestamp> begin;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries))
    if (entry.phase != 0) begin = std::min(begin.value_or(entry.planned), entry.planned);
  ASSERT_TRUE(begin);
  EXPECT_NEAR(static_cast<double>((fault.began - *begin).count()), 200'000, 5'000);
  EXPECT_NEAR(static_cast<double>((fault.ended - *begin).count()), 600'000, 5'000);
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries)) {
    if (entry.http_status != 503) continue;
    EXPECT_GE(entry.done, fault.began);
    EXPECT_LE(entry.sent, fault.ended);
  }
}

TEST(AgentsRun, AFaultOfTheProxyForNoTargetOfTheLoadIsRefusedByTheLeader) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.faults.proxy.push_back(parse_proxy_fault("delay 1ms on http://other:1").value());
  const TestAgents agents(2);
  const auto refused = run_load_on_agents(options, agents.setup());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_THAT(refused.error().message, HasSubstr("is not a target of this load"));
  EXPECT_TRUE(servers.taken().empty());
}

TEST(AgentsRun, WhatTheProxyOfALostAgentDidIsSaidToBeUnknown) {
  FaultMark known;
  known.began = Timestamp{50};
  known.ended = Timestamp{90};
  known.met = 10;
  known.changed = 4;
  std::vector<FaultMark> marks;
  add_proxy_faults(marks, {{"a:1", {known}}, {"b:2", {}}}, {parse_proxy_fault("cut requests of 40%").value()});
  ASSERT_EQ(marks.size(), 1u);
  EXPECT_EQ(marks[0].outcome, "4 of 10 requests; what the proxy of b:2 did is not known");
  EXPECT_EQ(marks[0].began, known.began);
}

TEST(AgentsRun, ThreeAgentsSendWhatOneWouldAtTheSameTimes) {
  OrderServers servers(2);
  LoadOptions options = servers.options(ScenarioKind::mixed);
  options.run = "same1";
  options.rate = 400;
  options.duration = 1s;
  options.fail_share = 0.1;
  options.warmup = 200ms;
  const TestAgents agents(3);
  const RunResult together = sent_by(agents, options);
  OrderServers others(2);
  options.targets = others.options(ScenarioKind::mixed).targets;
  const auto alone = run_load(options);
  ASSERT_TRUE(alone) << alone.error().message;
  expect_same_requests(together.ledger, alone->ledger, true);
  EXPECT_EQ(together.requests.sent, alone->requests.sent);
  EXPECT_EQ(together.requests.accepted, alone->requests.accepted);
  EXPECT_EQ(together.requests.duplicates, alone->requests.duplicates);
  EXPECT_EQ(together.response.count(), together.requests.sent);
  EXPECT_EQ(servers.taken().size(), others.taken().size());
  std::uint64_t planned = 0, planned_alone = 0;
  for (const LoadSecond& second : together.seconds) planned += second.planned;
  for (const LoadSecond& second : alone->seconds) planned_alone += second.planned;
  EXPECT_EQ(planned, planned_alone);
  ASSERT_EQ(together.agents.size(), 3u);
  EXPECT_EQ(together.ledger.agents.size(), 3u);
  for (const AgentResult& agent : together.agents) EXPECT_EQ(agent.lost, "");
  EXPECT_EQ(every_agent_finished(together)->ruling, Ruling::pass);
  EXPECT_FALSE(every_agent_finished(*alone));
}

TEST(AgentsRun, TheFiguresOfTheAgentsAddUpToThoseOfTheRun) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.orders = 300;
  options.concurrency = 9;
  const TestAgents agents(3);
  const RunResult result = sent_by(agents, options);
  EXPECT_EQ(result.requests.accepted, 300u);
  Histogram response;
  std::uint64_t sent = 0;
  for (const AgentFigures& agent : agent_figures_of(result.ledger)) {
    response.merge(agent.response);
    sent += agent.requests.sent;
    EXPECT_EQ(agent.requests.sent, 100u);
  }
  EXPECT_EQ(sent, 300u);
  EXPECT_EQ(response.buckets(), result.response.buckets()) << "merged exactly";
  EXPECT_EQ(result.generator.own_lateness.count(), 300u);
  EXPECT_LE(servers.in_flight_most(), 9u);
  const std::string file = testing::TempDir() + "agents.ledger.jsonl";
  ASSERT_TRUE(save_ledger(result.ledger, file));
  const auto read_back = load_ledger(file);
  ASSERT_TRUE(read_back) << read_back.error().message;
  EXPECT_EQ(*read_back, result.ledger) << "with the agent of each request";
}

TEST(AgentsRun, DuplicatesMeetFromSeveralMachines) {
  OrderServers servers(3);
  LoadOptions options = servers.options(ScenarioKind::all);
  const TestAgents agents(3);
  const RunResult result = sent_by(agents, options);
  EXPECT_EQ(result.requests.accepted, 1u + 1 + 1 + 15 + 3 + 5) << "as the reference suite by one process";
  std::map<std::uint32_t, std::set<std::uint16_t>> agents_of;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries))
    if (entry.kind == OrderKind::duplicate) agents_of[entry.group].insert(entry.agent);
  ASSERT_EQ(agents_of.size(), 5u);
  for (const auto& [group, from] : agents_of) EXPECT_EQ(from.size(), 3u);
}

TEST(AgentsRun, PhasesBeginTogetherAndNoNumberIsUsedTwice) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::all);
  options.duration = 300ms;
  options.concurrency = 6;
  const TestAgents agents(2);
  const RunResult result = sent_by(agents, options);
  std::set<std::uint64_t> operations;
  std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> of_phase;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries)) {
    EXPECT_TRUE(operations.insert(entry.operation).second);
    auto [it, is_first] = of_phase.try_emplace(entry.phase, entry.operation, entry.operation);
    it->second.second = std::max(it->second.second, entry.operation);
  }
  ASSERT_EQ(of_phase.size(), 3u);
  EXPECT_LT(of_phase[0].second, of_phase[1].first);
  EXPECT_LT(of_phase[1].second, of_phase[2].first);
}

TEST(AgentsRun, ALostAgentEndsTheLoadAndWhatItMayHaveSentIsIndeterminate) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 100;
  options.duration = 60s;
  TestAgents agents(3);
  std::atomic<bool> has_died{false};
  const RunResult result = sent_by(agents, options, {}, [&](const LoadProgress& progress) {
    if (progress.sent > 60 && !has_died.exchange(true)) agents.at(1).die();
  });
  ASSERT_EQ(result.agents.size(), 3u);
  EXPECT_EQ(result.agents[0].lost, "");
  EXPECT_NE(result.agents[1].lost, "");
  EXPECT_GT(result.agents[1].unknown, 0u);
  EXPECT_GT(result.agents[1].reported, 0u);
  EXPECT_EQ(result.agents[1].reported, agent_figures_of(result.ledger)[1].requests.sent)
      << "the verdict and the table say one number";
  std::map<std::string, const LedgerEntry*> known;
  std::uint64_t lost = 0;
  for (const LedgerEntry& entry : std::as_const(result.ledger.entries)) {
    known[result.ledger.product(entry)] = &entry;
    if (entry.failure != TransportFailure::agent_lost) continue;
    ++lost;
    EXPECT_EQ(entry.agent, 1u);
    EXPECT_EQ(entry.outcome, RequestOutcome::indeterminate);
    EXPECT_EQ(entry.sent.us, 0);
  }
  EXPECT_EQ(lost, result.agents[1].unknown);
  for (const TakenOrder& taken : servers.taken())
    EXPECT_TRUE(known.contains(taken.product)) << "whatever reached the server is in the ledger";
  EXPECT_LT(result.requests.sent, 6000u) << "the load was ended";
  const Verdict verdict = *every_agent_finished(result);
  EXPECT_EQ(verdict.ruling, Ruling::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr(result.agents[1].address + " was lost"));
}

TEST(AgentsRun, WhatALostAgentMayHaveSentToWarmUpIsInNoFigure) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 100;
  options.duration = 1s;
  options.warmup = 60s;
  TestAgents agents(2);
  std::atomic<bool> has_died{false};
  const RunResult result = sent_by(agents, options, {}, [&](const LoadProgress& progress) {
    std::uint64_t answered = 0;
    for (const std::uint64_t of_target : progress.answered) answered += of_target;
    if (answered > 60 && !has_died.exchange(true)) agents.at(1).die();
  });
  ASSERT_EQ(result.agents.size(), 2u);
  EXPECT_NE(result.agents[1].lost, "");
  EXPECT_EQ(result.agents[1].unknown, 0u);
  EXPECT_EQ(result.agents[1].reported, 0u);
  EXPECT_TRUE(std::any_of(result.ledger.entries.begin(), result.ledger.entries.end(), [](const LedgerEntry& entry) {
    return entry.failure == TransportFailure::agent_lost;
  })) << "but it is in the ledger";
}

TEST(AgentsRun, AnAgentThatDoesNotTrustTheServerHasToBeStartedWithItsAuthority) {
  OrderServers servers(1);
  const TlsFront front(servers.node(0).port(), make_identity("IP:127.0.0.1"));
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.targets = {front.url()};
  options.token = "given";
  options.orders = 10;
  options.connect.authorities = front.certificate();
  const TestAgents agents(1);
  const auto result = run_load_on_agents(options, agents.setup());
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr(" cannot send: "));
  EXPECT_THAT(result.error().message, HasSubstr("; start that agent with --ca-file"));
  EXPECT_TRUE(servers.taken().empty());
}

TEST(AgentsRun, AStopEndsTheLoadOfAllAgents) {
  OrderServers servers(1);
  LoadOptions options = servers.options(ScenarioKind::individual);
  options.rate = 200;
  options.duration = 60s;
  const TestAgents agents(2);
  std::stop_source stop;
  const RunResult result = sent_by(agents, options, stop.get_token(), [&](const LoadProgress& progress) {
    if (progress.sent > 20) stop.request_stop();
  });
  EXPECT_TRUE(result.interrupted);
  EXPECT_LT(result.requests.sent, 12'000u);
  EXPECT_EQ(result.requests.sent, servers.taken().size()) << "the ledgers of both are complete";
  for (const AgentResult& agent : result.agents) EXPECT_EQ(agent.lost, "");
}

}  // namespace
}  // namespace sagactl
