#include "cli/configuration/paths.hpp"

#include <unistd.h>

#include <CLI/CLI.hpp>

namespace sagactl {

Result<void> check_directory(const Environment& environment, const std::filesystem::path& path) {
  if (!environment.working_directory.empty() || environment.resolve(path).is_absolute()) return {};
  return Error{ErrorCode::invalid, "the working directory has been removed, so " + path.string() +
                                       " cannot be found; change the directory, or pass an absolute path"};
}

Result<void> check_paths(const CLI::App& root, const Environment& environment) {
  if (!environment.working_directory.empty()) return {};
  for (const CLI::App* app = &root;;) {
    for (const CLI::Option* option : app->get_options()) {
      const std::string type = option->get_type_name();
      if (!type.starts_with("FILE") && type != "DIR") continue;
      for (const std::string& value : option->results()) {
        if (value.empty() || value.find("://") != std::string::npos) continue;
        if (auto there = check_directory(environment, value); !there) return there;
      }
    }
    const auto below = app->get_subcommands();
    if (below.empty()) return {};
    app = below.front();
  }
}

std::filesystem::path nearest_existing(std::filesystem::path path) {
  std::error_code ignored;
  while (!path.empty() && path != path.parent_path() && !std::filesystem::exists(path, ignored))
    path = path.parent_path();
  return path;
}

std::string data_directory_problem(const std::filesystem::path& data) {
  const std::filesystem::path existing = nearest_existing(data);
  std::error_code ignored;
  if (existing.empty()) return {};  // the working directory has been removed: check_directory() says so
  if (!std::filesystem::is_directory(existing, ignored)) return existing.string() + " is a file, not a directory";
  if (::access(existing.c_str(), W_OK | X_OK) != 0) return existing.string() + " is not writable";
  return {};
}

Result<void> check_participants_files(const Environment& environment, const std::string& directory) {
  std::error_code ignored;
  if (directory.empty() || std::filesystem::is_directory(environment.resolve(directory), ignored)) return {};
  return Error{ErrorCode::invalid, "--participants-files: there is no directory " + directory};
}

}  // namespace sagactl
