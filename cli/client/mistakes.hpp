// The mistakes that a node found in what it was sent.
#pragma once

#include "common/result.hpp"

namespace sagactl {

// A node's refusal of a definition or an input has all mistakes in its member `errors`, and in its message the first or
// their number. Returns the error with all of them in its message, one a line; other errors as they are. `subject` is
// what the paths lead into: "the input".
Error with_mistakes(Error error, const std::string& subject);

}  // namespace sagactl
