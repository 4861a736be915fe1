// --agents of `loadtest`: the machines that send the load.
#pragma once

#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "loadgen/agents/coordinated_run.hpp"

namespace CLI {
class App;
}

namespace sagactl {

inline constexpr std::uint16_t agent_port = 7410;

struct AgentsFlags {
  std::vector<std::string> addresses;  // empty: this process sends the load
  std::string token_file;
  bool without_tls = false;
  bool any() const { return !addresses.empty(); }
};

void add_agents_flags(CLI::App& app, AgentsFlags& flags);

// `invalid` for a token that is missing or short; `flag` is where it comes from.
Result<void> check_agents_token(const std::string& token, const std::string& flag);

// `invalid` for addresses, a token or options that cannot be used.
Result<AgentsSetup> agents_setup(const Invocation& invocation, const AgentsFlags& flags);

// For --dry-run: the agents and their shares, after they have been asked whether they are ready.
Result<Json> agents_seen(const AgentsSetup& setup);
std::string agents_seen_text(const Json& agents);

}  // namespace sagactl
