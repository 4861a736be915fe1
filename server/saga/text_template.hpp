// A text with places for values: "{hotel}/bookings/{hotel.booking}". Definitions of users' sagas are made of them.
// There are no expressions. The path in a place begins with "input", "saga" or the name of a step.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// A value to be put into a text.
struct ValuePath {
  std::vector<std::string> members;  // "input", "guest", "name"

  std::string text() const;  // "input.guest.name"
};

// How a value stands in the text around it.
enum class TextEscape {
  json,         // as it is, with its JSON type: it is the whole of a JSON value
  json_string,  // inside of a JSON string
  url,          // percent-encoded
  plain,        // a text as it is
};

struct TextPiece {
  std::string literal;             // before the value
  std::optional<ValuePath> value;  // none: the last piece
  TextEscape escape = TextEscape::json;
};

// Empty: no text.
using TextTemplate = std::vector<TextPiece>;

// A text of a URL.
TextTemplate url_template(std::string_view text);
// JSON in whose strings values stand.
TextTemplate json_template(const Json& json);

// The paths in braces, in their order. A brace that no path follows is a part of the text.
std::vector<ValuePath> values_of(const TextTemplate& text);

// Finds a value; null when there is none.
using FindValue = std::function<const Json*(const ValuePath&)>;

// `invalid` names the value that is missing, and one that cannot stand in a text: an object or a list in a URL.
Result<std::string> render(const TextTemplate& text, const FindValue& find);

// The member of `root` at `members` from `first` on, or null. A member of a list is its number.
const Json* find_member(const Json& root, const std::vector<std::string>& members, std::size_t first);

}  // namespace sagactl
