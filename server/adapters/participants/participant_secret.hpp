// By what a participant knows that a call is this node's: a signature, or headers such as Authorization.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "server/adapters/participants/webhook_signature.hpp"

namespace sagactl {

// One of the two.
struct ParticipantSecret {
  std::optional<WebhookKey> key;
  std::vector<std::pair<std::string, std::string>> headers;

  // The text of the file that a definition names by `secret`. A text that begins with the name of a header, a colon and
  // a blank is a list of headers, one in each line; any other is a key. `invalid`: a key that WebhookKey refuses, or
  // that seems to be meant as headers, a line that is no header, a header that is there twice or that the node writes
  // itself.
  static Result<ParticipantSecret> parse(std::string_view text);
};

}  // namespace sagactl
