#include "common/text/json_object.hpp"

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl {

void append_json_string(std::string& out, std::string_view text) {
  const bool escapes = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F;
  });
  if (!escapes && is_utf8(text)) {
    out += '"';
    out += text;
    out += '"';
  } else {
    out += json_text(text);
  }
}

std::string json_escaped(std::string_view text) {
  std::string quoted;
  append_json_string(quoted, text);
  return quoted.substr(1, quoted.size() - 2);
}

}  // namespace sagactl
