#include "cli/loadtest/init/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/loadtest/init/choose_request.hpp"
#include "cli/loadtest/init/recorded_fields.hpp"

namespace sagactl {
namespace {

// "http://host:1" of "http://host:1/a?b"; empty where there is only a path.
std::string server_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string::npos) return {};
  const std::string server = url.substr(0, url.find_first_of("/?", scheme + 3));
  const std::size_t user = server.find('@');  // it may have a password
  return user == std::string::npos ? server : server.substr(0, scheme + 3) + server.substr(user + 1);
}

std::string toml_string(std::string_view text) {
  const bool is_literal =
      text.find_first_of("'\n\r\t") == std::string_view::npos && text.find('\x7F') == std::string_view::npos;
  if (is_literal && text.find('"') != std::string_view::npos) return fmt::format("'{}'", text);
  return json_text(std::string(text));  // JSON's escapes are those of a basic string
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
  static constexpr std::size_t name_max = 60;

 public:
  DraftWriter(const Recording& recording, std::size_t creating)
      : recording_(recording),
        creating_(creating),
        order_pointer_(id_pointer(recording.requests[creating].answer, "", 0)),
        filled_(filled(recording, creating, order_pointer_.value_or(""))) {}

  ProfileDraft write() {
    const auto& requests = recording_.requests;
    for (const RecordedRequest& request : requests) {
      const std::string server = server_of(request.url);
      if (draft_.server.empty()) draft_.server = server;
      if (!server.empty() && server != draft_.server)
        left(fmt::format("'{}' goes to {}; all requests of a profile go to the servers of --url", shown(request),
                         server));
    }
    if (draft_.server.empty()) draft_.server = recording_.server;
    std::string steps;
    for (std::size_t i = 0; i < requests.size(); ++i)
      if (i != creating_) steps += step_of(i, i < creating_ ? "before" : "after");
    const std::string create = create_of();
    const std::string answer = answer_of(requests[creating_]);
    if (filled_.has_cookies) draft_.text += "cookies = \"user\"                  # each user has a jar\n\n";
    draft_.text += log_in() + create + answer + steps;
    draft_.text +=
        "\n# [sql]                            # how the database shows the orders: docs/loadtest.md\n"
        "# orders = \"select id as order_id, created_at, request_key as key, status from orders\"\n";
    left("[sql] or [status]: how the orders are found afterwards, for the verdicts");
    for (const std::string& remark : filled_.remarks) left(remark);
    for (const std::string& remark : recording_.remarks) left(remark);
    draft_.choice = choice_text(recording_, creating_);
    draft_.flags = recording_.flags;
    return std::move(draft_);
  }

 private:
  void left(const std::string& what) {
    if (std::find(draft_.left.begin(), draft_.left.end(), what) == draft_.left.end()) draft_.left.push_back(what);
  }

  std::string log_in() {
    if (recording_.basic_user.empty()) return {};
    left("the environment variable PASSWORD: the password of the user, which is not written into the file");
    return fmt::format("[log_in]\nbasic = {{ user = {}, password = \"{{env:PASSWORD}}\" }}\n\n",
                       toml_string(recording_.basic_user));
  }

  std::string create_of() {
    const FilledRequest& request = filled_.requests[creating_];
    const std::string& method = recording_.requests[creating_].method;
    std::string text = "[create]\n";
    if (method != "POST") text += fmt::format("method = {}\n", toml_string(method));
    text += fmt::format("path = {}\n", toml_string(request.path));
    text += pairs_of("headers", request.headers);
    if (!request.body.empty()) text += fmt::format("body = {}\n", toml_string(request.body));
    text += pairs_of("keep", request.keep);
    left("create.body: fields such as {product}, {quantity} and {user} where orders differ");
    if (!filled_.has_key)
      left("create: where the server finds the idempotency key, as {key} in a header or in the body");
    return text + "\n";
  }

  std::string answer_of(const RecordedRequest& request) {
    std::string text = "[answer]\n";
    if (order_pointer_) {
      text += fmt::format("order = {}\n", toml_string(*order_pointer_));
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

  std::string step_of(std::size_t place, const char* list) {
    const RecordedRequest& recorded = recording_.requests[place];
    const FilledRequest& request = filled_.requests[place];
    std::string text = fmt::format("\n[[{}]]\nname = {}\n", list, toml_string(name_of_step(recorded, request.path)));
    text += fmt::format("method = {}\npath = {}\n", toml_string(recorded.method), toml_string(request.path));
    text += pairs_of("headers", request.headers);
    if (!request.body.empty()) text += fmt::format("body = {}\n", toml_string(request.body));
    text += pairs_of("keep", request.keep);
    if (recorded.status != 0) text += fmt::format("expect = [{}]\n", recorded.status);
    left(
        "ids and other values that were recorded and that no earlier answer shows: keep them where an answer gives "
        "them, and write their fields ({order} is the order's id)");
    return text;
  }

  // Without the query, which may be secret.
  std::string name_of_step(const RecordedRequest& request, const std::string& path) {
    std::string name = request.name;
    if (name.empty()) name = fmt::format("{} {}", request.method, path.substr(0, std::min(path.find('?'), name_max)));
    const std::string first = name;
    for (int number = 2; std::find(names_.begin(), names_.end(), name) != names_.end(); ++number)
      name = fmt::format("{} {}", first, number);
    names_.push_back(name);
    return name;
  }

  static std::string pairs_of(const char* member, const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::vector<std::string> texts;
    for (const auto& [name, value] : pairs)
      texts.push_back(fmt::format("{} = {}", toml_string(name), toml_string(value)));
    return texts.empty() ? "" : fmt::format("{} = {{ {} }}\n", member, fmt::join(texts, ", "));
  }

  const Recording& recording_;
  const std::size_t creating_;
  const std::optional<std::string> order_pointer_;
  FilledRecording filled_;
  ProfileDraft draft_;
  std::vector<std::string> names_ = {"create"};
};

}  // namespace

Result<ProfileDraft> draft_of(const Recording& recording, const std::string& wanted) {
  const auto creating = creating_request(recording, wanted);
  if (!creating) return creating.error();
  if (!recording.are_alternatives) return DraftWriter(recording, *creating).write();
  Recording chosen = recording;
  chosen.requests = {recording.requests[*creating]};
  ProfileDraft draft = DraftWriter(chosen, 0).write();
  draft.choice = choice_text(recording, *creating);
  return draft;
}

}  // namespace sagactl
