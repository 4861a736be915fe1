// What a client says it takes, and how much it likes it: Accept, Accept-Encoding.
#pragma once

#include <optional>
#include <string_view>

namespace sagactl::http {

// The weight, 0 to 1, that the header gives to `name` (in lower case) itself; nothing when it does not name it. A
// weight that cannot be read is 0.
std::optional<double> accepted_weight(std::string_view header, std::string_view name);

}  // namespace sagactl::http
