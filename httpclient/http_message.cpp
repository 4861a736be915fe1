#include "httpclient/http_message.hpp"

#include <fmt/format.h>

#include "common/text/text.hpp"
#include "httpclient/https_check.hpp"

namespace sagactl {
namespace {

ErrorCode code_of(int status) {
  switch (status) {
    case 401:
      return ErrorCode::unauthenticated;
    case 403:
      return ErrorCode::forbidden;
    case 404:
    case 410:
      return ErrorCode::not_found;
    case 409:
    case 412:
      return ErrorCode::conflict;
    case 413:
      return ErrorCode::too_large;
    case 429:
      return ErrorCode::busy;
    case 503:
      return ErrorCode::unavailable;
    default:
      return status >= 500 ? ErrorCode::unknown_outcome : ErrorCode::invalid;
  }
}

// A text, or a list of texts joined.
std::string member_text(const Json& member) {
  if (member.is_string()) return member.get<std::string>();
  std::string joined;
  if (!member.is_array()) return joined;
  for (const Json& part : member) {
    if (!part.is_string()) continue;
    if (!joined.empty()) joined += "; ";
    joined += part.get<std::string>();
  }
  return joined;
}

}  // namespace

std::string_view header_of(const HttpHeaders& headers, std::string_view name) {
  const std::string wanted = lower(name);
  for (const auto& [key, value] : headers) {
    if (lower(key) == wanted) return value;
  }
  return {};
}

Result<Json> HttpResponse::json() const {
  Json parsed = read_json(body);
  if (parsed.is_discarded()) {
    return Error{ErrorCode::invalid, fmt::format("the answer (HTTP {}) is no JSON: '{}'", status, body.substr(0, 80))};
  }
  return parsed;
}

std::string HttpResponse::message() const {
  const Json parsed = read_json(body);
  if (parsed.is_object()) {
    for (const char* member : {"message", "detail", "title"}) {
      if (!parsed.contains(member)) continue;
      std::string text = member_text(parsed[member]);
      if (!text.empty()) return text;
    }
  }
  if (expects_https(*this)) return "the server expects https at this port";
  return fmt::format("HTTP {}", status);
}

Error error_of(const HttpResponse& response) {
  Json members = read_json(response.body);
  if (!members.is_object()) members = Json{};
  return {code_of(response.status), response.message(), std::move(members)};
}

}  // namespace sagactl
