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

// What somebody writes who means headers: "authorization:x", "Bearer x", a comment or a byte-order mark before a
// header.
bool is_meant_as_headers(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  const std::string_view first = trim(text.substr(0, text.find('\n')));
  if (first.starts_with(byte_order_mark))
    return is_header_line(first.substr(byte_order_mark.size())) ||
           is_meant_as_headers(text.substr(text.find(byte_order_mark) + byte_order_mark.size()));
  if (first.starts_with('#')) {
    const auto lines = split(text, '\n');
    return std::any_of(lines.begin(), lines.end(), [](const std::string& line) { return is_header_line(trim(line)); });
  }
  const std::string line = lower(first);
  if (line.starts_with("bearer ") || line.starts_with("basic ")) return true;
  const auto colon = line.find(':');
  if (colon == line.npos) return false;
  const std::string_view name = trim(std::string_view(line).substr(0, colon));
  return name == "authorization" || (name.starts_with("x-") && is_header_name(name));
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
    if (is_meant_as_headers(text))
      return Error{ErrorCode::invalid,
                   "it seems to be headers, and does not begin with one: each line is a name, a colon, a blank and a "
                   "value in ASCII, such as `Authorization: Bearer ...`"};
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
    if (std::any_of(out.headers.begin(), out.headers.end(),
                    [&](const auto& header) { return lower(header.first) == lower(name); }))
      return Error{ErrorCode::invalid, fmt::format("{} is there twice", name)};
    out.headers.emplace_back(name, trim(line.substr(colon + 2)));
  }
  return out;
}

}  // namespace sagactl
