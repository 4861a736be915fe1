// Logging a page in and out, and what it may do.
#include "common/id.hpp"
#include "common/text/json_object.hpp"
#include "common/text/text.hpp"
#include "server/api/accounts/password_check.hpp"
#include "server/api/pages/handlers.hpp"
#include "server/api/pages/page_sessions.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t code_max = 4096;

struct Right {
  std::string_view name;
  bool (*is_given)(const http::Caller&);
  bool changes = true;
};
constexpr std::array rights = {
    Right{"sagas.read", [](const http::Caller&) { return true; }, false},
    Right{"sagas.read-all", [](const http::Caller& caller) { return caller.is_merchant_or_admin(); }, false},
    Right{"sagas.start", [](const http::Caller& caller) { return caller.is_merchant_or_admin(); }},
    Right{"stock.set", [](const http::Caller& caller) { return caller.is_merchant_or_admin(); }},
    Right{"sagas.operate", [](const http::Caller& caller) { return caller.is_admin(); }},
    Right{"definitions.publish", [](const http::Caller& caller) { return caller.is_admin(); }},
    Right{"operations.read", [](const http::Caller& caller) { return caller.is_admin(); }, false},
};

Json rights_json(const http::Caller& caller, bool read_only) {
  Json list = Json::array();
  for (const Right& right : rights)
    if (right.is_given(caller) && !(read_only && right.changes)) list.push_back(right.name);
  return list;
}

Json session_json(const Context& context, const http::Caller* caller, Timestamp expires_at) {
  const bool read_only = context.page_sessions.read_only();
  return Json{
      {"user", caller ? Json{{"id", caller->id}, {"email", caller->email}, {"role", caller->role}} : Json(nullptr)},
      {"rights", caller ? rights_json(*caller, read_only) : Json::array()},
      {"readOnly", read_only},
      {"expiresAt", caller ? Json(iso8601_ms(expires_at)) : Json(nullptr)},
      {"nodeId", context.options.node},
      {"version", context.options.version},
      {"kafka", context.bus.state().external}};
}

http::Response not_stored(http::Response response) {
  response.headers.push_back({"Cache-Control", "no-store"});
  return response;
}

struct PageLogin {
  std::string code;  // or:
  LoginRequest login;
};

Result<PageLogin> parse_page_login(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return json.error();
  http::ObjectReader body(*json);
  PageLogin login;
  if (body.has("code")) {
    login.code = body.text("code", {.max = code_max, .not_empty = true});
  } else {
    login.login.email = lower(body.text("email", {.max = email_max, .email = true}));
    login.login.password = body.text("password", {.max = password_max});
  }
  if (const auto valid = body.finish(); !valid) return valid.error();
  return login;
}

Error code_was_used() {
  return Error{ErrorCode::unauthenticated, "the code was used before: it is good once; run `sagactl open` again"};
}

// A code is good once in the whole cluster, also when a node dies in between. The record has a body of its own, so that
// a log-in knows its own when the database's answer was lost.
awaitable<Result<http::Caller>> caller_of_code(Context& context, const std::string& code) {
  auto caller = context.page_sessions.read_code(code);
  if (!caller) co_return caller;
  auto use = [&records = context.records, id = caller->token_id] {
    return records.add_record("page-code", id, JsonObject().add("use", new_uuid().text()).take());
  };
  const Result<bool> is_first = co_await context.query_threads.run(std::move(use));
  if (!is_first) co_return is_first.error();
  if (!*is_first) co_return code_was_used();
  co_return caller;
}

awaitable<Result<http::Caller>> caller_of_password(Context& context, Request& request, LoginRequest login) {
  const Result<User> user = co_await check_login(context, request, std::move(login));
  if (!user) co_return user.error();
  http::Caller caller{user->id.text(), user->email, std::string(to_string(user->role)), ""};
  co_return caller;
}

awaitable<Result<http::Caller>> caller_of_login(Context& context, Request& request, PageLogin login) {
  if (login.code.empty()) co_return co_await caller_of_password(context, request, std::move(login.login));
  co_return co_await caller_of_code(context, login.code);
}

}  // namespace

Answer get_page_session(Context& context, Request& request) {
  auto caller = context.page_sessions.page_caller(request);
  if (context.options.serves_other_pages) caller = Error{ErrorCode::unauthenticated, "Unauthorized"};
  const Json body = session_json(context, caller ? &*caller : nullptr, context.page_sessions.expiry(request));
  return not_stored(http::json_response(200, body));
}

awaitable<Answer> begin_page_session(Context& context, Request& request) {
  if (const auto checked = PageSessions::check_page(request); !checked) co_return checked.error();
  if (context.options.serves_other_pages)
    co_return Error{
        ErrorCode::forbidden,
        "Forbidden: this node serves pages of others (--pages), which could act with the session; log in at "
        "a node without them"};
  auto login = parse_page_login(request);
  if (!login) co_return login.error();
  const Result<http::Caller> caller = co_await caller_of_login(context, request, std::move(*login));
  if (!caller) co_return caller.error();
  const PageSessions::Token token = context.page_sessions.begin(*caller);
  const Json body = session_json(context, &*caller, token.expires_at);
  http::Response response = not_stored(http::json_response(200, body));
  response.headers.push_back(context.page_sessions.cookie_of(token, request));
  co_return response;
}

// At this node at once, at others as soon as they have read it.
awaitable<Answer> end_page_session(Context& context, Request& request) {
  if (const auto checked = PageSessions::check_page(request); !checked) co_return checked.error();
  const auto caller = context.page_sessions.page_caller(request);
  if (caller) {
    context.page_sessions.add_ended({caller->session});
    auto end = [&records = context.records, id = caller->session] {
      return records.add_record("page-ended", id, "{}");
    };
    const Result<bool> ended = co_await context.query_threads.run(std::move(end));
    if (!ended) co_return ended.error();
  }
  const Json body = session_json(context, nullptr, {});
  http::Response response = not_stored(http::json_response(200, body));
  response.headers.push_back(context.page_sessions.no_cookie(request));
  co_return response;
}

Answer create_page_code(Context& context, Request& request) {
  const PageSessions::Token code = context.page_sessions.issue_code(*request.caller);
  const Json body{{"code", code.text}, {"expiresAt", iso8601_ms(code.expires_at)}, {"path", "/ui/#code=" + code.text}};
  return not_stored(http::json_response(201, body));
}

}  // namespace sagactl::api
