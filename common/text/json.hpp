// The JSON type used everywhere, keeping members in the order in which they were written.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// Compiled once, in json.cpp: it is large.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sagactl {

using Json = nlohmann::ordered_json;

// What `text` says; discarded (is_discarded()) when it is no JSON. `Json::parse` throws instead, and says where.
Json read_json(std::string_view text);

// The opposite, whatever bytes the strings hold: what is not UTF-8 becomes U+FFFD, since it was let in and must be
// possible to write. `indent` below 0: on one line.
std::string json_text(const Json& json, int indent = -1);

}  // namespace sagactl
