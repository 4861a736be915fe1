#include "cli/loadtest/init/draft.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "common/text/text.hpp"
#include "httpclient/url.hpp"

namespace sagactl {
namespace {

// "http://host:1/a?b" is "http://host:1" and "/a?b".
std::pair<std::string, std::string> divided(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {"", url.starts_with('/') ? url : "/" + url};
  const std::size_t path = url.find_first_of("/?", scheme + 3);
  if (path == std::string::npos) return {url, "/"};
  const std::string rest = url.substr(path, url.find('#', path) - path);
  return {url.substr(0, path), rest.front() == '/' ? rest : "/" + rest};
}

std::string toml_string(std::string_view text) {
  const bool is_literal =
      text.find_first_of("'\n\r\t") == std::string_view::npos && text.find('\x7F') == std::string_view::npos;
  if (is_literal && text.find('"') != std::string_view::npos) return fmt::format("'{}'", text);
  return json_text(std::string(text));  // JSON's escapes are those of a basic string
}

// Braces that stand for themselves would be read as fields.
std::string without_fields(std::string text) {
  for (std::size_t at = text.find('{'); at != std::string::npos; at = text.find('{', at + 1)) {
    std::size_t end = at + 1;
    while (end < text.size() && ((text[end] >= 'a' && text[end] <= 'z') || (text[end] >= 'A' && text[end] <= 'Z')))
      ++end;
    const bool is_field =
        end > at + 1 && end < text.size() && text[end] == '}' && !text.substr(at).starts_with("{env:");
    if (is_field) text.insert(at + 1, " ");
  }
  return text;
}

// Headers that the load generator writes itself, or that belong to a browser's connection.
bool is_left_out(const std::string& name) {
  constexpr std::array names = {"host",
                                "connection",
                                "content-length",
                                "accept-encoding",
                                "transfer-encoding",
                                "cookie",
                                "user-agent",
                                "referer",
                                "origin",
                                "priority",
                                "te",
                                "upgrade-insecure-requests",
                                "cache-control",
                                "pragma",
                                "dnt",
                                "if-none-match",
                                "if-modified-since",
                                "postman-token"};
  return name.starts_with(':') || name.starts_with("sec-") || name.starts_with("x-b3-") || name == "traceparent" ||
         std::find(names.begin(), names.end(), name) != names.end();
}

bool is_key_header(const std::string& name) {
  return name == "idempotency-key" || name == "x-idempotency-key" || name == "request-id" || name == "x-request-id";
}

bool is_secret_header(const std::string& name) {
  for (const char* part : {"api-key", "apikey", "token", "secret", "csrf", "xsrf"})
    if (name.find(part) != std::string::npos) return true;
  return name == "authorization";
}

std::string environment_name_of(const std::string& header) {
  std::string name;
  for (const char c : header) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

// The pointer to what is most likely the order's id.
std::optional<std::string> id_pointer(const Json& json, const std::string& path, int depth) {
  if (!json.is_object() || depth > 3) return std::nullopt;
  for (const char* name : {"orderId", "order_id", "id", "number", "orderNumber", "bookingId", "uuid"})
    if (json.contains(name) && (json[name].is_string() || json[name].is_number())) return path + "/" + name;
  for (const auto& [name, value] : json.items())
    if (const auto found = id_pointer(value, fmt::format("{}/{}", path, name), depth + 1)) return found;
  return std::nullopt;
}

class DraftWriter {
 public:
  DraftWriter(const Recording& recording, std::size_t creating) : recording_(recording), creating_(creating) {}

  ProfileDraft write() {
    const auto& requests = recording_.requests;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const std::string server = divided(requests[i].url).first;
      if (draft_.server.empty()) draft_.server = server;
      if (!server.empty() && server != draft_.server)
        left(fmt::format("'{}' goes to {}; all requests of a profile go to the servers of --url", requests[i].name,
                         server));
    }
    if (draft_.server.empty()) draft_.server = recording_.server;
    std::string steps;
    for (std::size_t i = 0; i < requests.size(); ++i)
      if (i != creating_) steps += step_of(requests[i], i < creating_ ? "before" : "after");
    const std::string create = create_of(requests[creating_]);
    const std::string answer = answer_of(requests[creating_]);
    if (has_cookies_) draft_.text += "cookies = \"user\"                  # each user has a jar\n\n";
    draft_.text += create + answer + steps;
    draft_.text +=
        "\n# [sql]                            # how the database shows the orders: docs/loadtest.md\n"
        "# orders = \"select id as order_id, created_at, request_key as key, status from orders\"\n";
    left("[sql] or [status]: how the orders are found afterwards, for the verdicts");
    for (const std::string& remark : recording_.remarks) left(remark);
    return std::move(draft_);
  }

 private:
  void left(const std::string& what) {
    if (std::find(draft_.left.begin(), draft_.left.end(), what) == draft_.left.end()) draft_.left.push_back(what);
  }

  std::string create_of(const RecordedRequest& request) {
    std::string text = "[create]\n";
    if (request.method != "POST") text += fmt::format("method = {}\n", toml_string(request.method));
    text += fmt::format("path = {}\n", toml_string(without_fields(divided(request.url).second)));
    bool has_key = false;
    text += headers_of(request, &has_key);
    if (!request.body.empty()) text += fmt::format("body = {}\n", toml_string(without_fields(request.body)));
    left("create.body: fields such as {product}, {quantity} and {user} where orders differ");
    if (!has_key) left("create: where the server finds the idempotency key, as {key} in a header or in the body");
    return text + "\n";
  }

  std::string answer_of(const RecordedRequest& request) {
    std::string text = "[answer]\n";
    const auto pointer = id_pointer(request.answer, "", 0);
    if (pointer) {
      text += fmt::format("order = {}\n", toml_string(*pointer));
    } else if (!request.location.empty()) {
      text += "order = { header = \"Location\" }\n";
    } else {
      text += "order = \"/id\"                      # a guess: where the answer has the order's id\n";
      left("answer.order: no answer is recorded that shows where the order's id is");
    }
    const int accepted = request.status == 0 ? 201 : request.status;
    text += fmt::format("\n[outcome]\naccepted = [{}]\n", accepted);
    left("outcome.duplicate: how a repeated order is answered (409 unless it is given)");
    return text;
  }

  std::string step_of(const RecordedRequest& request, const char* list) {
    std::string text = fmt::format("\n[[{}]]\nname = {}\n", list, toml_string(name_of_step(request)));
    text += fmt::format("method = {}\npath = {}\n", toml_string(request.method),
                        toml_string(without_fields(divided(request.url).second)));
    text += headers_of(request, nullptr);
    if (!request.body.empty()) text += fmt::format("body = {}\n", toml_string(without_fields(request.body)));
    if (request.status != 0) text += fmt::format("expect = [{}]\n", request.status);
    left("values that an earlier answer gave: keep them there and write their fields ({order} is the order's id)");
    return text;
  }

  std::string name_of_step(const RecordedRequest& request) {
    std::string name = request.name.empty()
                           ? fmt::format("{} {}", request.method, divided(request.url).second.substr(0, 60))
                           : request.name;
    const std::string first = name;
    for (int number = 2; std::find(names_.begin(), names_.end(), name) != names_.end(); ++number)
      name = fmt::format("{} {}", first, number);
    names_.push_back(name);
    return name;
  }

  std::string headers_of(const RecordedRequest& request, bool* has_key) {
    std::vector<std::string> pairs;
    std::vector<std::string> seen;
    for (const auto& [name, value] : request.headers) {
      const std::string small = lower(name);
      if (small == "cookie") has_cookies_ = true;
      if (is_left_out(small) || std::find(seen.begin(), seen.end(), small) != seen.end()) continue;
      seen.push_back(small);
      pairs.push_back(fmt::format("{} = {}", toml_string(name), toml_string(value_of(small, value, has_key))));
    }
    return pairs.empty() ? "" : fmt::format("headers = {{ {} }}\n", fmt::join(pairs, ", "));
  }

  std::string value_of(const std::string& name, const std::string& value, bool* has_key) {
    if (has_key != nullptr && is_key_header(name) && !*has_key) {
      *has_key = true;
      return "{key}";
    }
    if (!is_secret_header(name)) return without_fields(value);
    const std::string variable = environment_name_of(name);
    const std::size_t blank = name == "authorization" ? value.find(' ') : std::string::npos;
    left(fmt::format("the environment variable {}: the header {}, which is not written into the file", variable, name));
    return fmt::format("{}{{env:{}}}", blank == std::string::npos ? "" : value.substr(0, blank + 1), variable);
  }

  const Recording& recording_;
  const std::size_t creating_;
  ProfileDraft draft_;
  std::vector<std::string> names_ = {"create"};
  bool has_cookies_ = false;
};

}  // namespace

Result<ProfileDraft> draft_of(const Recording& recording) {
  std::optional<std::size_t> creating;
  for (std::size_t i = 0; i < recording.requests.size(); ++i) {
    const RecordedRequest& request = recording.requests[i];
    const bool writes = request.method == "POST" || request.method == "PUT";
    const bool is_sure = creating && recording.requests[*creating].status == 201;
    if (writes && (!creating || (request.status == 201 && !is_sure))) creating = i;
  }
  if (!creating)
    return Error{ErrorCode::invalid, "there is no POST or PUT in it, so nothing that could create an order"};
  return DraftWriter(recording, *creating).write();
}

}  // namespace sagactl
