// Reads one value of a JSON text in place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sagactl {

// What is at the path (see pointer_path()): of a scalar its text without quotes and escapes, of a list or an object its
// JSON. In `body` or in `room`; nothing for none, and for null.
std::optional<std::string_view> json_value(std::string_view body, const std::vector<std::string>& path,
                                           std::string& room);

}  // namespace sagactl
