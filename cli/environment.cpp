#include "cli/environment.hpp"

namespace sagactl {

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables.find(name);
  if (found == variables.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::filesystem::path Environment::config_directory() const {
  if (const auto xdg = get("XDG_CONFIG_HOME")) return std::filesystem::path(*xdg) / "sagactl";
  if (const auto home = get("HOME")) return std::filesystem::path(*home) / ".config" / "sagactl";
  return {};
}

std::string Environment::scratch_directory() const {
  return get("TMPDIR").value_or("/tmp");
}

std::filesystem::path Environment::resolve(const std::filesystem::path& path) const {
  const std::string text = path.string();
  if (text.starts_with("~/")) {
    if (const auto home = get("HOME")) return std::filesystem::path(*home) / text.substr(2);
  }
  return path.is_absolute() ? path : working_directory / path;
}

}  // namespace sagactl
