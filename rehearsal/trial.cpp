#include "rehearsal/trial.hpp"

#include <fmt/format.h>

namespace sagactl {

bool comes_after(const SagaDefinition& definition, std::size_t later, std::size_t earlier) {
  std::vector<bool> seen(definition.steps.size());
  std::vector<std::size_t> open = {later};
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const std::size_t before : steps_before(definition, at)) {
      if (before == earlier) return true;
      if (!seen[before]) open.push_back(before);
      seen[before] = true;
    }
  }
  return false;
}

std::vector<Trial> plan_trials(const SagaDefinition& definition) {
  std::vector<Trial> trials;
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const StepDefinition& step = definition.steps[i];
    if (step.kind != StepKind::call) continue;
    const auto add = [&](Direction direction, TrialFault fault) { trials.push_back({i, direction, fault}); };
    const bool is_past_pivot =
        definition.pivot != SagaDefinition::no_pivot && comes_after(definition, i, definition.pivot);
    const bool has_clock = definition.participants[step.call->participant].advance.has_value();
    add(Direction::action, TrialFault::refused);
    add(Direction::action, TrialFault::fails_twice);
    add(Direction::action, TrialFault::answer_lost);
    if (!is_past_pivot && step.call->undo) add(Direction::action, TrialFault::never_answered);
    add(Direction::action, TrialFault::called_twice);
    add(Direction::action, TrialFault::delivered_late);
    add(Direction::action, TrialFault::node_stops);
    if (has_clock) add(Direction::action, TrialFault::repeated_much_later);
    if (!step.call->undo) continue;
    // A step that can be asked about is asked instead of undone.
    if (!step.call->ask) add(Direction::action, TrialFault::undo_first);
    add(Direction::action, TrialFault::repeated_after_undo);
    add(Direction::compensation, TrialFault::refused);
    add(Direction::compensation, TrialFault::fails_twice);
    add(Direction::compensation, TrialFault::answer_lost);
    add(Direction::compensation, TrialFault::called_twice);
    add(Direction::compensation, TrialFault::delivered_late);
    add(Direction::compensation, TrialFault::node_stops);
  }
  return trials;
}

bool goes_back(const Trial& trial) {
  return trial.direction == Direction::compensation || trial.fault == TrialFault::repeated_after_undo;
}

std::string name_of(const SagaDefinition& definition, const Trial& trial) {
  if (trial.fault == TrialFault::none) return std::string(to_string(trial.fault));
  return fmt::format("{}{}: {}", trial.direction == Direction::compensation ? "undo of " : "",
                     definition.steps[trial.step].name, to_string(trial.fault));
}

}  // namespace sagactl
