// The members of a JSON object that are text or numbers, read without building the object: for what is read
// millions of times. What is nested is passed over.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/json.hpp"

namespace sagactl {

class FlatObject {
 public:
  // Nothing when `text` is not a JSON object.
  static std::optional<FlatObject> read(std::string_view text);

  // Null when there is no such member, or not of that type.
  const std::string* text(std::string_view member) const;
  std::optional<std::int64_t> whole(std::string_view member) const;
  const Json* number(std::string_view member) const;

 private:
  friend class FlatReader;
  const Json* find(std::string_view member) const;

  std::vector<std::pair<std::string, Json>> members_;
};

}  // namespace sagactl
