#include "cli/configuration/environment.hpp"
#include "common/text/number.hpp"

namespace sagactl {

std::optional<std::string> Environment::get(std::string_view name) const {
  const auto found = variables.find(name);
  if (found == variables.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

std::optional<std::string> port_of_service_link(std::string_view text) {
  const std::size_t host = text.find("://"), colon = text.rfind(':');
  if (host == std::string_view::npos || colon == host) return std::nullopt;
  const std::string_view scheme = text.substr(0, host), port = text.substr(colon + 1);
  if (scheme != "tcp" && scheme != "udp" && scheme != "sctp") return std::nullopt;
  if (port.empty() || port.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  return std::string(port);
}

Result<std::string> Environment::port(std::string_view name, std::string_view default_port) const {
  const std::string text = get(name).value_or(std::string(default_port));
  const std::string number = port_of_service_link(text).value_or(text);
  if (parse_number<std::uint16_t>(number).value_or(0) == 0)
    return Error{ErrorCode::invalid,
                 "environment variable " + std::string(name) + ": '" + text + "' is not a port from 1 to 65535"};
  return number;
}

std::filesystem::path Environment::config_directory() const {
  // The XDG specification says to ignore a relative path: it would be a different directory for every working
  // directory.
  if (const auto xdg = get("XDG_CONFIG_HOME"); xdg && xdg->starts_with('/'))
    return std::filesystem::path(*xdg) / "sagactl";
  if (const auto home = get("HOME"); home && home->starts_with('/'))
    return std::filesystem::path(*home) / ".config" / "sagactl";
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
