// The agents of one run, asked, waited for and stopped together.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "loadgen/agents/led_agent.hpp"

namespace sagactl {

struct AgentsSetup;

class LedAgents {
 public:
  // `run`: the id of the run, if there is one yet.
  explicit LedAgents(const AgentsSetup& setup, const std::string& run = {});

  std::size_t size() const { return agents_.size(); }
  LedAgent& operator[](std::size_t i) { return agents_[i]; }
  auto begin() { return agents_.begin(); }
  auto end() { return agents_.end(); }

  // Whether each may be led: LedAgent::greet.
  Result<void> greet(const std::string& version);

  // Calls `call(agent, index)` for all agents at once; the first error by their order.
  Result<void> each_at_once(const std::function<Result<void>(LedAgent&, std::size_t)>& call);

  // Waits until done(state) holds for every agent, at most `patience`. False: it does not yet.
  bool wait_until(const std::function<bool(const LedAgent::State&)>& done, std::chrono::milliseconds patience);

  bool is_any_lost() const;
  void stop();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<LedAgent> agents_;  // their threads use the members above
};

}  // namespace sagactl
