// The JSON type of this program, which keeps members in their order.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

// Compiled once, in json.cpp: it is large.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace sagactl {

using Json = nlohmann::ordered_json;

// Parses `text`; discarded (is_discarded()) when it is no JSON. `Json::parse` throws instead, with the position.
Json read_json(std::string_view text);

// Whether JSON text nests objects and lists deeper than that. Serializing recurses: who takes text from others looks
// first.
bool is_nested_deeper(std::string_view text, std::size_t depth_max);

// Serializes it, whatever bytes its strings have: invalid UTF-8 becomes U+FFFD. `indent` below 0: on one line.
std::string json_text(const Json& json, int indent = -1);

// The value at a JSON pointer (RFC 6901); null when there is none, or `pointer` is no JSON pointer.
const Json* find_pointer(const Json& json, const std::string& pointer);

// The string member of that name; "" when there is none, or it is no string.
std::string text_or_empty(const Json& object, const char* name);

}  // namespace sagactl
