// The text that a JSON string stands for.
#pragma once

#include <string>
#include <string_view>

namespace sagactl {

// `raw` is what stands between the quotes. Without an escape in it, itself; else its text, which is put into `room`.
// Half of a surrogate pair and an escape that JSON does not know become U+FFFD.
std::string_view json_string_text(std::string_view raw, std::string& room);

}  // namespace sagactl
