// Agents of load tests in this process, each with a thread and a port of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "cli/loadtest/agents/agent_server.hpp"
#include "loadgen/agents/coordinated_run.hpp"
#include "server/http/server.hpp"

namespace sagactl {

inline constexpr const char* agents_token = "a-token-of-the-agents";

class TestAgent {
 public:
  explicit TestAgent(
      const std::string& version = "1", std::function<void(const std::string&)> say = [](const std::string&) {}) {
    AgentServerSetup setup;
    setup.token = agents_token;
    setup.version = version;
    setup.say = std::move(say);
    agent_ = std::make_unique<AgentServer>(context_, std::move(setup));
    http::ServerOptions options;
    options.port = 0;
    server_ = http::Server::listen(context_, options, std::make_shared<const http::Router>(agent_->routes()),
                                   std::make_shared<http::Metrics>())
                  .value();
    port_ = server_->port();
    thread_ = std::thread([this] { context_.run(); });
  }
  ~TestAgent() { die(); }

  // It answers nothing any more, and its load ends: as far as others see it, the process has died.
  void die() {
    if (!thread_.joinable()) return;
    context_.stop();
    thread_.join();
    server_.reset();
    agent_.reset();
  }
  Url url() const { return parse_node_url("127.0.0.1:" + std::to_string(port_)).value(); }

 private:
  boost::asio::io_context context_{1};
  std::unique_ptr<AgentServer> agent_;
  std::unique_ptr<http::Server> server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

class TestAgents {
 public:
  explicit TestAgents(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) agents_.push_back(std::make_unique<TestAgent>());
  }
  TestAgent& at(std::size_t index) { return *agents_[index]; }
  AgentsSetup setup() const {
    AgentsSetup setup;
    for (const auto& agent : agents_) setup.urls.push_back(agent->url());
    setup.token = agents_token;
    setup.version = "1";
    setup.led_by = "the test";
    return setup;
  }

 private:
  std::vector<std::unique_ptr<TestAgent>> agents_;
};

}  // namespace sagactl
