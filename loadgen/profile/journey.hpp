// What a profile says beyond the request that creates an order: the steps before and after it, log-in, cookies, data.
// A run of single requests is one of journeys with one step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/time.hpp"
#include "loadgen/profile/answer_shape.hpp"
#include "loadgen/profile/data_table.hpp"
#include "loadgen/profile/message_step.hpp"
#include "loadgen/profile/request_template.hpp"

namespace sagactl {

// Where a value is found in an answer, and the name under which later steps have it.
struct ValueSource {
  enum class Kind : std::uint8_t {
    pointer,     // `place` is a JSON pointer (RFC 6901); a list or an object is kept as JSON
    text,        // of a header, or of a body that need not be JSON
    cookie,      // `place` is the name of a cookie that the answer sets
    form_field,  // `place` is the name of a form's field or of a <meta> element in HTML
    pattern,     // `place` is a regular expression (Perl syntax): its first group, or the whole match
  };
  static constexpr std::size_t size_max = 16 * 1024;  // longer texts are not kept

  std::string name;
  Kind kind = Kind::pointer;
  std::string place = {};
  TextLocation text = {};
};

struct StepPause {
  Duration least{0}, most{0};  // at random between them, by the seed
};

// A step that asks until an answer has what it waits for.
struct StepUntil {
  AnswerMarker marker;
  Duration every = 500ms;
  Duration at_most = 30s;
};

using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

struct JourneyStep {
  std::string name;
  std::string method = "GET";
  std::string path;  // a template, like headers and body; or a kept address: {link}
  RequestHeaders headers;
  std::string body;
  bool is_form = false;     // the body is application/x-www-form-urlencoded, and what is filled in is encoded so
  bool is_graphql = false;  // an answer with `errors` is not what the step expects
  StatusRanges expect = {{200, 399}};
  std::vector<ValueSource> keep;
  StepPause pause;  // before the step
  std::optional<StepUntil> until;
  std::string branch;  // empty: every journey takes the step
  // Instead of a request. Where it opens a connection, method, path and headers are those of the request that does.
  std::optional<MessageStep> message;
};

// A part of the journeys: `share` of the sum of all shares.
struct JourneyBranch {
  std::string name;
  std::uint32_t share = 1;
};

// What each user does once before the load.
struct LogIn {
  std::vector<JourneyStep> requests;
  // The value of the header Authorization of the user's requests; a template with what the log-in keeps. Empty: none.
  std::string authorization;
  std::string basic_user, basic_password;  // templates, instead of `authorization`
  // How long it is valid: a JSON pointer to seconds in its last answer. Empty: by the token, if that is a JSON web
  // token.
  std::string lifetime;
  bool any() const { return !requests.empty() || !authorization.empty() || !basic_user.empty(); }
};

enum class CookieUse : std::uint8_t {
  none,
  user,     // one jar for all journeys of a user
  journey,  // each journey begins with the cookies of its user's log-in
};

struct Journey {
  std::vector<JourneyStep> before, after;  // of the request that creates the order
  StepPause create_pause;
  std::vector<ValueSource> create_keep;
  bool create_is_form = false;
  std::vector<JourneyBranch> branches;
  std::vector<JourneyStep> set_up, tear_down;  // once, before the log-ins and after the load
  LogIn log_in;
  CookieUse cookies = CookieUse::none;
  std::vector<DataTable> data;
  // The values of {env:...} and {file:...}, by their spelling without braces.
  std::vector<std::pair<std::string, std::string>> texts;

  bool is_single() const { return before.empty() && after.empty(); }
  // Whether every request is complete before the first answer, and is sent as a profile of one request always was.
  bool is_plain() const { return is_single() && !log_in.any() && cookies == CookieUse::none && data.empty(); }
};

enum class KeptScope : std::uint8_t {
  journey,  // kept by a step; the first is always the id of the order, {order}
  user,     // kept by the log-in
  run,      // kept by a set-up request
};
struct KeptPlace {
  KeptScope scope = KeptScope::journey;
  std::size_t index = 0;  // in kept_names
};
// The names of what is kept, each once. A name belongs to one scope.
std::vector<std::string> kept_names(const Journey& journey, KeptScope scope);
std::optional<KeptPlace> find_kept(const Journey& journey, std::string_view name);
// What templates may name: everything that is kept, and the tables.
TemplateNames template_names(const Journey& journey);
const DataTable* find_table(const Journey& journey, std::string_view name);
// The value of an {env:...} or {file:...}; null when it is not known.
const std::string* find_text(const Journey& journey, TemplateField field, std::string_view argument);
// A template without fields, or with those alone that are the same in every request: {env:...} and {file:...}, filled
// in. Nothing for another one.
std::optional<std::string> constant_text(const Journey& journey, const std::string& text);

}  // namespace sagactl
