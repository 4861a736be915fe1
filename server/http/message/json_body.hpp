// JSON of request bodies, parsed with limits, and with the error messages of the reference system (JSON.parse).
#pragma once

#include <cstddef>
#include <string_view>

#include "common/result.hpp"

namespace sagactl::http {

struct JsonLimits {
  std::size_t depth_max = 32;
  std::size_t members_max = 100;  // of one object
  bool rounds_numbers = false;    // a number may have more digits than a double holds, and is rounded
  bool allows_repeats = false;    // a member may be written several times; the value has all of them, in their order
};

// The value; `invalid` when it is not JSON ("Unexpected end of JSON input", "Unexpected token x in JSON at position
// 3"), not UTF-8, has a duplicate member, a NUL character or a number that would be rounded, or exceeds a limit.
Result<Json> parse_json(std::string_view text, const JsonLimits& limits = {});

// The same for the body of a request: an object; an empty body is {}.
Result<Json> parse_json_object(std::string_view body, const JsonLimits& limits = {});

}  // namespace sagactl::http
