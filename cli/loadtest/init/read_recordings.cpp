// Recordings of browsers (HTTP Archive 1.2) and collections of Postman (2.0 and 2.1).
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/loadtest/init/draft.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

std::string text_in(const Json& json, const char* name) {
  return json.is_object() && json.contains(name) && json[name].is_string() ? json[name].get<std::string>() : "";
}

const Json& list_in(const Json& json, const char* name) {
  static const Json none = Json::array();
  return json.is_object() && json.contains(name) && json[name].is_array() ? json[name] : none;
}

const Json& object_in(const Json& json, const char* name) {
  static const Json none = Json::object();
  return json.is_object() && json.contains(name) && json[name].is_object() ? json[name] : none;
}

// Pages' parts that a load test of orders need not fetch.
bool is_static(const Json& entry) {
  const std::string type = text_in(object_in(object_in(entry, "response"), "content"), "mimeType");
  for (const char* part : {"image/", "font", "css", "javascript", "video/", "audio/"})
    if (type.find(part) != std::string::npos) return true;
  return text_in(object_in(entry, "request"), "method") == "OPTIONS";
}

void take_post_data(const Json& data, RecordedRequest& recorded) {
  recorded.body = text_in(data, "text");
  const std::string type = text_in(data, "mimeType");
  if (!type.starts_with("multipart/form-data")) return;
  recorded.body.clear();
  for (const Json& it : list_in(data, "params"))
    recorded.parts.push_back(
        {text_in(it, "name"), text_in(it, "value"), text_in(it, "fileName"), text_in(it, "contentType")});
}

