// Who may lead an agent, and what happens when one of the two is something else, or is gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "loadgen/agents/options_codec.hpp"
#include "loadgen/sending/steady_ns.hpp"
#include "tests/loadgen/agents/test_agents.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class AgentProtocol : public testing::Test {
 protected:
  Error refusal(const AgentsSetup& setup) {
    LoadOptions options = servers_.options(ScenarioKind::individual);
    options.orders = 5;
    const auto result = run_load_on_agents(options, setup);
    if (!result) return result.error();
    ADD_FAILURE() << "it was led";
    return {};
  }
  AgentConnection connect(const Url& url, const std::string& token = agents_token) {
    HttpClientOptions http;
    http.token = token;
    return {url, http};
  }
  std::string description(const std::string& run) {
    RunDescription description;
    description.led_by = "somebody else";
    description.options = servers_.options(ScenarioKind::individual);
    description.options.run = run;
    description.options.rate = 50;
    description.options.duration = 60s;
    description.prepared.users.push_back({"ann", "token", false, {"Authorization: Bearer token\r\n", {}}, {}, {}, {}});
    return encoded(description);
  }

  OrderServers servers_{1};
};

TEST_F(AgentProtocol, AWrongTokenIsRefused) {
  const TestAgents agents(2);
  AgentsSetup setup = agents.setup();
  setup.token = "another-token-of-agents";
  const Error error = refusal(setup);
  EXPECT_EQ(error.code, ErrorCode::unauthenticated);
  EXPECT_THAT(error.message, HasSubstr("--agents-token-file"));
  EXPECT_EQ(servers_.taken().size(), 0u);
  for (const char* path : {"/loadtest-agent", "/loadtest-agent/clock", "/loadtest-agent/runs/x"}) {
    HttpClient client(setup.urls[0]);
    EXPECT_EQ(client.get(path)->status, 401) << path;
  }
}

TEST_F(AgentProtocol, AnotherVersionIsRefusedWithBothNames) {
  const TestAgents agents(1);
  const TestAgent old("0.9");
  AgentsSetup setup = agents.setup();
  setup.urls.push_back(old.url());
  const Error error = refusal(setup);
  EXPECT_EQ(error.code, ErrorCode::conflict);
  EXPECT_THAT(error.message, HasSubstr("is of version 0.9, and this is 1"));
  EXPECT_EQ(servers_.registered(), 0u) << "nothing was prepared";
}

TEST_F(AgentProtocol, ABusyAgentSaysWhomItIsBusyFor) {
  const TestAgents agents(1);
  AgentConnection other = connect(agents.setup().urls[0]);
  ASSERT_TRUE(other.hand_over(description("first")));
  const Error error = refusal(agents.setup());
  EXPECT_EQ(error.code, ErrorCode::busy);
  EXPECT_THAT(error.message, HasSubstr("somebody else"));
  EXPECT_EQ(other.hand_over(description("second")).error().code, ErrorCode::busy);
  EXPECT_TRUE(other.release("first"));
}

TEST_F(AgentProtocol, SomethingElseAtThePortIsNoAgent) {
  ScriptedServer garbage([](const Received&) { return TestAnswer{"\x16\x03garbage\r\n", TestAnswer::After::close}; });
  ScriptedServer website([](const Received&) { return answer(200, "<html>welcome</html>"); });
  ScriptedServer another([](const Received&) { return answer(404, "{}"); });
  ScriptedServer json([](const Received&) { return answer(200, "{\"version\":7}"); });
  for (const ScriptedServer* server : {&garbage, &website, &another, &json}) {
    AgentsSetup setup;
    setup.urls = {parse_node_url(server->url()).value()};
    setup.token = agents_token;
    setup.version = "1";
    const Error error = refusal(setup);
    EXPECT_EQ(error.code, ErrorCode::unavailable) << error.message;
    EXPECT_THAT(error.message, HasSubstr("agent 127.0.0.1:" + std::to_string(server->port())));
  }
}

TEST_F(AgentProtocol, NobodyAtThePortIsSaid) {
  AgentsSetup setup;
  {
    const TestAgent gone;
    setup.urls = {gone.url()};
  }
  setup.token = agents_token;
  setup.version = "1";
  EXPECT_EQ(refusal(setup).code, ErrorCode::unavailable);
}

