#include "server/engine/failed_commands.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace sagactl {

std::optional<OrderId> flow_of(const Command& command) {
  return std::visit(
      [](const auto& it) -> std::optional<OrderId> {
        using Kind = std::decay_t<decltype(it)>;
        if constexpr (std::is_same_v<Kind, WakeRequest> || std::is_same_v<Kind, StepReplied>)
          return order_of(it.saga);
        else if constexpr (std::is_same_v<Kind, PerformRequest>)
          return order_of(it.call.saga);
        else if constexpr (std::is_same_v<Kind, ContinueRequest> || std::is_same_v<Kind, PaymentChecked> ||
                           std::is_same_v<Kind, CheckDueFlowRequest>)
          return it.order;
        else
          return std::nullopt;
      },
      command);
}

bool FailedCommands::put(QueuedCommand command, SteadyTime now) {
  if (failed_.size() >= commands_max) return false;
  Duration pause = first_pause;
  for (unsigned i = 0; i < command.failures && pause < longest_pause; ++i) pause *= 2;
  ++command.failures;
  failed_.push_back({now + std::min(pause, longest_pause), std::move(command)});
  return true;
}

std::vector<QueuedCommand> FailedCommands::take_due(SteadyTime now, std::size_t max) {
  std::vector<QueuedCommand> due;
  for (auto it = failed_.begin(); it != failed_.end() && due.size() < max;) {
    if (it->due > now) {
      ++it;
      continue;
    }
    due.push_back(std::move(it->command));
    it = failed_.erase(it);
  }
  return due;
}

bool FailedCommands::has_check_of(OrderId order) const {
  return std::any_of(failed_.begin(), failed_.end(), [&](const Failed& failed) {
    const auto* check = std::get_if<CheckDueFlowRequest>(&failed.command.command);
    return check && check->order == order;
  });
}

SteadyTime FailedCommands::due() const {
  SteadyTime due = never_due;
  for (const Failed& failed : failed_) due = std::min(due, failed.due);
  return due;
}

std::size_t FailedCommands::flow_count() const {
  std::set<OrderId> orders;
  for (const Failed& failed : failed_)
    if (const auto order = flow_of(failed.command.command)) orders.insert(*order);
  return orders.size();
}

}  // namespace sagactl
