// Unescapes a JSON string.
#pragma once

#include <string>
#include <string_view>

namespace sagactl {

// `raw` is the text between the quotes. Returns `raw` itself if it has no escapes, otherwise its text, stored in
// `room`. Unpaired surrogates and unknown escapes become U+FFFD.
std::string_view json_string_text(std::string_view raw, std::string& room);

}  // namespace sagactl
