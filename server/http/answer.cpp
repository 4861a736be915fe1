// From a request to its response: who may call, which handler, and what becomes of what goes wrong.
#include <fmt/format.h>

#include <exception>

#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/http/compression.hpp"
#include "server/http/message/conditional.hpp"
#include "server/http/message/cors.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/router.hpp"

namespace sagactl::http {
namespace {

// A NUL or a broken sequence would only fail deeper down, in a database, as if that were at fault.
bool is_storable(std::string_view text) {
  return text.find('\0') == text.npos && is_utf8(text);
}

Result<void> check_text(const Request& request) {
  for (const auto* pairs : {&request.parameters, &request.query}) {
    for (const auto& [name, value] : *pairs) {
      if (!is_storable(name) || !is_storable(value))
        return Error{ErrorCode::invalid, "the path and the query must be UTF-8 without NUL characters"};
    }
  }
  return {};
}

// Without a token nothing but the browser says that a page of another origin wants what its user would not. Such a page
// can send a body only as one of these types.
Result<void> check_page(const Request& request) {
  if (request.foreign_page)
    return Error{ErrorCode::forbidden,
                 "Forbidden: a web page of another origin may not ask this without a token; start the node with "
                 "--cors-origin to let pages of an origin"};
  const std::string type = lower(request.header("content-type"));
  if (!request.body.empty() && (type.starts_with("text/plain") || type.starts_with("multipart/")))
    return Error{ErrorCode::invalid, "without a token a body must have the Content-Type application/json"};
  return {};
}

std::string refusal(Request& request, std::string_view what, std::string_view remedy) {
  return fmt::format("{}: this request does not come from the machine and the user that the node runs on ({}); {}",
                     what, request.why_stranger(), remedy);
}

Result<void> admit(const Router& router, const Route& route, Request& request) {
  switch (route.access) {
    case Access::anyone:
      return {};
    case Access::loopback_only:
      if (request.is_from_this_machine()) return {};
      return Error{ErrorCode::forbidden, refusal(request, "Forbidden", "start the node with --test-routes")};
    case Access::guest:
      if (!request.header("authorization").empty()) break;
      if (const Caller* guest = router.guest_for(request)) {
        request.caller = *guest;
        return check_page(request);
      }
      return Error{ErrorCode::unauthenticated,
                   refusal(request, "Unauthorized", "send a token, or start the node with --allow-anonymous")};
    case Access::user:
    case Access::admin:
      break;
  }
  if (!router.authenticator()) return Error{ErrorCode::unauthenticated, "Unauthorized"};
  Result<Caller> caller = router.authenticator()(request);
  if (!caller) return std::move(caller).error();
  request.caller = std::move(caller).value();
  if (route.access == Access::admin && !request.caller->is_admin())
    return Error{ErrorCode::forbidden, "Forbidden resource"};
  return {};
}

std::string allow_text(const std::vector<Method>& methods) {
  std::string allow = "OPTIONS";
  for (const Method method : methods) {
    if (method == Method::options) continue;
    allow += ", ";
    allow += to_string(method);
    if (method == Method::get) allow += ", HEAD";
  }
  return allow;
}

// No route has this method and path. A page that asks before it sends is told that it may, since it would not be shown
// why it may not: the request itself is.
Answer answer_without_route(const Router& router, const Request& request) {
  const std::vector<Method> methods = router.methods(request.path);
  if (methods.empty() && !is_preflight(request)) return no_such_route(request);
  std::string allow = allow_text(methods);
  Response response;
  if (request.method == Method::options) {
    response.status = 204;
    response.content_type = {};
  } else {
    response = problem(405, "Cannot " + request.method_text + " " + request.path + "; it takes " + allow, request);
  }
  response.headers.push_back({"Allow", std::move(allow)});
  return response;
}

// Bodies are read as they are sent; one that is compressed would only look like broken JSON.
bool is_encoded(const Request& request) {
  if (request.body.empty()) return false;
  for (const Header& header : request.headers)
    if (header.name == "content-encoding")
      for (const std::string& coding : split(header.value, ','))
        if (const std::string name = lower(trim(coding)); !name.empty() && name != "identity") return true;
  return false;
}

Response refuse_encoding(const Request& request) {
  Response response =
      problem(415, "the body is encoded (Content-Encoding: " + std::string(request.header("content-encoding")) +
                       "); send it as it is, without that header", request);
  response.headers.push_back({"Accept-Encoding", "identity"});
  return response;
}

boost::asio::awaitable<Answer> run(const Router& router, Request& request) {
  request.caller.reset();
  request.route = router.find(request.method, request.path, request.parameters);
  if (!request.route) co_return answer_without_route(router, request);
  if (auto checked = check_text(request); !checked) co_return checked.error();
  if (auto admitted = admit(router, *request.route, request); !admitted) co_return admitted.error();
  if (is_encoded(request)) co_return refuse_encoding(request);
  if (const std::string_view unmet = unmet_condition(request); !unmet.empty())
    co_return problem(412, unmet, request);
  const Handler& handler = request.route->handler;
  if (const auto* at_once = std::get_if<0>(&handler)) co_return (*at_once)(request);
  co_return co_await std::get<1>(handler)(request);
}

void log_failure(const Request& request, std::string_view why) {
  log_error("request failed by a mistake in this program",
            {{"method", request.method_text},
             {"route", request.route ? std::string_view(request.route->pattern) : std::string_view("none")},
             {"correlation_id", request.correlation_id},
             {"trace_id", request.trace.trace_id_text()},
             {"why", why}});
}

}  // namespace

boost::asio::awaitable<Response> answer(const Router& router, Request& request) {
  Error failure;
  try {
    Answer result = co_await run(router, request);
    if (result) {
      Response response = std::move(result).value();
      if (request.method == Method::get || request.method == Method::head) {
        make_conditional(request, response);
        compress(request, response);
      }
      co_return response;
    }
    failure = std::move(result).error();
  } catch (const std::exception& thrown) {
    failure = Error{ErrorCode::bug, thrown.what()};
  } catch (...) {
    failure = Error{ErrorCode::bug, "an exception of an unknown type"};
  }
  if (failure.code == ErrorCode::bug) log_failure(request, failure.message);
  co_return problem(failure, request);
}

}  // namespace sagactl::http
