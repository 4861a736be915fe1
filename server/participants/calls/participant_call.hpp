// A call to a participant of a user's saga, and its answer, as they are: what they mean is in participant_request.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/text/spelling.hpp"
#include "server/saga/decide.hpp"

namespace sagactl {

// What a parent tells an LRA that is nested in it, instead of a request.
struct NestedLraCall {
  SagaId lra;
  LraWord word = LraWord::complete;
};

// One call, made after the decision that requires it is durable.
struct ParticipantCall {
  StepCall call;                 // whose it is
  DefinitionPointer definition;  // its participants
  std::size_t participant = 0;
  bool is_question = false;  // it asks what became of an earlier call
  int undo_round = 0;        // of an undo: StepState::undo_round
  int repeats = 0;           // of a transaction of DTM's: how many of its calls so far were repeats
  // Of an LRA's participant:
  bool forgets = false;        // it is asked to forget its failure
  bool has_forgotten = false;  // it was asked so before a person retried it: that it knows nothing does not mean done
  std::optional<NestedLraCall> nested = {};  // no request is sent: `participant` is none
  // An HTTP request. `url` is absolute. The caller adds to the headers what depends on the node: Saga-Answer,
  // Saga-Deadline and the signature.
  std::string method, url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string command;  // of a message; empty: HTTP
  Duration timeout = 5s;
};

// The answer of a participant that was called by message. docs/remote-participants.md
enum class Said : std::uint8_t { done, refused, again, unknown, under_way, not_found };

template <>
struct Spelling<Said> {
  static constexpr std::string_view names[] = {"done", "refused", "again", "unknown", "under-way", "not-found"};
};

struct ParticipantAnswer {
  int status = 0;            // of HTTP; 0: there is none, see `said` and `failure`
  std::optional<Said> said;  // by message
  std::string body;
  std::string location;                 // as the answer has it: absolute, or relative to the URL of the call
  std::optional<Duration> retry_after;  // when it is to be asked again
  std::string failure;                  // why there is no answer: "connection refused"; the reason of a message
  bool was_sent = true;                 // false: the participant got nothing of the call
  bool was_called = true;               // false: not even tried; its breaker is open, too many calls wait, or withdrawn
  bool comes_apart = false;             // the answer has come, and is given to the engine as a MessageAnswer
  Duration took{};
};

// A participant's answer by message, which any node may get, and the call that it names.
struct MessageAnswer {
  StepCall call;  // but for the index of its step
  std::string step;
  bool is_question = false;
  std::string topic;  // in which the call was made, without the prefix of all topics
  ParticipantAnswer answer;
};

}  // namespace sagactl
