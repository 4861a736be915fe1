// From a request to its response: who may call, which handler, and what becomes of what goes wrong.
#include <exception>

#include "common/log.hpp"
#include "common/text.hpp"
#include "server/http/problem.hpp"
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

Result<void> admit(const Router& router, const Route& route, Request& request) {
  switch (route.access) {
    case Access::anyone:
      return {};
    case Access::loopback_only:
      if (request.from_loopback) return {};
      return Error{ErrorCode::forbidden, "this can only be asked from the machine that the node runs on"};
    case Access::guest:
      if (!request.header("authorization").empty()) break;
      if (const Caller* guest = router.guest_for(request)) {
        request.caller = *guest;
        return {};
      }
      return Error{ErrorCode::unauthenticated,
                   "Unauthorized: send a token, ask from the machine that the node runs on, or start the node with "
                   "--allow-anonymous"};
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

Answer describe_methods(const Router& router, const Request& request) {
  const std::vector<Method> methods = router.methods(request.path);
  if (methods.empty()) return no_such_route(request);
  std::string allow = "OPTIONS";
  for (const Method method : methods) {
    if (method == Method::options) continue;
    allow += ", ";
    allow += to_string(method);
    if (method == Method::get) allow += ", HEAD";
  }
  Response response;
  response.status = 204;
  response.content_type = {};
  response.headers.push_back({"Allow", std::move(allow)});
  return response;
}

boost::asio::awaitable<Answer> run(const Router& router, Request& request) {
  request.caller.reset();
  request.route = router.find(request.method, request.path, request.parameters);
  if (!request.route) {
    if (request.method == Method::options) co_return describe_methods(router, request);
    co_return no_such_route(request);
  }
  if (auto checked = check_text(request); !checked) co_return checked.error();
  if (auto admitted = admit(router, *request.route, request); !admitted) co_return admitted.error();
  const Handler& handler = request.route->handler;
  if (const auto* at_once = std::get_if<0>(&handler)) co_return (*at_once)(request);
  co_return co_await std::get<1>(handler)(request);
}

void log_failure(const Request& request, std::string_view why) {
  log_error("request failed by a mistake in this program",
            {{"method", request.method_text},
             {"route", request.route ? std::string_view(request.route->pattern) : std::string_view("none")},
             {"correlation_id", request.correlation_id},
             {"why", why}});
}

}  // namespace

boost::asio::awaitable<Response> answer(const Router& router, Request& request) {
  Error failure;
  try {
    Answer result = co_await run(router, request);
    if (result) co_return std::move(result).value();
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
