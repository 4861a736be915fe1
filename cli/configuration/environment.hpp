// The environment of one run: variables and working directory.
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

  // An empty variable counts as not set.
  std::optional<std::string> get(std::string_view name) const;

  // The variable as a port number, `default_port` when it is not set. A Kubernetes service link counts as its port.
  Result<std::string> port(std::string_view name, std::string_view default_port) const;

  // $XDG_CONFIG_HOME/sagactl, else $HOME/.config/sagactl; empty when neither is set to an absolute path.
  std::filesystem::path config_directory() const;

  std::string scratch_directory() const;  // $TMPDIR, else /tmp

  // `path` relative to the working directory; a leading "~/" is the home directory.
  std::filesystem::path resolve(const std::filesystem::path& path) const;
};

// Kubernetes sets variables for Services: for one named redis, REDIS_PORT is tcp://10.96.0.5:6379. Returns the port of
// such a text; nothing for any other text.
std::optional<std::string> port_of_service_link(std::string_view text);

}  // namespace sagactl
