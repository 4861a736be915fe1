// Named sets of settings, such as one per cluster, in contexts.json of the user's configuration directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/private_file.hpp"
#include "common/result.hpp"

namespace sagactl {

// Values by the name of the flag: url, token, database, data.
using Context = std::map<std::string, std::string>;

struct Contexts {
  std::string current;  // empty: none
  std::map<std::string, Context> by_name;

  const Context* find(const std::string& name) const;

  // Without a file, or without a directory, there are none.
  static Result<Contexts> load(const std::filesystem::path& config_directory);
  // For a change: from before load() until after save().
  static Result<FileTurn> turn(const std::filesystem::path& config_directory);
  Result<void> save(const std::filesystem::path& config_directory) const;
};

}  // namespace sagactl
