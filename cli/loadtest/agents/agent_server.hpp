// The HTTP server of an agent, for the leader of a load test: one run at a time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "loadgen/agents/agent_run.hpp"
#include "server/http/router.hpp"

namespace sagactl {

struct AgentServerSetup {
  std::string token;    // that requests must have
  std::string version;  // the leader must have the same
  AgentMachine machine;
  std::function<void(const std::string&)> say;  // logs a line, for people
};

// Everything runs on the one thread of the context, which this and the context's handlers outlive.
class AgentServer {
 public:
  AgentServer(boost::asio::io_context& context, AgentServerSetup setup);

  // The routes refer to this.
  http::Router routes();

 private:
  http::Answer greet() const;
  http::Answer take_over(const http::Request& request);
  http::Answer begin_phase(const http::Request& request);
  http::Answer entries(const http::Request& request);
  http::Answer stop(const http::Request& request);
  http::Answer release(const http::Request& request);
  // The run that the request names; notes the time of the contact. `not_found` for another run.
  Result<AgentRun*> run_of(const http::Request& request);
  void watch();
  void abandon(const std::string& why);

  const AgentServerSetup setup_;
  std::unique_ptr<AgentRun> run_;
  bool is_abandoned_ = false;  // nobody asks for the run any more: it goes when its load has ended
  std::chrono::steady_clock::time_point heard_;
  boost::asio::steady_timer timer_;
};

}  // namespace sagactl
