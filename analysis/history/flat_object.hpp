// Reads the text and number members of a JSON object in place, for objects that are read millions of times. Nested
// values are skipped.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/text/json.hpp"
#include "common/text/json_members.hpp"

namespace sagactl {

// Points into the text that it was read from.
class FlatObject {
 public:
  // Nothing when `text` is not a JSON object. The content of nested values is not checked.
  static std::optional<FlatObject> read(std::string_view text);

  // Nothing when there is no such member, or it has another type. The first of several counts.
  std::optional<std::string> text(std::string_view member) const;
  std::optional<std::int64_t> integer(std::string_view member) const;
  std::optional<Json> number(std::string_view member) const;

 private:
  explicit FlatObject(std::string_view text) : text_(text) {}
  std::optional<JsonMember> find(std::string_view name) const;

  std::string_view text_;
};

}  // namespace sagactl
