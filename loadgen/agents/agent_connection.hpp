// The requests of the leader of a run to one agent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "httpclient/http_client.hpp"
#include "loadgen/agents/clock_comparison.hpp"
#include "loadgen/agents/figures_codec.hpp"

namespace sagactl {

// What an agent serves: GET agent_path, agent_path/clock and agent_path/runs/{run}, POST agent_path/runs, ...
inline constexpr std::string_view agent_path = "/loadtest-agent";
inline constexpr int agent_protocol = 1;
// The time without contact after which an agent ends its part by itself, and after which the leader considers the agent
// lost.
inline constexpr Duration contact_lost_after = 5s;

struct AgentGreeting {
  std::string version;
  int protocol = 0;
  std::string host;
  std::uint32_t cores = 0;
  std::string busy_by, busy_since;  // "": it is free
};
Json encoded(const AgentGreeting& greeting);

// Errors name the agent. For one thread.
class AgentConnection {
 public:
  // `options.token` is the secret that the agent was started with.
  AgentConnection(const Url& url, const HttpClientOptions& options) : name_(url.authority()), client_(url, options) {}

  const std::string& name() const { return name_; }  // host:port

  // `unavailable` when nothing, or something else, answers there; `unauthenticated` for a wrong token.
  Result<AgentGreeting> greet();
  Result<ClockReading> read_clock();
  Result<ClockComparison> compare_clocks(int readings);
  Result<void> hand_over(const std::string& description);  // `busy` when it has another run
  Result<PartStatus> status(const std::string& run);       // `not_found` when it has no such run (any more)
  Result<std::string> entries(const std::string& run, std::uint64_t from);
  Result<void> begin_phase(const std::string& run, std::size_t phase, const PhaseStart& start);
  Result<void> stop(const std::string& run);
  Result<void> release(const std::string& run);

 private:
  std::string path_of(const std::string& run, std::string_view rest = {}) const;
  Result<HttpResponse> send(HttpRequest request);
  Result<Json> json(HttpRequest request);

  const std::string name_;
  HttpClient client_;
};

}  // namespace sagactl
