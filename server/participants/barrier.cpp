#include "server/participants/barrier.hpp"

#include <algorithm>

namespace sagactl {
namespace {

const Barrier* find(const std::vector<Barrier>& barriers, std::size_t step, Direction direction, int execution) {
  const auto found = std::find_if(barriers.begin(), barriers.end(), [&](const Barrier& b) {
    return b.step == step && b.direction == direction && b.execution == execution;
  });
  return found == barriers.end() ? nullptr : &*found;
}

constexpr const char* came_too_late = "its compensation came first";

}  // namespace

bool refusal_is_final(const SagaDefinition* definition, std::size_t step, Direction direction) {
  return direction == Direction::action && (!definition || step <= definition->pivot);
}

std::optional<Outcome> answer_from_barriers(std::vector<Barrier>& barriers, const StepCall& call, bool has_record,
                                            bool refusal_is_final) {
  if (const Barrier* seen = find(barriers, call.step, call.direction, call.execution)) {
    if (seen->blocked) return Refused{came_too_late};
    if (seen->refusal.empty()) return Succeeded{};
    if (!refusal_is_final) return std::nullopt;
    return Refused{seen->refusal};
  }
  if (call.direction == Direction::action) return std::nullopt;
  const bool acted = find(barriers, call.step, Direction::action, call.execution) != nullptr;
  if (acted || has_record) return std::nullopt;
  const auto step = static_cast<std::uint8_t>(call.step);
  barriers.push_back({step, Direction::action, call.execution, true, ""});
  barriers.push_back({step, Direction::compensation, call.execution, false, ""});
  return Succeeded{};
}

Outcome block_action(std::vector<Barrier>& barriers, const StepCall& call) {
  barriers.push_back({static_cast<std::uint8_t>(call.step), Direction::action, call.execution, true, ""});
  return Refused{came_too_late};
}

void record_barrier(std::vector<Barrier>& barriers, std::size_t step, Direction direction, int execution,
                    const Outcome& outcome, bool refusal_is_final) {
  const auto* refused = std::get_if<Refused>(&outcome);
  if (refused ? !refusal_is_final : !std::holds_alternative<Succeeded>(outcome)) return;
  if (find(barriers, step, direction, execution)) return;
  Barrier barrier;
  barrier.step = static_cast<std::uint8_t>(step);
  barrier.direction = direction;
  barrier.execution = execution;
  if (refused) barrier.refusal = refused->reason.empty() ? "refused" : refused->reason;
  barriers.push_back(std::move(barrier));
}

}  // namespace sagactl
