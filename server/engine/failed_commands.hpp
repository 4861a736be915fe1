// Internal commands that the store rejected, each with a pause before it is retried. They have to succeed eventually: a
// saga without its wake-up would be stuck forever.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "common/steady_time.hpp"
#include "server/engine/command_queue.hpp"

namespace sagactl {

// Only used in turns.
class FailedCommands {
 public:
  static constexpr Duration first_pause = 2s, longest_pause = 60s;
  static constexpr std::size_t commands_max = 10'000;

  // Counts the failure. False: there are too many, and the command is dropped.
  bool put(QueuedCommand command, SteadyTime now);

  // Takes those that are due, at most `max`.
  std::vector<QueuedCommand> take_due(SteadyTime now, std::size_t max);

  // Whether a CheckDueFlowRequest of this order is among them.
  bool has_check_of(OrderId order) const;

  SteadyTime due() const;  // the next one
  std::size_t size() const { return failed_.size(); }
  std::size_t flow_count() const;  // the number of flows that they belong to
  void clear() { failed_.clear(); }

 private:
  struct Failed {
    SteadyTime due;
    QueuedCommand command;
  };
  std::vector<Failed> failed_;
};

// The order of an internal command; none for any other command.
std::optional<OrderId> flow_of(const Command& command);

}  // namespace sagactl
