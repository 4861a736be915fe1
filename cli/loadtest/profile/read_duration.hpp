// Reads a time such as "2s" from a file.
#pragma once

#include "cli/configuration/toml_members.hpp"
#include "common/time.hpp"

namespace sagactl {

inline void read_duration(TomlMembers& members, const char* name, Duration& value) {
  std::string text;
  members.text(name, text);
  if (text.empty()) return;
  const auto duration = parse_duration(text);
  if (!duration) return members.fail(name, duration.error().message);
  value = *duration;
}

}  // namespace sagactl
