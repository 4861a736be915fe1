// Values as answers show them.
#pragma once

#include <string>

#include "common/text/json.hpp"
#include "common/time.hpp"

namespace sagactl::api {

// The text; null when it is empty.
inline Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

// The stored JSON text; null when it is empty, the text itself when it is no JSON.
inline Json stored_json(const std::string& text) {
  if (text.empty()) return nullptr;
  Json json = read_json(text);
  return json.is_discarded() ? Json(text) : json;
}

// ISO 8601 with milliseconds; null for a time that is not set.
inline Json time_or_null(Timestamp time) {
  return time.us == 0 ? Json(nullptr) : Json(iso8601_ms(time));
}

inline std::int64_t milliseconds(Duration duration) {
  return duration.count() / 1000;
}

}  // namespace sagactl::api
