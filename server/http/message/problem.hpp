// Errors as answers: problem documents (RFC 9457) that have the reference systems' members as well.
#pragma once

#include <string_view>

#include "common/error.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// The HTTP status for an error: the one table.
int status_of(ErrorCode code);

// {type, title, status, detail, instance, message, error, statusCode, correlationId, ...error.members}. Members of
// `error.members` replace those of the same name, so that "message" may be a list and "error" a code, except for the
// first five, which RFC 9457 defines. busy and unavailable have Retry-After: the member retryAfterSeconds, or 1. 401
// has WWW-Authenticate. The message of a bug is not shown; it is for the log.
Response problem(const Error& error, const Request& request);

// The same for a status without an ErrorCode (405, 408, 415, 422, 431 ...).
// `members` as those of an Error.
Response problem(int status, std::string_view message, const Request& request, const Json& members = nullptr);

// "Cannot GET /nope": the error for an unknown path.
Error no_such_route(const Request& request);

}  // namespace sagactl::http
