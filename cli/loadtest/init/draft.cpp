#include "cli/loadtest/init/draft.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/loadtest/init/choose_request.hpp"
#include "cli/loadtest/init/graphql_request.hpp"
#include "cli/loadtest/init/recorded_fields.hpp"
#include "common/text/text.hpp"

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
  const bool is_long = text.find('\n') != std::string_view::npos && text.find_first_of("\r\x7F") == text.npos &&
                       text.find("'''") == text.npos && !text.ends_with('\'');
  if (is_long) return fmt::format("'''\n{}'''", text);
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

enum class StateMeaning : std::uint8_t { open, completed, undone };

StateMeaning meaning_of_state(const std::string& state) {
  const std::string word = lower(state);
  const auto has_any = [&](std::initializer_list<const char*> parts) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const char* part) { return word.find(part) != std::string::npos; });
  };
  if (has_any({"ing", "await"})) return StateMeaning::open;
  if (has_any({"cancel", "reject", "refus", "declin", "fail", "void", "refund", "compensat", "undone", "abort",
               "expire", "rolled"}))
    return StateMeaning::undone;
  if (has_any({"complet", "done", "paid", "ship", "deliver", "fulfil", "succe", "confirm", "booked", "finish"}))
    return StateMeaning::completed;
  return StateMeaning::open;
}

class DraftWriter {
  static constexpr std::size_t name_max = 60;
  static constexpr int created = 201, taken = 202;

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
    const std::string status = status_of(requests[creating_].status_page);
    // A journey that was recorded has the cookies of its own log-in.
    if (filled_.has_cookies)
      draft_.text += requests.size() > 1 ? "cookies = \"journey\"               # each journey has a jar\n\n"
                                         : "cookies = \"user\"                  # each user has a jar\n\n";
    const std::string log_in = log_in_of(requests[creating_].log_in);
    draft_.text += log_in + create + answer + status + steps;
    draft_.text +=
        "\n# [sql]                            # how the database shows the orders: docs/loadtest.md\n"
        "# orders = \"select id as order_id, created_at, request_key as key, status from orders\"\n";
    left(has_status_ ? "[sql], for what only the database shows: how the orders are found there"
                     : "[sql] or [status]: how the orders are found afterwards, for the verdicts");
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

  std::string log_in_of(const RecordedLogIn& described) {
    if (!recording_.basic_user.empty()) {
      left("the environment variable PASSWORD: the password of the user, which is not written into the file");
      return basic_log_in(recording_.basic_user);
    }
    if (described.is_client) {
      left("the environment variables CLIENT_ID and CLIENT_SECRET: who fetches the token");
      return fmt::format(
          "[log_in]\noauth = {{ path = {}, client_id = \"{{env:CLIENT_ID}}\", client_secret = "
          "\"{{env:CLIENT_SECRET}}\" }}\n\n",
          toml_string(described.token_path));
    }
    if (!described.is_basic && described.token_path.empty()) return {};
    left("users: who logs in, and the environment variable PASSWORD: their password");
    const std::string users = "users = [\"ann\"]                    # who logs in\n\n";
    if (described.is_basic) return users + basic_log_in("{user}");
    return users + fmt::format(
                       "[log_in]\npath = {}\nform = {{ grant_type = \"password\", username = \"{{user}}\", password = "
                       "\"{{env:PASSWORD}}\" }}\nbearer = \"/access_token\"\n\n",
                       toml_string(described.token_path));
  }

  static std::string basic_log_in(const std::string& user) {
    return fmt::format("[log_in]\nbasic = {{ user = {}, password = \"{{env:PASSWORD}}\" }}\n\n", toml_string(user));
  }

  std::string create_of() {
    const FilledRequest& request = filled_.requests[creating_];
    const std::string& method = recording_.requests[creating_].method;
    std::string text = "[create]\n";
    if (method != "POST") text += fmt::format("method = {}\n", toml_string(method));
    text += fmt::format("path = {}\n", toml_string(request.path));
    text += pairs_of("headers", request.headers);
    const RecordedGraphql& graphql = recording_.requests[creating_].graphql;
    text += body_of(request, graphql);
    text += keep_of(request.keep);
    if (!graphql.query.empty() && request.body.empty())
      left("create.variables: the query has no variables; what differs from order to order, as the key, has to be one");
    else if (request.body.find("{product}") == std::string::npos)
      left(fmt::format("create.{}: fields such as {{product}}, {{quantity}} and {{user}} where orders differ",
                       !graphql.query.empty()   ? "variables"
                       : !request.parts.empty() ? "multipart"
                                                : "body"));
    else
      left("[[product]]: products that the server has, unless it takes any");
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
    text += "\n[outcome]\n" + outcome_of(request.status);
    return text;
  }

