#include "cli/configuration/paths.hpp"

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

Result<void> check_participants_files(const Environment& environment, const std::string& directory) {
  std::error_code ignored;
  if (directory.empty() || std::filesystem::is_directory(environment.resolve(directory), ignored)) return {};
  return Error{ErrorCode::invalid, "--participants-files: there is no directory " + directory};
}

}  // namespace sagactl
