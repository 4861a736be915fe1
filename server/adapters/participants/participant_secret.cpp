#include "server/adapters/participants/participant_secret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

bool is_header_name(std::string_view name) {
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
  });
}

bool is_header_line(std::string_view line) {
  const auto colon = line.find(": ");
  return colon != line.npos && is_header_name(line.substr(0, colon));
}

// What says whose call it is, where it goes and where it ends.
bool is_of_the_node(const std::string& lower_name) {
  constexpr std::array own = {"host",         "connection", "content-length",  "transfer-encoding",
                              "content-type", "user-agent", "accept",          "idempotency-key",
                              "traceparent",  "te",         "accept-encoding", "trailer",
                              "upgrade",      "expect",     "keep-alive"};
  return std::find(own.begin(), own.end(), lower_name) != own.end() || lower_name.starts_with("saga-") ||
         lower_name.starts_with("webhook-");
}

bool is_fit_value(std::string_view value) {
  return !value.empty() &&
         std::all_of(value.begin(), value.end(), [](unsigned char c) { return c >= ' ' && c < 0x7F; });
}

}  // namespace

Result<ParticipantSecret> ParticipantSecret::parse(std::string_view text) {
  ParticipantSecret out;
  if (!is_header_line(text.substr(0, text.find('\n')))) {
    auto key = WebhookKey::parse(text);
    if (!key) return key.error();
    out.key = std::move(*key);
    return out;
  }
  for (const std::string& each : split(text, '\n')) {
    const std::string_view line = trim(each);
    if (line.empty()) continue;
    const auto colon = line.find(": ");
    const std::string name(line.substr(0, colon));
    // Neither the line nor the value: it is secret.
    const std::string what = is_header_line(line) ? name : fmt::format("its header {}", out.headers.size() + 1);
    if (!is_header_line(line) || !is_fit_value(trim(line.substr(colon + 2))))
      return Error{ErrorCode::invalid, fmt::format("{} cannot be sent: each line is a name, a colon, a blank and a "
                                                   "value in ASCII, such as `Authorization: Bearer ...`",
                                                   what)};
    if (is_of_the_node(lower(name))) return Error{ErrorCode::invalid, fmt::format("the node sends {} itself", name)};
    out.headers.emplace_back(name, trim(line.substr(colon + 2)));
  }
  return out;
}

}  // namespace sagactl
