// Named sets of settings, such as one per cluster, in contexts.json of the user's configuration directory.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "cli/configuration/private_file.hpp"
#include "common/result.hpp"

namespace sagactl {

// Values by the name of the flag: url, token, database, data.
using Context = std::map<std::string, std::string>;

struct Contexts {
  std::string current;  // empty: none
  std::map<std::string, Context> by_name;
  bool was_unreadable = false;  // the file is none of contexts

  const Context* find(const std::string& name) const;

  // Without a file, or without a directory, there are none.
  static Result<Contexts> load(const std::filesystem::path& config_directory);
  // The same where contexts are mended: a file that nobody can read as contexts is one without any, `trouble` says
  // why, and save() keeps it beside the new one.
  static Contexts load_or_empty(const std::filesystem::path& config_directory, std::string& trouble);
  // For a change: from before load() until after save().
  static Result<EditLock> lock(const std::filesystem::path& config_directory);
  Result<void> save(const std::filesystem::path& config_directory) const;
};

}  // namespace sagactl
