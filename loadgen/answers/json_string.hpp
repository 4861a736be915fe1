// Unescapes a JSON string.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sagactl {

// `raw` is the text between the quotes. Returns `raw` itself if it has no escapes, otherwise its text, stored in
// `room`. Unpaired surrogates and unknown escapes become U+FFFD.
std::string_view json_string_text(std::string_view raw, std::string& room);

// Appends the character of this number (up to 0x10FFFF) in UTF-8.
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace sagactl
