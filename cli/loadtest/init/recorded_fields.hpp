// What a draft writes in the place of recorded values: fields for what an earlier answer gave, for keys, and for
// secrets.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "cli/loadtest/init/draft.hpp"

namespace sagactl {

// Where an answer has a value: at a pointer, or in a field of a form.
struct ValueToKeep {
  std::string name, pointer, form_field;
};

// A request as a profile describes it.
struct FilledRequest {
  std::string path;
  std::vector<std::pair<std::string, std::string>> headers;  // without those that are left out
  std::string body;                                          // of GraphQL, the variables
  std::vector<RecordedPart> parts;                           // those whose names are different
  std::vector<ValueToKeep> keep;
};

struct FilledRecording {
  std::vector<FilledRequest> requests;  // as in the recording
  bool has_cookies = false;             // requests had some, which are left out
  bool has_key = false;                 // the order has an idempotency key
  std::vector<std::string> remarks;     // what the author has to know of them
};

// An id, a token or another unmistakable value that an answer has is kept there, and its field stands in the later
// requests that repeat it, in the path, the query, a header or the body; `{order}` is the one at `order_pointer`
// (empty: none) in the answer of the request `creating`. Passwords and other secrets become {env:NAME}.
FilledRecording filled(const Recording& recording, std::size_t creating, const std::string& order_pointer);

// Braces that stand for themselves would be read as fields.
std::string without_fields(std::string text);

}  // namespace sagactl
