// In which topics a node may ask participants. A definition comes from whoever may publish one, and must not make the
// node write into topics of others, nor into those of its own.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/result.hpp"

namespace sagactl {

class AllowedTopics {
 public:
  // Entries: "mail-commands", "travel.*" (every topic that begins with "travel."). None at all: no topic. `invalid`
  // names the entry that is neither.
  static Result<AllowedTopics> parse(std::span<const std::string> entries);

  bool is_empty() const { return names_.empty() && beginnings_.empty(); }
  // `invalid` says why not.
  Result<void> allow(const std::string& participant, const std::string& topic) const;

 private:
  std::vector<std::string> names_, beginnings_;
  std::string text_;
};

}  // namespace sagactl
