// Checks paths that depend on the working directory.
#pragma once

#include <filesystem>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"

namespace CLI {
class App;
}

namespace sagactl {

// `invalid` for a path relative to the working directory when that directory has been removed.
Result<void> check_directory(const Environment& environment, const std::filesystem::path& path);

// The same for every flag of the parsed commands that names a file or a directory.
Result<void> check_paths(const CLI::App& root, const Environment& environment);

// `invalid` unless the directory of --participants-files is there. Empty: none is given.
Result<void> check_participants_files(const Environment& environment, const std::string& directory);

}  // namespace sagactl
