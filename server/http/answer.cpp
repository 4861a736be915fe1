// From a request to its response: finds the route, checks the caller, runs the handler, and turns errors into problems.
#include <fmt/format.h>

#include <exception>

#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/http/compression.hpp"
#include "server/http/message/conditional.hpp"
#include "server/http/message/cors.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/router.hpp"
#include "server/http/static_files.hpp"

namespace sagactl::http {
namespace {

// Databases refuse NULs and invalid UTF-8, which would look like their failure.
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

// Protects requests without a token from cross-site request forgery. The browser marks pages of another origin, and
// such a page can send a body without a preflight only as one of these types.
Result<void> check_page_origin(const Request& request) {
  if (request.from_foreign_page)
    return Error{ErrorCode::forbidden,
                 "Forbidden: a web page of another origin may not call this without a token; start the node with "
                 "--cors-origin to allow pages of an origin"};
  const std::string type = lower(request.header("content-type"));
  if (!request.body.empty() && (type.starts_with("text/plain") || type.starts_with("multipart/")))
    return Error{ErrorCode::invalid, "a body sent without a token must have the Content-Type application/json"};
  return {};
}

std::string not_local_text(Request& request, std::string_view what, std::string_view remedy) {
  return fmt::format("{}: the request does not come from the user that the node runs as, on its machine ({}); {}", what,
                     request.why_not_local(), remedy);
}

// A request without a token, where guests may send it. A page of this node that says so is its user's, if it has a
// cookie.
Result<void> authorize_guest(const Router& router, Request& request) {
  if (const Caller* guest = router.guest_for(request)) {
    request.caller = *guest;
    return check_page_origin(request);
  }
  return Error{ErrorCode::unauthenticated,
               not_local_text(request, "Unauthorized", "send a token, or start the node with --allow-anonymous")};
}

// A participant answers by the token in the URL; a person may, by the cookie of a page.
Result<void> authorize_page_of_answerer(const Router& router, Request& request) {
  if (request.header("cookie").empty() || !router.authenticator()) return {};
  Result<Caller> caller = router.authenticator()(request);
  if (!caller) return caller.error().code == ErrorCode::unauthenticated ? Result<void>() : std::move(caller).error();
  request.caller = std::move(caller).value();
  return {};
}

Result<void> authorize(const Router& router, const Route& route, Request& request) {
  const bool has_token = !request.header("authorization").empty();
  const bool may_be_guest = !has_token && request.header(page_header).empty();
  if (may_be_guest && route.is_for_guests && route.is_for_guests(request)) return authorize_guest(router, request);
  switch (route.access) {
    case RouteAccess::anyone:
      return {};
    case RouteAccess::loopback_only:
      if (request.is_from_this_machine()) return {};
      return Error{ErrorCode::forbidden,
                   not_local_text(request, "Forbidden", fmt::format("start the node with {}", route.opened_by))};
    case RouteAccess::guest:
      if (!may_be_guest) break;
      if (!request.header("cookie").empty() && !router.guest_for(request)) break;
      return authorize_guest(router, request);
    case RouteAccess::answerer:
      if (has_token) break;
      return authorize_page_of_answerer(router, request);
    case RouteAccess::user:
    case RouteAccess::merchant:
    case RouteAccess::admin:
      break;
  }
  if (!router.authenticator()) return Error{ErrorCode::unauthenticated, "Unauthorized"};
  Result<Caller> caller = router.authenticator()(request);
  if (!caller) return std::move(caller).error();
  request.caller = std::move(caller).value();
  const bool is_refused = (route.access == RouteAccess::admin && !request.caller->is_admin()) ||
                          (route.access == RouteAccess::merchant && !request.caller->is_merchant_or_admin());
  if (is_refused) return Error{ErrorCode::forbidden, "Forbidden resource"};
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

// No route has this method and path. A CORS preflight succeeds all the same: the page is not shown why a preflight
// failed, but it is shown the error of the request itself.
Answer answer_without_route(const Router& router, const Request& request) {
  const std::vector<Method> methods = router.methods(request.path);
  if (methods.empty() && !is_preflight(request)) return no_such_route(request);
  std::string allow = allow_text(methods);
  Response response;
  if (request.method == Method::options) {
    response.status = 204;
    response.content_type = {};
  } else {
    response = problem(405, "Cannot " + request.method_text + " " + request.path + "; allowed: " + allow, request);
  }
  response.headers.push_back({"Allow", std::move(allow)});
  return response;
}

// The file that is served at that path; none where a route is.
std::optional<Response> file_of(const Router& router, const Request& request) {
  const bool is_read = request.method == Method::get || request.method == Method::head;
  if (!router.files() || !is_read) return std::nullopt;
  if (request.route && !(request.path == "/" && router.files()->has_index())) return std::nullopt;
  return router.files()->find(request);
}

// Bodies are not decoded; a compressed one would look like malformed JSON.
bool is_encoded(const Request& request) {
  if (request.body.empty()) return false;
  for (const Header& header : request.headers)
    if (header.name == "content-encoding")
      for (const std::string& coding : split(header.value, ','))
        if (const std::string name = lower(trim(coding)); !name.empty() && name != "identity") return true;
  return false;
}

Response encoding_not_supported(const Request& request) {
  Response response = problem(415,
                              "the body has a Content-Encoding (" + std::string(request.header("content-encoding")) +
                                  "); send it without encoding and without that header",
                              request);
  response.headers.push_back({"Accept-Encoding", "identity"});
  return response;
}

boost::asio::awaitable<Answer> handle(const Router& router, Request& request) {
  request.caller.reset();
  request.route = router.find(request.method, request.path, request.parameters);
  if (auto file = file_of(router, request)) co_return std::move(*file);
  if (!request.route) co_return answer_without_route(router, request);
  if (auto checked = check_text(request); !checked) co_return checked.error();
  if (auto authorized = authorize(router, *request.route, request); !authorized) co_return authorized.error();
  if (is_encoded(request)) co_return encoding_not_supported(request);
  if (const std::string_view unmet = unmet_condition(request); !unmet.empty()) co_return problem(412, unmet, request);
  const Handler& handler = request.route->handler;
  if (const auto* immediate = std::get_if<0>(&handler)) co_return (*immediate)(request);
  co_return co_await std::get<1>(handler)(request);
}

void log_failure(const Request& request, std::string_view why) {
  log_error("request failed: internal error",
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
    Answer result = co_await handle(router, request);
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
    failure = Error{ErrorCode::bug, "exception of an unknown type"};
  }
  if (failure.code == ErrorCode::bug) log_failure(request, failure.message);
  co_return problem(failure, request);
}

}  // namespace sagactl::http
