// Lets whoever was called for a step of a saga answer that call later, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sagactl::auth {

// The call that a token is for.
struct AnsweredCall {
  bool is_undo = false;
  int execution = 1;
  int undo_round = 0;  // of an undo: how often the step had been undone before, in this execution

  friend bool operator==(const AnsweredCall&, const AnsweredCall&) = default;
};

// All nodes with one shared secret accept one another's tokens. A token never expires: it is worth nothing once the
// call has its answer. Any thread.
class AnswerTokens {
 public:
  // Precondition: the secret is not empty.
  explicit AnswerTokens(std::string_view shared_secret);

  // "do.1.<43 characters>", and of a later undo "undo.1.2.<43 characters>": fit for a URL.
  std::string token_of(std::string_view saga, std::string_view step, const AnsweredCall& call) const;
  // The call of that saga and step which the token is for; nothing when it is for another, or no token of ours.
  std::optional<AnsweredCall> verify(std::string_view token, std::string_view saga, std::string_view step) const;

 private:
  std::string key_;
};

}  // namespace sagactl::auth
