#include "cli/loadtest/init/graphql_request.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "cli/loadtest/init/choose_request.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int selection_depth_max = 12;

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// Reads the names of fields; arguments, directives and fragments are passed over.
class QueryReader {
 public:
  explicit QueryReader(std::string_view text) : text_(text) {}

  // "mutation", "query", or "query" for a query that begins with its selection; "" for none of them.
  std::string operation() {
    skip_blanks();
    if (peek() == '{') return "query";
    const std::string word = name();
    return word == "mutation" || word == "query" || word == "subscription" ? word : "";
  }

  // Up to the first selection, past the operation's name and variables.
  Json data() {
    if (operation().empty()) return Json(Json::value_t::discarded);
    skip_to_selection();
    return peek() == '{' ? selection(0) : Json(Json::value_t::discarded);
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#')
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == ',' || std::isspace(static_cast<unsigned char>(c)) != 0)
        ++at_;
      else
        return;
    }
  }

  std::string name() {
    const std::size_t begin = at_;
    while (is_name(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    ++at_;
  }

  // "(in: {sku: $sku})", which may have braces of its own.
  void skip_parentheses() {
    int open = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      if (c == '(') ++open;
      if (c == ')') --open;
      ++at_;
      if (open == 0) return;
    }
  }

  void skip_to_selection() {
    while (at_ < text_.size() && peek() != '{') {
      if (peek() == '(')
        skip_parentheses();
      else
        ++at_;
    }
  }

  // NOLINTNEXTLINE(misc-no-recursion): as deep as the query, to a limit
  Json selection(int depth) {
    Json data = Json::object();
    for (++at_; at_ < text_.size(); skip_blanks()) {
      skip_blanks();
      if (peek() == '}') {
        ++at_;
        return data;
      }
      if (depth > selection_depth_max) break;
      if (!is_name(peek())) {
        add_fragment(data, depth);
        continue;
      }
      const std::string field = name();
      skip_alias_and_arguments();
      data[field] = peek() == '{' ? selection(depth + 1) : Json("");
    }
    return data;
  }

  // "... on Order {" is as if its fields stood here; "...Parts" is left out.
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the query, to a limit
  void add_fragment(Json& data, int depth) {
    const bool is_spread = text_.substr(at_).starts_with("...");
    at_ += is_spread ? 3 : 1;
    if (!is_spread) return;
    skip_blanks();
    if (name() == "on") {
      skip_blanks();
      name();
    }
    skip_alias_and_arguments();
    if (peek() == '{') data.update(selection(depth + 1));
  }

  // After "order", ": place(sku: 1) @include(if: true)".
  void skip_alias_and_arguments() {
    for (skip_blanks(); peek() == ':' || peek() == '(' || peek() == '@'; skip_blanks()) {
      if (peek() == '(') {
        skip_parentheses();
        continue;
      }
      ++at_;
      skip_blanks();
      name();
    }
  }

  const std::string_view text_;
  std::size_t at_ = 0;
};

bool has_only_graphql(const Json& body) {
  for (const auto& [name, value] : body.items())
    if (name != "query" && name != "variables" && name != "operationName" && name != "extensions") return false;
  return true;
}

std::string first_field(const Json& data) {
  return data.is_object() && !data.empty() ? data.begin().key() : "";
}

}  // namespace

Json selected_data(std::string_view query) {
  return QueryReader(query).data();
}

bool is_mutation(std::string_view query) {
  return QueryReader(query).operation() == "mutation";
}

void take_graphql(RecordedRequest& request) {
  const Json body = read_json(request.body);
  if (!body.is_object() || !body.contains("query") || !body["query"].is_string() || !has_only_graphql(body)) return;
  const auto query = body["query"].get<std::string>();
  // "{ chairs }" may also be what somebody searches for.
  const std::string path = lower(path_of_recorded(request));
  const bool is_there = path.find("graphql") != std::string::npos || path.find("gql") != std::string::npos;
  if (trim(query).starts_with('{') && !is_there) return;
  const Json data = selected_data(query);
  if (data.is_discarded()) return;
  request.graphql.query = query;
  if (body.contains("operationName") && body["operationName"].is_string())
    request.graphql.operation = body["operationName"].get<std::string>();
  request.body = body.contains("variables") && body["variables"].is_object() && !body["variables"].empty()
                     ? json_text(body["variables"])
                     : "";
  const bool has_answer = request.answer.is_object() && request.answer.contains("data");
  request.answer = has_answer ? Json(request.answer["data"]) : data;
  constexpr int done = 200;  // whatever came of it
  if (request.status == 0) request.status = done;
  std::erase_if(request.headers, [](const auto& header) { return lower(header.first) == "content-type"; });
  if (request.name.empty())
    request.name = request.graphql.operation.empty() ? first_field(data) : request.graphql.operation;
}

}  // namespace sagactl
