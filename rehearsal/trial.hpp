// What a rehearsal tries: one fault at one step, for doing it or for undoing it.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/text/spelling.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

enum class TrialFault : std::uint8_t {
  none,
  refused,              // the participant refuses it; it is not called
  fails_twice,          // it answers 500 twice before it is called
  answer_lost,          // it is done, its answer is lost, and the call is repeated
  never_answered,       // it is done, and no answer ever comes
  called_twice,         // the same call twice at once
  delivered_late,       // a call is held back past its time limit, and delivered after its repetition
  node_stops,           // the node stops before it has the answer
  repeated_much_later,  // the answer is lost, and the call is repeated after an hour
  undo_first,           // the undo comes before the call that it undoes, which is delivered afterwards
  repeated_after_undo,  // the call is delivered once more after its undo
};

template <>
struct Spelling<TrialFault> {
  static constexpr std::string_view names[] = {"without a fault",
                                               "refused",
                                               "500 twice",
                                               "answer lost",
                                               "done without an answer",
                                               "twice at once",
                                               "delivered late",
                                               "node stops",
                                               "repeated after an hour",
                                               "undo first",
                                               "repeated after the undo"};
};

struct Trial {
  std::size_t step = 0;
  Direction direction = Direction::action;
  TrialFault fault = TrialFault::refused;
};

// All that apply to the definition, in the order of its steps.
std::vector<Trial> plan_trials(const SagaDefinition& definition);

// Whether the step `later` comes after `earlier`, directly or by way of others.
bool comes_after(const SagaDefinition& definition, std::size_t later, std::size_t earlier);

// Whether the saga is cancelled once the step is done, so that it goes back from there.
bool goes_back(const Trial& trial);

std::string name_of(const SagaDefinition& definition, const Trial& trial);  // "undo of hotel: answer lost"

// How long after the first call the repetition of `repeated_much_later` comes.
inline constexpr Duration much_later = std::chrono::minutes(61);

}  // namespace sagactl
