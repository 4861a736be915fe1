// Reads the text and number members of a JSON object in place, for objects that are read millions of times. Nested
// values are skipped.
#pragma once

#include <array>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/text/json_members.hpp"

namespace sagactl {

// Points into the text that it was read from.
class FlatObject {
 public:
  // What texts with escapes stand for.
  using Unescaped = std::forward_list<std::string>;

  // Nothing when `text` is not a JSON object. The content of nested values is not checked.
  static std::optional<FlatObject> read(std::string_view text);

  // Nothing when there is no such member, or it has another type. The first of several counts.
  // A text with escapes is added to `unescaped`, into which the result then points.
  std::optional<std::string_view> text(std::string_view member, Unescaped& unescaped) const;
  std::optional<std::int64_t> integer(std::string_view member) const;
  std::optional<std::string_view> number(std::string_view member) const;  // as it is written

 private:
  static constexpr std::size_t kept_max = 12;

  FlatObject() = default;
  const JsonMember* find(std::string_view name) const;

  // In the order of the text: those of an object that is read are asked for more than once.
  std::array<JsonMember, kept_max> kept_;
  std::size_t count_ = 0;
  std::vector<JsonMember> further_;
};

}  // namespace sagactl
