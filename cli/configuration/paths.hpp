// Files and directories that a command is told of, where they depend on the working directory.
#pragma once

#include <filesystem>

#include "cli/configuration/environment.hpp"
#include "common/result.hpp"

namespace CLI {
class App;
}

namespace sagactl {

// `invalid` for a path that begins at the working directory when that has been removed.
Result<void> check_directory(const Environment& environment, const std::filesystem::path& path);

// The same for every flag of the chosen commands that names a file or a directory.
Result<void> check_paths(const CLI::App& root, const Environment& environment);

}  // namespace sagactl
