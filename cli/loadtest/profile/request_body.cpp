#include "cli/loadtest/profile/request_body.hpp"

#include <fmt/format.h>

#include "common/text/json.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "loadgen/profile/profile_headers.hpp"

namespace sagactl {
namespace {

constexpr std::uintmax_t query_file_max = 1u << 20;
constexpr std::string_view form_type = "application/x-www-form-urlencoded", json_type = "application/json";
// Unlikely in what is sent, so that one boundary is good for all requests (RFC 2046, 5.1.1).
constexpr std::string_view boundary = "sagactl-4c1d7e90b35fa268";

std::string form_body(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string body;
  for (const auto& [name, value] : pairs)
    body += fmt::format("{}{}={}", body.empty() ? "" : "&", percent_encode(name), form_text(value));
  return body;
}

// In a header of a part, as browsers write it (WHATWG HTML, multipart/form-data encoding algorithm).
std::string disposition_text(std::string text) {
  replace_all(text, "\"", "%22");
  replace_all(text, "\r", "%0D");
  replace_all(text, "\n", "%0A");
  return text;
}

std::string part_of(const std::string& name, const std::string& more, std::string_view content) {
  return fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n{}\r\n", boundary,
                     disposition_text(name), more, content);
}

// A part is a text, or { file = "NAME", type = "image/png" }. RFC 7578.
void read_multipart(TomlMembers& members, RequestBody& body) {
  members.named("multipart", [&](const std::string& name, TomlMembers* part, const std::string& text) {
    if (part == nullptr) {
      body.text += part_of(name, "", text);
      return;
    }
    std::string file, type = "application/octet-stream";
    part->text("file", file);
    part->text("type", type);
    if (file.empty()) return part->fail("file", "is missing: which file is sent?");
    const std::size_t slash = file.rfind('/');
    const std::string shown = file.substr(slash == std::string::npos ? 0 : slash + 1);
    body.text += part_of(name, fmt::format("; filename=\"{}\"\r\nContent-Type: {}", disposition_text(shown), type),
                         fmt::format("{{file:{}}}", file));
  });
  if (body.text.empty()) return members.fail("multipart", "has no parts");
  body.text += fmt::format("--{}--\r\n", boundary);
  body.content_type = fmt::format("multipart/form-data; boundary={}", boundary);
}

// As a JSON string in which nothing resembles a field: "{ orders {id} }" has none.
std::string query_text(const std::string& query) {
  const std::string json = json_text(Json(query));
  std::string out;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const bool resembles = json[at] == '{' && field_size(std::string_view(json).substr(at)) > 0;
    if (resembles)
      out += "\\u007b";
    else
      out += json[at];
  }
  return out;
}

// GraphQL over HTTP, section 5.4: a POST with query, operationName and variables as JSON.
void read_graphql(TomlMembers& members, const ProfileSurroundings& surroundings, RequestBody& body) {
  std::string query, variables, operation;
  members.text("graphql", query);
  members.text("variables", variables);
  members.text("operation", operation);
  if (query.empty()) {
    if (!variables.empty()) members.fail("variables", "are for a request with graphql");
    if (!operation.empty()) members.fail("operation", "is for a request with graphql");
    return;
  }
  if (query.starts_with('@')) {
    const std::string file = query.substr(1);
    auto text = surroundings.text_of(file, query_file_max);
    if (!text)
      return members.fail("graphql", fmt::format("names the file {}, which cannot be read or is over 1 MB", file));
    query = std::move(*text);
  }
  if (!is_utf8(query)) return members.fail("graphql", "is not UTF-8");
  if (!variables.empty() && !trim(variables).starts_with('{'))
    return members.fail("variables", "must be a JSON object with fields, such as '{\"sku\":\"{product}\"}'");
  body.text = fmt::format("{{\"query\":{}", query_text(query));
  if (!operation.empty()) body.text += fmt::format(",\"operationName\":{}", json_text(Json(operation)));
  if (!variables.empty()) body.text += fmt::format(",\"variables\":{}", variables);
  body.text += "}";
  body.is_graphql = true;
  body.content_type = json_type;
}

}  // namespace

std::string form_text(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t field = field_size(text);
    if (field > 0) {
      out += text.substr(0, field);
      text.remove_prefix(field);
      continue;
    }
    out += percent_encode(text.substr(0, 1));
    text.remove_prefix(1);
  }
  return out;
}

RequestBody read_request_body(TomlMembers& members, const ProfileSurroundings& surroundings) {
  RequestBody body;
  std::vector<std::pair<std::string, std::string>> form;
  members.text("body", body.text);
  members.pairs("form", form);
  const char* given = body.text.empty() ? "" : "body";
  const auto takes = [&](const char* name) {
    if (!members.has(name)) return false;
    if (*given != '\0') members.fail(name, fmt::format("and {} are both given: which one is sent?", given));
    const bool is_first = *given == '\0';
    given = name;
    return is_first;
  };
  if (takes("form")) {
    body.text = form_body(form);
    body.is_form = true;
    body.content_type = form_type;
  }
  if (takes("multipart")) read_multipart(members, body);
  const bool is_graphql = takes("graphql");
  if (is_graphql || !members.has("graphql")) read_graphql(members, surroundings, body);
  return body;
}

void add_content_type(RequestHeaders& headers, const RequestBody& body) {
  if (body.text.empty() || find_header(headers, "Content-Type") != nullptr) return;
  const std::string_view text = trim(body.text);
  const bool is_json = text.starts_with('{') || text.starts_with('[');
  const std::string by_text(is_json ? json_type : form_type);
  headers.insert(headers.begin(), {"Content-Type", body.content_type.empty() ? by_text : body.content_type});
}

void point_into_data(std::string& pointer) {
  if (pointer.starts_with('/')) pointer.insert(0, "/data");
}

void point_into_data(std::vector<ValueSource>& keep) {
  for (ValueSource& source : keep)
    if (source.kind == ValueSource::Kind::pointer) point_into_data(source.place);
}

}  // namespace sagactl
