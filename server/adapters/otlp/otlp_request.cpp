#include "server/adapters/otlp/otlp_request.hpp"

#include <fmt/format.h>

#include "common/text/json.hpp"
#include "common/text/number.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl::otlp {
namespace {

constexpr int status_error = 2;

Json attributes_json(const Attributes& attributes) {
  Json list = Json::array();
  for (const auto& [key, value] : attributes) {
    Json one;
    one["key"] = key;
    one["value"]["stringValue"] = value;
    list.push_back(std::move(one));
  }
  return list;
}

std::string nanoseconds(Timestamp time) {
  return fmt::format("{}000", time.us);
}

Json span_json(const Span& span) {
  Json json;
  json["traceId"] = span.trace_id;
  json["spanId"] = span.id;
  if (!span.parent_id.empty()) json["parentSpanId"] = span.parent_id;
  json["name"] = span.name;
  json["kind"] = static_cast<int>(span.kind);
  json["startTimeUnixNano"] = nanoseconds(span.began);
  json["endTimeUnixNano"] = nanoseconds(std::max(span.began, span.ended));
  json["attributes"] = attributes_json(span.attributes);
  if (span.is_failed) {
    json["status"]["code"] = status_error;
    if (!span.error.empty()) json["status"]["message"] = span.error;
  }
  return json;
}

}  // namespace

Result<Attributes> parse_attributes(std::string_view text) {
  Attributes attributes;
  int place = 0;
  for (const std::string& part : split(std::string(text), ',')) {
    ++place;
    const std::string_view pair = trim(part);
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const auto value = equals == pair.npos ? std::nullopt : percent_decode(trim(pair.substr(equals + 1)));
    const std::string_view key = trim(pair.substr(0, equals));
    if (key.empty() || !value)
      return Error{ErrorCode::invalid,
                   fmt::format("part {} is not key=value, with the value in percent encoding", place)};
    attributes.emplace_back(key, *value);
  }
  return attributes;
}

std::string request_text(const Attributes& resource, const std::string& version, std::span<const Span> spans) {
  Json scope;
  scope["scope"]["name"] = "sagactl";
  scope["scope"]["version"] = version;
  scope["spans"] = Json::array();
  for (const Span& span : spans) scope["spans"].push_back(span_json(span));
  Json of_resource;
  of_resource["resource"]["attributes"] = attributes_json(resource);
  of_resource["scopeSpans"] = Json::array();
  of_resource["scopeSpans"].push_back(std::move(scope));
  Json request;
  request["resourceSpans"] = Json::array();
  request["resourceSpans"].push_back(std::move(of_resource));
  return json_text(request);
}

std::uint64_t rejected_spans(const std::string& body) {
  const Json json = read_json(body);
  if (!json.is_object() || !json.contains("partialSuccess") || !json["partialSuccess"].is_object()) return 0;
  const Json rejected = json["partialSuccess"].value("rejectedSpans", Json(0));
  if (rejected.is_number_unsigned()) return rejected.get<std::uint64_t>();
  return rejected.is_string() ? parse_number<std::uint64_t>(rejected.get_ref<const std::string&>()).value_or(0) : 0;
}

}  // namespace sagactl::otlp
