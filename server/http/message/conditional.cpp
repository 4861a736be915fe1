#include "server/http/message/conditional.hpp"

#include <algorithm>

#include "common/crypto.hpp"
#include "common/text/text.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/router.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t digest_digits = 24;  // of 64; a collision of two versions of one answer is negligible
constexpr std::string_view if_match_not_supported =
    "nothing was changed: this route does not support If-Match; leave it out, or send *";
constexpr std::string_view if_none_match_not_supported =
    "nothing was changed: If-None-Match is only supported with GET; leave it out";
constexpr std::string_view version_mismatch = "the current version is not the one that If-Match names";

bool is_tag_character(unsigned char c) {
  return c == 0x21 || (c >= 0x23 && c != 0x7F);
}

// Takes the next element off a list; an opaque tag of "" when it is malformed.
Condition::Tag take_tag(std::string_view& list) {
  Condition::Tag tag;
  std::string_view rest = list;
  if (rest.starts_with("W/")) {
    tag.weak = true;
    rest.remove_prefix(2);
  }
  std::size_t end = 0;
  if (rest.starts_with('"'))
    for (end = 1; end < rest.size() && is_tag_character(static_cast<unsigned char>(rest[end]));) ++end;
  if (end > 0 && end < rest.size() && rest[end] == '"') {
    tag.opaque = rest.substr(0, end + 1);
    rest.remove_prefix(end + 1);
  }
  const std::size_t comma = rest.find(',');
  if (!trim(rest.substr(0, comma)).empty()) tag.opaque = {};
  list = comma == rest.npos ? std::string_view() : rest.substr(comma + 1);
  return tag;
}

Condition::Tag tag_of(std::string_view etag) {
  const bool weak = etag.starts_with("W/");
  return {weak, weak ? etag.substr(2) : etag};
}

std::string_view header_of(const Response& response, std::string_view name) {
  for (const Header& header : response.headers)
    if (header.name == name) return header.value;
  return {};
}

}  // namespace

std::string etag_of(std::string_view body) {
  return "W/\"" + hex(sha256(body)).substr(0, digest_digits) + "\"";
}

Condition::Condition(const Request& request, std::string_view lower_case_name) {
  for (const Header& header : request.headers) {
    if (header.name != lower_case_name) continue;
    given_ = true;
    if (trim(header.value) == "*") any_ = true;
    for (std::string_view list = header.value; !list.empty();) {
      list = trim(list);
      if (const Tag tag = take_tag(list); !tag.opaque.empty()) tags_.push_back(tag);
    }
  }
}

bool Condition::has_strongly(std::string_view etag) const {
  const Tag wanted = tag_of(etag);
  return !wanted.weak && std::any_of(tags_.begin(), tags_.end(),
                                     [&](const Tag& tag) { return !tag.weak && tag.opaque == wanted.opaque; });
}

bool Condition::has_weakly(std::string_view etag) const {
  const Tag wanted = tag_of(etag);
  return std::any_of(tags_.begin(), tags_.end(), [&](const Tag& tag) { return tag.opaque == wanted.opaque; });
}

void make_conditional(const Request& request, Response& response) {
  const bool has_tag = !header_of(response, "ETag").empty();
  if (response.status != 200 || response.stream || (response.content_type != media::json && !has_tag)) return;
  if (!has_tag) response.headers.push_back({"ETag", etag_of(response.body)});
  if (header_of(response, "Cache-Control").empty()) {
    const bool is_private = request.route && request.route->access != RouteAccess::anyone;
    response.headers.push_back({"Cache-Control", is_private ? "private, no-cache" : "no-cache"});
  }
  const std::string_view etag = header_of(response, "ETag");
  const Condition wanted(request, "if-match");
  if (wanted.given() && !wanted.any() && !wanted.has_strongly(etag)) {
    response = problem(412, version_mismatch, request);
    return;
  }
  const Condition seen(request, "if-none-match");
  if (!seen.any() && !seen.has_weakly(etag)) return;
  response.status = 304;
  response.content_type = {};
  response.body.clear();
  std::erase_if(response.headers, [](const Header& header) { return header.name == "Content-Encoding"; });
}

std::string_view unmet_condition(const Request& request) {
  switch (request.method) {
    case Method::put:
    case Method::patch:
    case Method::del:
      if (!request.header("if-none-match").empty()) return if_none_match_not_supported;
      break;
    case Method::post:
      break;
    default:
      return {};
  }
  if (request.route->reads_if_match || request.header("if-match").empty()) return {};
  return Condition(request, "if-match").any() ? std::string_view() : if_match_not_supported;
}

}  // namespace sagactl::http
