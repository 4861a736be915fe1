// A load test that several machines send: one schedule that is divided among them, one ledger, one result. The process
// that divides it is the leader.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "loadgen/agents/agent_connection.hpp"
#include "loadgen/run.hpp"

namespace sagactl {

struct AgentsSetup {
  std::vector<Url> urls;   // of the agents
  std::string token;       // their secret
  ConnectOptions connect;  // how they are reached
  std::string version;     // the agents must have the same
  std::string led_by;      // shown to others while the agent is busy: who uses it
};

// The most agents of a run.
inline constexpr std::size_t agents_max = 64;

// As run_load: the same requests at the same times, each sent by one of the agents. The caller prepares targets,
// accounts and test data, and does set-up, log-ins, faults of processes and tear-down; the agents send the load. A lost
// agent ends the load; the result says so (AgentResult::lost), and contains the requests that it may have sent, as
// indeterminate. Errors: also `unauthenticated`, `busy`, `conflict` or `unavailable` when an agent cannot be led.
Result<RunResult> run_load_on_agents(const LoadOptions& options, const AgentsSetup& agents,
                                     const std::stop_token& interrupt = {}, const ProgressCallback& progress = {});

// Whether the agents could be led now, for --dry-run.
struct AgentSeen {
  std::string name;
  AgentGreeting greeting;
  Duration clock_difference{0}, clock_uncertainty{0};
};
Result<std::vector<AgentSeen>> see_agents(const AgentsSetup& agents);

}  // namespace sagactl
