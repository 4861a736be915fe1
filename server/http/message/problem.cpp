#include "server/http/message/problem.hpp"

#include <algorithm>
#include <array>

namespace sagactl::http {
namespace {

constexpr std::size_t instance_length_max = 512;
constexpr std::string_view type_prefix = "urn:sagactl:problem:";

Json document(int status, std::string_view kind, std::string_view message, const Request& request) {
  const std::string_view title = reason_phrase(status);
  return Json{{"type", std::string(type_prefix) + std::string(kind)},
              {"title", title},
              {"status", status},
              {"detail", message},
              {"instance", request.path.substr(0, instance_length_max)},
              {"message", message},
              {"error", title},
              {"statusCode", status},
              {"correlationId", request.correlation_id}};
}

// The members that RFC 9457 defines are set here alone.
bool is_rfc_member(std::string_view name) {
  constexpr std::array own = {"type", "title", "status", "detail", "instance"};
  return std::find(own.begin(), own.end(), name) != own.end();
}

Response as_response(int status, const Json& body) {
  Response response = json_response(status, body);
  response.content_type = media::problem;
  return response;
}

bool says_when_to_retry(ErrorCode code) {
  return code == ErrorCode::busy || code == ErrorCode::unavailable || code == ErrorCode::retry;
}

void add_members(Json& body, const Json& members) {
  if (!members.is_object()) return;
  for (const auto& [name, value] : members.items())
    if (!is_rfc_member(name)) body[name] = value;
}

}  // namespace

int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid:
      return 400;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::forbidden:
      return 403;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::busy:
      return 429;
    case ErrorCode::retry:
      return 503;
    case ErrorCode::unknown_outcome:
      return 504;  // not 503, which means that nothing was changed
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::bug:
      return 500;
  }
  return 500;
}

Response problem(const Error& error, const Request& request) {
  const int status = status_of(error.code);
  const bool is_bug = error.code == ErrorCode::bug;
  Json body = document(status, to_string(error.code), is_bug ? "Internal server error" : error.message, request);
  if (is_bug) {
    body["detail"] = "internal error; the node's log has the cause under this correlation id";
  } else {
    add_members(body, error.members);
  }
  Response response = as_response(status, body);
  if (status == 401) response.headers.push_back({"WWW-Authenticate", "Bearer"});
  const auto seconds = body.find("retryAfterSeconds");
  const bool given = seconds != body.end() && seconds->is_number_integer();
  if (given || says_when_to_retry(error.code)) {
    response.headers.push_back({"Retry-After", given ? json_text(*seconds) : "1"});
  }
  return response;
}

Response problem(int status, std::string_view message, const Request& request, const Json& members) {
  Json body = document(status, std::to_string(status), message, request);
  add_members(body, members);
  return as_response(status, body);
}

Error no_such_route(const Request& request) {
  return {ErrorCode::not_found, "Cannot " + request.method_text + " " + request.target.substr(0, instance_length_max)};
}

}  // namespace sagactl::http
