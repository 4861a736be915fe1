// A saga as an LRA, in the words of MicroProfile LRA 2.0: its status, and those of its participants.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/text/spelling.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

enum class LraStatus : std::uint8_t {
  active,
  closing,
  closed,
  failed_to_close,
  cancelling,
  cancelled,
  failed_to_cancel
};

template <>
struct Spelling<LraStatus> {
  static constexpr std::string_view names[] = {"Active",     "Closing",   "Closed",        "FailedToClose",
                                               "Cancelling", "Cancelled", "FailedToCancel"};
};

enum class LraParticipantStatus : std::uint8_t {
  active,
  completing,
  completed,
  failed_to_complete,
  compensating,
  compensated,
  failed_to_compensate
};

template <>
struct Spelling<LraParticipantStatus> {
  static constexpr std::string_view names[] = {"Active",       "Completing",  "Completed",         "FailedToComplete",
                                               "Compensating", "Compensated", "FailedToCompensate"};
};

bool is_lra(const Saga& saga);
bool is_nested_lra(const Saga& saga);

// What a step keeps of a participant that has failed: its reason; once it was asked to forget that, a second member;
// and once a person retries it, that member alone.
inline constexpr std::string_view lra_failed_prefix = R"({"refused":)";
inline constexpr std::string_view lra_forgotten_member = R"("forgotten":true})";

// Precondition of these: it is one. Whether the step is one that a participant completes or compensates.
bool is_lra_work(const Saga& saga, std::size_t step);
// Whether its participant is being called for the first time, and has not answered. A nested LRA answers at once; it is
// asked once more when it has ended, or else after a while.
bool awaits_first_answer(const Saga& saga, std::size_t step);
// A step is given up when it is in progress and nothing more is done for it: its
// participant has failed, or has not answered in time. A person may retry it.
bool is_given_up(const Saga& saga, std::size_t step);
// Whether its participant has failed and is being told to forget that, and whether it has been told.
bool is_told_to_forget(const StepState& step);
bool was_told_to_forget(const StepState& step);
bool has_turned_back(const Saga& saga);  // cancelled, out of time, or compensated by an operator
// Whether the LRA may still be cancelled though it is being closed, or is closed: it is nested, and its parent has not
// said yet that it stays closed.
bool is_closed_for_now(const Saga& saga);
// Those that listen do not count: an LRA is closed before anybody hears of it. One that a person has stopped has
// failed.
LraStatus lra_status_of(const Saga& saga);
LraParticipantStatus lra_participant_status_of(const Saga& saga, std::size_t step);
// That of a nested LRA, which is a participant of its parent.
LraParticipantStatus as_participant(LraStatus status);

inline bool is_under_way(LraStatus status) {
  return status == LraStatus::closing || status == LraStatus::cancelling;
}
inline bool has_ended(LraStatus status) {
  return status != LraStatus::active && !is_under_way(status);
}

}  // namespace sagactl
