// What went wrong, said by what the caller must do about it. HTTP statuses and exit codes are two tables over
// ErrorCode (server/http/message/problem.cpp, cli/exit_code.cpp).
#pragma once

#include <string>
#include <string_view>

#include "common/text/json.hpp"

namespace sagactl {

enum class ErrorCode {
  invalid,          // the request is wrong; the same request will never work
  unauthenticated,  // who is asking is not known
  forbidden,        // who is asking is known and may not
  not_found,        // there is no such thing, or not for this caller
  conflict,         // the state of things does not allow it (now)
  too_large,        // over a limit on size
  busy,             // over a limit on rate or number; try later
  retry,            // nothing was done; try again at once
  unknown_outcome,  // it may have been done; ask before doing it again
  unavailable,      // something needed is away; nothing was done
  bug,              // a mistake in this program
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::bug;
  std::string message;  // one sentence: what failed, why, and what to try
  Json members = {};    // further members of the answer, an object or null

  friend bool operator==(const Error&, const Error&) = default;
};

}  // namespace sagactl
