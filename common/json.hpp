// The JSON type used everywhere, keeping members in the order in which they were written.
#pragma once

#include <nlohmann/json.hpp>

// Compiled once, in json.cpp: it is large.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sagactl {

using Json = nlohmann::ordered_json;

}  // namespace sagactl
