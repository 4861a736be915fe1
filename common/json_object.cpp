#include "common/json_object.hpp"

#include <algorithm>

#include "common/json.hpp"

namespace sagactl {

void append_json_string(std::string& out, std::string_view text) {
  const bool plain = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7F;
  });
  if (plain) {
    out += '"';
    out += text;
    out += '"';
  } else {
    // What cannot be UTF-8 is replaced rather than refused: it was let in, so it must be possible to write it.
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
}

}  // namespace sagactl
