// Replays the history of an order of another system through the deciders of this one: they are given what happened
// there, at the times at which it happened, and so return the order, saga, payment and events that this system would
// have. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/import/source_rows.hpp"
#include "common/text/spelling.hpp"
#include "server/participants/flow.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

// What becomes of an order and its saga.
enum class Judgement : std::uint8_t {
  ended,              // it had ended there
  taken_up,           // nothing was paid, and there is time left: the nodes here go on with it
  ended_completed,    // paid but not confirmed: confirmed by the import
  ended_compensated,  // not paid: cancelled by the import
  left_to_a_person,   // its rows contradict each other, or whether money moved is unknown: failed, for an operator
  not_yet,            // the other system's nodes may still be at work on it
};

template <>
struct Spelling<Judgement> {
  static constexpr std::string_view names[] = {
      "ended", "taken up", "ended as completed", "ended as compensated", "left to a person", "not yet"};
};

struct Replayed {
  Judgement judgement = Judgement::ended;
  std::string why;  // unless it had ended there
  Flow flow;
  std::vector<Event> events;  // in their order, without a sequence
};

struct ReplayOptions {
  Writer writer;         // the node that imports
  Timestamp now;         // what the import itself does happens now
  bool is_live = false;  // the other system's nodes run: what is in progress is theirs
};

Replayed replay(const SourceOrder& source, const ReplayOptions& options);

}  // namespace sagactl
