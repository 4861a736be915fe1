// Checks of paths: those that depend on the working directory, and the directories of nodes.
#pragma once

#include <filesystem>
#include <string>

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

// The path itself, or its nearest parent that exists.
std::filesystem::path nearest_existing(std::filesystem::path path);

// Why a node cannot keep its files in the data directory; empty when it can. One that does not exist is created.
std::string data_directory_problem(const std::filesystem::path& data);
inline constexpr const char* data_directory_hint = "run as its owner, or choose another directory with --data";

// `invalid` unless the directory of --participants-files is there. Empty: none is given.
Result<void> check_participants_files(const Environment& environment, const std::string& directory);

}  // namespace sagactl