  // A repeated order is mostly answered with 200 or 409, where another status says that it was created.
  std::string outcome_of(int status) {
    const bool is_created = status == 0 || status == created || status == taken;
    left(is_created ? "outcome.duplicate: how a repeated order is answered; 200 and 409 are a guess"
                    : "outcome.duplicate: how a repeated order is answered (409 unless it is given)");
    const std::string accepted = status == 0 ? fmt::format("{}, {}", created, taken) : std::to_string(status);
    return fmt::format("accepted = [{}]\n{}", accepted, is_created ? "duplicate = [200, 409]\n" : "");
  }

  static std::string body_of(const FilledRequest& request, const RecordedGraphql& graphql) {
    if (!request.parts.empty()) return parts_of(request.parts);
    if (graphql.query.empty()) return request.body.empty() ? "" : fmt::format("body = {}\n", toml_string(request.body));
    std::string text = fmt::format("graphql = {}\n", toml_string(graphql.query));
    if (!graphql.operation.empty()) text += fmt::format("operation = {}\n", toml_string(graphql.operation));
    if (!request.body.empty()) text += fmt::format("variables = {}\n", toml_string(request.body));
    return text;
  }

  static std::string parts_of(const std::vector<RecordedPart>& parts) {
    std::vector<std::string> texts;
    for (const RecordedPart& part : parts) {
      const std::string type = part.type.empty() ? "" : fmt::format(", type = {}", toml_string(part.type));
      texts.push_back(fmt::format(
          "{} = {}", toml_string(part.name),
          part.file.empty() ? toml_string(part.text) : fmt::format("{{ file = {}{} }}", toml_string(part.file), type)));
    }
    return fmt::format("multipart = {{ {} }}\n", fmt::join(texts, ", "));
  }

  // Only where it is known which states are final: the verdicts would wait for an order of another one.
  std::string status_of(const RecordedStatusPage& page) {
    std::vector<std::string> completed, undone;
    for (const std::string& value : page.values) {
      const StateMeaning meaning = meaning_of_state(value);
      if (meaning == StateMeaning::completed) completed.push_back(toml_string(value));
      if (meaning == StateMeaning::undone) undone.push_back(toml_string(value));
    }
    if (page.path.empty() || page.pointer.empty()) return {};
    has_status_ = !completed.empty();
    const char* const mark = has_status_ ? "" : "# ";
    std::string text = fmt::format("\n{0}[status]\n{0}path = {1}\n{0}pointer = {2}\n{0}completed = [{3}]\n", mark,
                                   toml_string(page.path), toml_string(page.pointer), fmt::join(completed, ", "));
    if (!undone.empty()) text += fmt::format("{}undone = [{}]\n", mark, fmt::join(undone, ", "));
    if (has_status_)
      left(fmt::format("status.completed and status.undone: what {} mean is guessed by the words",
                       fmt::join(page.values, ", ")));
    return text;
  }

  std::string step_of(std::size_t place, const char* list) {
    const RecordedRequest& recorded = recording_.requests[place];
    const FilledRequest& request = filled_.requests[place];
    std::string text = fmt::format("\n[[{}]]\nname = {}\n", list, toml_string(name_of_step(recorded, request.path)));
    text += fmt::format("method = {}\npath = {}\n", toml_string(recorded.method), toml_string(request.path));
    text += pairs_of("headers", request.headers);
    text += body_of(request, recorded.graphql);
    text += keep_of(request.keep);
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

  static std::string keep_of(const std::vector<ValueToKeep>& values) {
    std::vector<std::string> texts;
    for (const ValueToKeep& value : values)
      texts.push_back(fmt::format("{} = {}", value.name,
                                  value.form_field.empty()
                                      ? toml_string(value.pointer)
                                      : fmt::format("{{ field = {} }}", toml_string(value.form_field))));
    return texts.empty() ? "" : fmt::format("keep = {{ {} }}\n", fmt::join(texts, ", "));
  }

  const Recording& recording_;
  const std::size_t creating_;
  const std::optional<std::string> order_pointer_;
  FilledRecording filled_;
  bool has_status_ = false;
  ProfileDraft draft_;
  std::vector<std::string> names_ = {"create"};
};

}  // namespace

Result<ProfileDraft> draft_of(Recording recording, const std::string& wanted) {
  for (RecordedRequest& request : recording.requests) take_graphql(request);
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
