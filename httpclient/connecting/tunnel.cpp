#include "httpclient/connecting/tunnel.hpp"

#include <fmt/format.h>

namespace sagactl {
namespace {

constexpr std::string_view version = "HTTP/1.1 ";  // or 1.0

}  // namespace

std::string tunnel_request(std::string_view to, std::string_view authorization) {
  std::string request = fmt::format("CONNECT {} HTTP/1.1\r\nHost: {}\r\n", to, to);
  if (!authorization.empty()) fmt::format_to(std::back_inserter(request), "Proxy-Authorization: {}\r\n", authorization);
  return request.append("\r\n");
}

std::string tunnel_refusal(std::string_view head, std::string_view to) {
  if (!head.starts_with("HTTP/1.") || head.size() < version.size() + 3) return "is no HTTP proxy";
  const std::string_view status = head.substr(version.size(), 3);
  if (status.starts_with('2')) return {};
  return fmt::format("answered {} to CONNECT {}{}", status, to,
                     status == "407" ? ": it wants credentials, as in http://user:password@proxy:3128" : "");
}

}  // namespace sagactl
