// Named sets of settings, such as one per cluster, in contexts.json of the user's configuration directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/configuration/private_file.hpp"
#include "common/result.hpp"

namespace sagactl {

// Values by flag name: url, token, database, data.
using Context = std::map<std::string, std::string>;

struct Contexts {
  std::string current;  // empty: none
  std::map<std::string, Context> by_name;
  bool was_unreadable = false;  // the file exists and could not be parsed

  const Context* find(const std::string& name) const;

  // Empty without a file or a directory.
  static Result<Contexts> load(const std::filesystem::path& config_directory);
  // For commands that repair the file: one that cannot be parsed counts as empty, and save() keeps a copy of it.
  static Contexts load_or_empty(const std::filesystem::path& config_directory);
  // Hold it from before load() until after save().
  static Result<EditLock> lock(const std::filesystem::path& config_directory);
  Result<void> save(const std::filesystem::path& config_directory) const;
};

}  // namespace sagactl
