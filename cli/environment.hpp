// What surrounds one run: environment variables and the directories that it looks into.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

struct Environment {
  std::map<std::string, std::string, std::less<>> variables;
  std::filesystem::path working_directory;

  // An empty variable counts as none.
  std::optional<std::string> get(std::string_view name) const;

  // $XDG_CONFIG_HOME/sagactl, else $HOME/.config/sagactl; empty when neither is set.
  std::filesystem::path config_directory() const;

  std::string scratch_directory() const;  // $TMPDIR, else /tmp

  // `path` as seen from the working directory; a leading "~/" is the home directory.
  std::filesystem::path resolve(const std::filesystem::path& path) const;
};

}  // namespace sagactl
