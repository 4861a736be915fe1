// The JSON type used everywhere, keeping members in the order in which they were written.
#pragma once

#include <nlohmann/json.hpp>

namespace sagactl {

using Json = nlohmann::ordered_json;

}  // namespace sagactl
