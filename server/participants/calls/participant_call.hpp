// A call to a participant of a user's saga, and its answer, as they are: what they mean is in participant_request.hpp.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/saga/decide.hpp"

namespace sagactl {

// One call, made after the decision that requires it is durable.
struct ParticipantCall {
  StepCall call;                 // whose it is
  DefinitionPointer definition;  // its participants
  std::size_t participant = 0;
  bool is_question = false;  // it asks what became of an earlier call
  int repeats = 0;           // of a transaction of DTM's: how many of its calls so far were repeats
  // An HTTP request. `url` is absolute. The caller adds to the headers what depends on the node: Saga-Answer,
  // Saga-Deadline and the signature.
  std::string method, url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string command;  // of a message; empty: HTTP
  Duration timeout = 5s;
};

struct ParticipantAnswer {
  int status = 0;  // of HTTP; 0: there is none, see `failure`
  std::string body;
  std::string location;                 // as the answer has it: absolute, or relative to the URL of the call
  std::optional<Duration> retry_after;  // when it is to be asked again
  std::string failure;                  // why there is no answer: "connection refused"
  bool was_sent = true;                 // false: the participant got nothing of the call
  bool was_called = true;               // false: not even tried; its breaker is open, too many calls wait, or withdrawn
  Duration took{};
};

}  // namespace sagactl
