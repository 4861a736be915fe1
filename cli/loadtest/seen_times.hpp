// Times as a server writes them in its answers.
#pragma once

#include <optional>
#include <string>

#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl {

// An ISO 8601 text (UTC without a zone), or a number of seconds, milliseconds or microseconds since 1970, told apart by
// its size. None for anything else.
std::optional<Timestamp> seen_time(const Json& value);

// The value at a JSON pointer, as text; none for nothing, null, an object or a list.
std::optional<std::string> seen_text(const Json& answer, const std::string& pointer);

}  // namespace sagactl
