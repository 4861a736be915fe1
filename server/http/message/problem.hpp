// Errors as answers: RFC 9457 problem documents that carry the reference systems' members as well.
#pragma once

#include <string_view>

#include "common/error.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// The one table from what went wrong to the HTTP status.
int status_of(ErrorCode code);

// {type, title, status, detail, instance, message, error, statusCode, correlationId, ...error.members}.
// A member of `error.members` replaces the one of the same name, so "message" may be a list and "error" a
// code of its own; but never the first five, which RFC 9457 defines. busy and unavailable carry Retry-After, `retryAfterSeconds` from the members or 1; 401
// carries WWW-Authenticate. The message of a bug is not shown: it is for the log.
Response problem(const Error& error, const Request& request);

// The same with a status that no ErrorCode has (405, 408, 415, 422, 431 ...).
Response problem(int status, std::string_view message, const Request& request);

// "Cannot GET /nope": what every unknown path and method gets.
Error no_such_route(const Request& request);

}  // namespace sagactl::http
