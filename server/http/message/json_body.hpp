// JSON from outside: parsed with limits, and with the messages that system A's clients know.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::http {

struct JsonLimits {
  std::size_t depth_max = 32;
  std::size_t members_max = 100;  // of one object
};

// The value, or `invalid`: not JSON ("Unexpected end of JSON input", "Unexpected token x in JSON at position
// 3"), bytes that are not UTF-8, a member written twice, a NUL character, or over a limit.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// The same for the body of a request: an object; an empty body is {}.
Result<Json> parse_json_object(std::string_view body, const JsonLimits& limits = {});

}  // namespace sagactl::http
