// Reads a JSON object as Go's encoding/json fills a struct, as DTM's server does: names match without regard to case,
// null is the same as absent, of a member that is written several times the last one counts, and unknown members are
// ignored. A member of another type is a fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl::api {

using TextMap = std::vector<std::pair<std::string, std::string>>;  // in the order of first appearance

// The object in a text, with its repeated members; `invalid` for a text that is no JSON object.
Result<Json> parse_go_object(std::string_view text);

std::string text_in(const TextMap& map, std::string_view name);  // "" when it is not there

class GoObject {
 public:
  explicit GoObject(const Json& object) : object_(object) {}

  std::string text(std::string_view name);
  bool flag(std::string_view name);
  std::int64_t integer(std::string_view name);
  std::vector<std::string> texts(std::string_view name);  // a null in the list is ""
  TextMap text_map(std::string_view name);
  std::vector<TextMap> text_maps(std::string_view name);
  const Json* find(std::string_view name) const;

  // A value other than the ones above was not valid.
  void fault(std::string_view name, std::string_view must_be);
  Result<void> finish() const;  // the first fault

 private:
  TextMap read_map(const Json& value, std::string_view name);

  const Json& object_;
  std::string fault_;
};

}  // namespace sagactl::api
