// Names that users choose, as values of a label: a number of them as they are, and "other" for the rest.
#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace sagactl::api {

// Of users' definitions, their steps and their participants together.
inline constexpr std::size_t names_max = 200;
inline constexpr const char* other_name = "other";

class BoundedNames {
 public:
  // False: too many others were added before.
  bool add(const std::string& name) {
    if (names_.contains(name)) return true;
    if (names_.size() >= names_max) return false;
    names_.insert(name);
    return true;
  }

 private:
  std::set<std::string> names_;
};

}  // namespace sagactl::api
