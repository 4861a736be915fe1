// Members of a JSON answer. Any of them may be missing: the server may be one that answers less than ours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl {

// The member; null when it is missing or `object` is not an object.
const Json& json_member(const Json& object, std::string_view name);

// A string on one line and without what would control a terminal, since anybody may have written it; a number or
// boolean as JSON writes it; "" when it is null or missing.
std::string text_member(const Json& object, std::string_view name);

// The strings in a list, each as text_member() gives one. What is no string is left out; empty when it is no list.
std::vector<std::string> texts_member(const Json& object, std::string_view name);

// JSON on one line, as safe for a terminal as text_member().
std::string shown_json(const Json& value);

// "page 2 of 3, 45 sagas" of an answer that is one page of a list; for a page behind the last: which that is.
std::string page_text(const Json& answer, std::string_view singular);

// An amount with two decimal places, "19.00", from a number or a text; anything else as text_member() gives it.
std::string money_member(const Json& object, std::string_view name);

std::int64_t integer_member(const Json& object, std::string_view name);  // 0 when it is not a number
bool bool_member(const Json& object, std::string_view name);             // false when it is not a boolean

// The text, or the default when it is empty.
std::string or_default(std::string text, std::string_view default_text = "-");

// The member `items` of an order or a reservation: "2 x BOOK, 1 x PEN". `id` is the name of the product's member.
std::string items_text(const Json& object, std::string_view id);

// The duration between two ISO 8601 times; "" when one of them is missing or malformed.
std::string time_between(const Json& from, const Json& to);

}  // namespace sagactl
