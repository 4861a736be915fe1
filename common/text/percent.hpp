// Percent-encoded text (RFC 3986), as in paths, queries and the user part of URLs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

// One part of a path, or the value of a query: everything but unreserved characters as %XX.
std::string percent_encode(std::string_view text);

// "%41+b" is "A+b", or "A b" with plus_is_space (a query); nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

}  // namespace sagactl
