// Commands of the engine's own that the store refused alone, each with a pause before it is tried again. What they
// stand for is owed: a saga without its wake-up would stand still for ever.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/steady_time.hpp"
#include "server/engine/command_queue.hpp"

namespace sagactl {

// Only touched in turns.
class FailedCommands {
 public:
  static constexpr Duration first_pause = 2s, longest_pause = 60s;
  static constexpr std::size_t commands_max = 10'000;

  // Counts the failure. False: there are too many, and it is dropped.
  bool put(Waiting command, SteadyTime now);

  // Takes those whose pause is over, at most `max`.
  std::vector<Waiting> take_due(SteadyTime now, std::size_t max);

  // Whether one that gives back this order's reservations is among them.
  bool expires(OrderId order) const;

  SteadyTime due() const;  // the next one
  std::size_t size() const { return failed_.size(); }
  std::size_t flows() const;  // how many sagas stand still for it
  void clear() { failed_.clear(); }

 private:
  struct Failed {
    SteadyTime due;
    Waiting command;
  };
  std::vector<Failed> failed_;
};

// The order that a command of the engine's own is about. None: another command.
std::optional<OrderId> flow_of(const Command& command);

}  // namespace sagactl
