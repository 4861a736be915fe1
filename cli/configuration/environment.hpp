// What surrounds one run: environment variables and the directories that it looks into.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

struct Environment {
  std::map<std::string, std::string, std::less<>> variables;
  std::filesystem::path working_directory;  // empty: it has been removed

  // An empty variable counts as none.
  std::optional<std::string> get(std::string_view name) const;

  // The variable as the port of a server, `otherwise` when there is none; also from what Kubernetes puts there.
  Result<std::string> port(std::string_view name, std::string_view otherwise) const;

  // $XDG_CONFIG_HOME/sagactl, else $HOME/.config/sagactl; empty when neither is set to a whole path.
  std::filesystem::path config_directory() const;

  std::string scratch_directory() const;  // $TMPDIR, else /tmp

  // `path` as seen from the working directory; a leading "~/" is the home directory.
  std::filesystem::path resolve(const std::filesystem::path& path) const;
};

// Kubernetes tells pods where Services are: for one called redis REDIS_PORT is tcp://10.96.0.5:6379. The port in such
// a text; nothing for any other.
std::optional<std::string> port_of_service_link(std::string_view text);

}  // namespace sagactl
