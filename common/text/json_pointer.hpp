// The form of JSON pointers (RFC 6901): json.hpp finds values by them.
#pragma once

#include <string_view>

namespace sagactl {

// "", which is the whole value, or names that each have a / before them, in which ~0 is a ~ and ~1 a /.
bool is_json_pointer(std::string_view text);

}  // namespace sagactl
