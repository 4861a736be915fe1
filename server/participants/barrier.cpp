#include "server/participants/barrier.hpp"

#include <algorithm>

namespace sagactl {
namespace {

const Barrier* find(const std::vector<Barrier>& barriers, std::size_t step, Direction direction, int attempt) {
  const auto found = std::find_if(barriers.begin(), barriers.end(), [&](const Barrier& b) {
    return b.step == step && b.direction == direction && b.attempt == attempt;
  });
  return found == barriers.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Outcome> answer_from_barriers(std::vector<Barrier>& barriers, const StepCall& call, bool begun) {
  if (const Barrier* seen = find(barriers, call.step, call.direction, call.attempt)) {
    if (seen->blocked) return Refused{"its compensation came first"};
    if (!seen->refusal.empty()) return Refused{seen->refusal};
    return Succeeded{};
  }
  if (call.direction == Direction::action) return std::nullopt;
  const bool acted = find(barriers, call.step, Direction::action, call.attempt) != nullptr;
  if (acted || begun) return std::nullopt;
  const auto step = static_cast<std::uint8_t>(call.step);
  barriers.push_back({step, Direction::action, call.attempt, true, ""});
  barriers.push_back({step, Direction::compensation, call.attempt, false, ""});
  return Succeeded{};
}

void record_barrier(std::vector<Barrier>& barriers, std::size_t step, Direction direction, int attempt,
                    const Outcome& outcome) {
  const auto* refused = std::get_if<Refused>(&outcome);
  if (!refused && !std::holds_alternative<Succeeded>(outcome)) return;
  if (find(barriers, step, direction, attempt)) return;
  Barrier barrier;
  barrier.step = static_cast<std::uint8_t>(step);
  barrier.direction = direction;
  barrier.attempt = attempt;
  if (refused) barrier.refusal = refused->reason.empty() ? "refused" : refused->reason;
  barriers.push_back(std::move(barrier));
}

}  // namespace sagactl
