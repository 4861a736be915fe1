// Errors, classified by what the caller must do. HTTP statuses and exit codes are two tables over
// ErrorCode (server/http/message/problem.cpp, cli/exit_code.cpp).
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace sagactl {

enum class ErrorCode {
  invalid,          // the request is wrong; the same request will never work
  unauthenticated,  // the caller is not identified
  forbidden,        // the caller is identified and has no right to it
  not_found,        // it does not exist, or not for this caller
  conflict,         // the current state does not allow it
  too_large,        // over a limit on size
  busy,             // over a limit on rate or number; try later
  retry,            // nothing was done; try again at once
  unknown_outcome,  // it may have been done; ask before doing it again
  unavailable,      // something needed is unavailable; nothing was done
  bug,              // a fault in this program
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::bug;
  std::string message;  // one sentence: what failed, why, and what to try
  Json members = {};    // additional members of the HTTP response, an object or null

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace sagactl
