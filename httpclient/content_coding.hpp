// Undoes what a server did to a body to make it smaller: gzip (RFC 1952), deflate (RFC 1950, and without its frame as
// some servers send it), br (RFC 7932) and zstd (RFC 8878).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

// What a request accepts, as the value of its Accept-Encoding.
inline constexpr std::string_view accepted_codings = "gzip, deflate, br, zstd";

// The first `size_max` bytes of the plain body; all that can be read of one that was cut off. `codings` is the value of
// Content-Encoding: several were applied in their order. `invalid` for one that is none of these, and for bytes that
// are not what it says.
Result<std::string> decoded(std::string_view codings, std::string_view body, std::size_t size_max);

}  // namespace sagactl