RecordedRequest request_of_entry(const Json& entry) {
  const Json &request = object_in(entry, "request"), &response = object_in(entry, "response");
  RecordedRequest recorded;
  recorded.method = text_in(request, "method");
  recorded.url = text_in(request, "url");
  take_post_data(object_in(request, "postData"), recorded);
  for (const Json& header : list_in(request, "headers"))
    recorded.headers.emplace_back(text_in(header, "name"), text_in(header, "value"));
  if (response.contains("status") && response["status"].is_number_integer()) recorded.status = response["status"];
  for (const Json& header : list_in(response, "headers")) {
    const std::string name = lower(text_in(header, "name"));
    if (name == "location") recorded.location = text_in(header, "value");
    if (name == "set-cookie") recorded.sets_cookies = true;
  }
  const Json& content = object_in(response, "content");
  recorded.answer = read_json(text_in(content, "text"));
  if (text_in(content, "mimeType").find("html") != std::string::npos) recorded.page = text_in(content, "text");
  return recorded;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

std::string with_variables(std::string text, const Variables& variables) {
  for (const auto& [name, value] : variables) replace_all(text, fmt::format("{{{{{}}}}}", name), value);
  return text;
}

class PostmanReader {
 public:
  Result<Recording> read(const Json& collection) {
    for (const Json& variable : list_in(collection, "variable"))
      variables_.emplace_back(text_in(variable, "key"), text_in(variable, "value"));
    collection_auth_ = object_in(collection, "auth");
    take_items(list_in(collection, "item"), 0);
    if (recording_.requests.empty()) return Error{ErrorCode::invalid, "the collection has no requests"};
    return std::move(recording_);
  }

 private:
  static constexpr int depth_max = 20;

  void take_items(const Json& items, int depth) {
    if (depth > depth_max) return;
    for (const Json& item : items) {
      take_items(list_in(item, "item"), depth + 1);
      if (item.is_object() && item.contains("request")) take_request(item);
    }
  }

  void take_request(const Json& item) {
    const Json& request = item["request"];
    RecordedRequest recorded;
    recorded.name = text_in(item, "name");
    recorded.method = request.is_string() ? "GET" : text_in(request, "method");
    if (recorded.method.empty()) recorded.method = "GET";
    recorded.url = request.is_string() ? filled(request) : url_of(request);
    for (const Json& header : list_in(request, "header"))
      if (!header.contains("disabled") || header["disabled"] != true)
        recorded.headers.emplace_back(text_in(header, "key"), filled(text_in(header, "value")));
    recorded.body = body_of(object_in(request, "body"), recorded);
    take_authorization(request.is_object() && request.contains("auth") ? request["auth"] : collection_auth_, recorded);
    take_saved_answer(item, recorded);
    recording_.requests.push_back(std::move(recorded));
  }

  // Of {"type":"bearer","bearer":[{"key":"token","value":"..."}]}
  void take_authorization(const Json& authorization, RecordedRequest& recorded) {
    const std::string type = text_in(authorization, "type");
    if (type.empty() || type == "noauth") return;
    const auto value_of = [&](std::string_view key) {
      for (const Json& pair : list_in(authorization, type.c_str()))
        if (text_in(pair, "key") == key) return filled(text_in(pair, "value"));
      return std::string();
    };
    if (type == "bearer") {
      recorded.headers.emplace_back("Authorization", "Bearer " + value_of("token"));
    } else if (type == "apikey" && value_of("in") != "query") {
      recorded.headers.emplace_back(value_of("key"), value_of("value"));
    } else if (type == "basic") {
      recording_.basic_user = value_of("username");
    } else {
      recording_.remarks.push_back(
          fmt::format("'{}' has an authorization of the kind {}, which was left out", recorded.name, type));
    }
  }

  // The first that was saved with the request.
  static void take_saved_answer(const Json& item, RecordedRequest& recorded) {
    const Json& saved = list_in(item, "response");
    if (saved.empty()) return;
    if (saved[0].is_object() && saved[0].contains("code") && saved[0]["code"].is_number_integer())
      recorded.status = saved[0]["code"];
    recorded.answer = read_json(text_in(saved[0], "body"));
  }

  std::string url_of(const Json& request) {
    const std::string plain = text_in(request, "url");
    std::string raw = plain.empty() ? text_in(object_in(request, "url"), "raw") : plain;
    raw = with_variables(raw, variables_);
    // An unknown variable at the beginning is the server's address, which is given with --url.
    if (raw.starts_with("{{") && raw.find("}}") != std::string::npos) raw = raw.substr(raw.find("}}") + 2);
    const std::string url = filled(raw);
    return url.find("://") == std::string::npos && !url.starts_with('/') ? "http://" + url : url;
  }

  std::string body_of(const Json& body, RecordedRequest& recorded) {
    const std::string mode = text_in(body, "mode");
    std::string text = filled(text_in(body, "raw"));
    if (mode == "urlencoded") {
      for (const Json& pair : list_in(body, "urlencoded"))
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", percent_encode(text_in(pair, "key")),
                            percent_encode(filled(text_in(pair, "value"))));
      recorded.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    } else if (mode == "graphql") {
      const Json& graphql = object_in(body, "graphql");
      Json request{{"query", text_in(graphql, "query")}};
      const Json variables = read_json(filled(text_in(graphql, "variables")));
      if (variables.is_object()) request["variables"] = variables;
      const std::string operation = text_in(graphql, "operationName");
      if (!operation.empty()) request["operationName"] = operation;
      text = json_text(request);
    } else if (mode == "formdata") {
      for (const Json& part : list_in(body, "formdata"))
        if (!part.contains("disabled") || part["disabled"] != true)
          recorded.parts.push_back({text_in(part, "key"), filled(text_in(part, "value")), text_in(part, "src"),
                                    text_in(part, "contentType")});
    } else if (!mode.empty() && mode != "raw") {
      recording_.remarks.push_back(
          fmt::format("'{}' has a body of the kind {}, which was left out", recorded.name, mode));
    }
    return text;
  }

  // {{name}} by the collection's variables; others become fields for the environment.
  std::string filled(const std::string& text) {
    std::string out = with_variables(text, variables_);
    for (std::size_t at = out.find("{{"); at != std::string::npos; at = out.find("{{", at + 1)) {
      const std::size_t end = out.find("}}", at);
      if (end == std::string::npos) break;
      const std::string name = out.substr(at + 2, end - at - 2);
      recording_.remarks.push_back(
          fmt::format("the environment variable {}, which is Postman's {{{{{}}}}}", name, name));
      out.replace(at, end + 2 - at, fmt::format("{{env:{}}}", name));
    }
    return out;
  }

  Variables variables_;
  Json collection_auth_;  // of requests that have none of their own
  Recording recording_;
};

}  // namespace

Result<Recording> read_har(std::string_view text) {
  const Json archive = read_json(text);
  const Json& entries = list_in(object_in(archive, "log"), "entries");
  if (entries.empty()) return Error{ErrorCode::invalid, "this is not an HTTP Archive with log.entries"};
  Recording recording;
  for (const Json& entry : entries)
    if (!is_static(entry)) recording.requests.push_back(request_of_entry(entry));
  return recording;
}

Result<Recording> read_postman(std::string_view text) {
  const Json collection = read_json(text);
  if (list_in(collection, "item").empty())
    return Error{ErrorCode::invalid, "this is not a Postman collection (2.0 or 2.1) with items"};
  return PostmanReader().read(collection);
}

}  // namespace sagactl
