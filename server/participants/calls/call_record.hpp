// The outcome of a call to a participant of a user's saga, as it is kept for traces.
#pragma once

#include <cstdint>
#include <string>

#include "server/saga/decide.hpp"

namespace sagactl {

enum class CallOutcome : std::uint8_t { done, refused, again, unknown, under_way };

template <>
struct Spelling<CallOutcome> {
  static constexpr std::string_view names[] = {"done", "refused", "again", "unknown", "under way"};
};

inline constexpr std::size_t kept_answer_max = 2048;  // bytes

struct CallRecord {
  std::size_t step = 0;
  Direction direction = Direction::action;
  int execution = 1;
  int tries = 1;
  bool is_question = false;  // it asked what became of an earlier call
  CallOutcome outcome = CallOutcome::done;
  int status = 0;      // of HTTP; 0: no answer
  std::string answer;  // the beginning of the body, at most kept_answer_max bytes; or why there is none
  Timestamp at;        // when the answer was recorded
  Duration took{};
  NodeName node;  // that made it

  friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

}  // namespace sagactl
