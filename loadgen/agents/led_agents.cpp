#include "loadgen/agents/led_agents.hpp"

#include <algorithm>
#include <thread>

#include "loadgen/agents/coordinated_run.hpp"

namespace sagactl {

LedAgents::LedAgents(const AgentsSetup& setup, const std::string& run) {
  HttpClientOptions http;
  http.token = setup.token;
  http.connect = setup.connect;
  for (const Url& url : setup.urls) {
    LedAgentSetup agent;
    agent.url = url;
    agent.http = http;
    agent.index = static_cast<std::uint16_t>(agents_.size());
    agent.run = run;
    agent.changed = [this] {
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    };
    agents_.emplace_back(std::move(agent));
  }
}

Result<void> LedAgents::greet(const std::string& version) {
  return each_at_once([&](LedAgent& agent, std::size_t) { return agent.greet(version); });
}

Result<void> LedAgents::each_at_once(const std::function<Result<void>(LedAgent&, std::size_t)>& call) {
  std::vector<Result<void>> results(agents_.size());
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < agents_.size(); ++i) threads.emplace_back([&, i] { results[i] = call(agents_[i], i); });
  }
  for (const Result<void>& result : results)
    if (!result) return result;
  return {};
}

bool LedAgents::wait_until(const std::function<bool(const LedAgent::State&)>& done,
                           std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] {
    return std::all_of(agents_.begin(), agents_.end(), [&](const LedAgent& agent) { return done(agent.state()); });
  });
}

bool LedAgents::is_any_lost() const {
  return std::any_of(agents_.begin(), agents_.end(), [](const LedAgent& agent) { return agent.state().is_lost(); });
}

void LedAgents::stop() {
  (void)each_at_once([](LedAgent& agent, std::size_t) {
    agent.stop();
    return Result<void>();
  });
}

}  // namespace sagactl
