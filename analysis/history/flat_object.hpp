// The members of a JSON object that are text or numbers, read in place: for what is read millions of times. What is
// nested is passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace sagactl {

// Points into the text that it was read from.
class FlatObject {
 public:
  // Nothing when `text` is not an object. What its nested values hold is not looked at.
  static std::optional<FlatObject> read(std::string_view text);

  // Nothing when there is no such member, or not of that type. Of several, the first.
  std::optional<std::string> text(std::string_view member) const;
  std::optional<std::int64_t> whole(std::string_view member) const;
  std::optional<Json> number(std::string_view member) const;

 private:
  explicit FlatObject(std::string_view text) : text_(text) {}
  std::string_view find(std::string_view member) const;  // its value as it is written; empty: none

  std::string_view text_;
};

}  // namespace sagactl