TEST_F(AgentProtocol, WhatIsNoRunIsRefusedAndLeavesTheAgentFree) {
  const TestAgent agent;
  AgentConnection connection = connect(agent.url());
  EXPECT_EQ(connection.hand_over("garbage").error().code, ErrorCode::invalid);
  EXPECT_EQ(connection.hand_over(std::string(1u << 20, '\xFF')).error().code, ErrorCode::invalid);
  EXPECT_EQ(connection.status("run1").error().code, ErrorCode::not_found);
  EXPECT_EQ(connection.begin_phase("run1", 0, {}).error().code, ErrorCode::not_found);
  EXPECT_EQ(connection.greet()->busy_by, "");
}

TEST_F(AgentProtocol, AHugeMessageIsRefused) {
  const TestAgent agent;
  HttpClient client(agent.url(), {.token = agents_token});
  const auto answered = client.send({"POST", "/loadtest-agent/runs/x/phases", std::string(1u << 20, ' '), {}});
  EXPECT_TRUE(!answered || answered->status == 413) << answered->status;
  EXPECT_TRUE(connect(agent.url()).greet());
}

TEST_F(AgentProtocol, APhaseBeginsOnceInItsTurnAndBeforeItsTime) {
  const TestAgent agent;
  AgentConnection connection = connect(agent.url());
  ASSERT_TRUE(connection.hand_over(description("turns")));
  while (connection.status("turns")->state == PartState::preparing) std::this_thread::yield();
  const std::int64_t soon = steady_ns() + 60'000'000'000;
  EXPECT_EQ(connection.begin_phase("turns", 1, {{}, soon}).error().code, ErrorCode::conflict) << "not its turn";
  const auto late = connection.begin_phase("turns", 0, {{}, steady_ns() - 1});
  EXPECT_THAT(late.error().message, HasSubstr("after its time"));
  EXPECT_TRUE(connection.begin_phase("turns", 0, {{}, soon}));
  EXPECT_FALSE(connection.begin_phase("turns", 0, {{}, soon})) << "it has begun";
  EXPECT_TRUE(connection.release("turns"));
}

TEST_F(AgentProtocol, AnAgentThatNobodyLeadsAnyMoreStopsByItselfAndIsFreeAgain) {
  std::promise<void> noticed;
  const TestAgent agent("1", [&](const std::string& line) {
    if (line.find("heard nothing") != std::string::npos) noticed.set_value();
  });
  AgentConnection connection = connect(agent.url());
  ASSERT_TRUE(connection.hand_over(description("orphan")));
  while (connection.status("orphan")->state == PartState::preparing) std::this_thread::yield();
  ASSERT_TRUE(connection.begin_phase("orphan", 0, {{}, steady_ns() + 1'000'000'000}));
  // Asking who it is busy for is not leading it.
  AgentConnection visitor = connect(agent.url());
  EXPECT_THAT(visitor.greet()->busy_by, HasSubstr("somebody else"));
  noticed.get_future().wait();
  while (!visitor.greet()->busy_by.empty()) std::this_thread::yield();
  const std::size_t taken = servers_.taken().size();
  EXPECT_GT(taken, 0u);
  EXPECT_LT(taken, 3000u) << "it has not sent all";
  EXPECT_EQ(connection.status("orphan").error().code, ErrorCode::not_found);
}

TEST_F(AgentProtocol, AnAgentThatCannotReachTheServersIsNamed) {
  const TestAgents agents(1);
  AgentConnection connection = connect(agents.setup().urls[0]);
  RunDescription lost;
  lost.options = servers_.options(ScenarioKind::individual);
  lost.options.run = "lost";
  lost.options.targets = {"http://127.0.0.1:1"};
  lost.prepared.users.push_back({"ann", "token", false, {"Authorization: Bearer token\r\n", {}}, {}, {}, {}});
  ASSERT_TRUE(connection.hand_over(encoded(lost)));
  PartStatus status;
  do status = connection.status("lost").value();
  while (status.state == PartState::preparing);
  EXPECT_EQ(status.state, PartState::failed);
  EXPECT_THAT(status.error, HasSubstr("cannot connect to http://127.0.0.1:1"));
}

}  // namespace
}  // namespace sagactl
