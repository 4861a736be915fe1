// What goes wrong with a PostgreSQL server. Inside this adapter it is thrown; at its edge it becomes an Error.
// Everything is decided by SQLSTATE: the texts are for reading only.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "common/result.hpp"

namespace sagactl::postgres {

struct Failure {
  Error error;
  std::string state;        // the SQLSTATE; empty: not the server's word
  bool lost = false;        // the connection is gone with it
  bool at_commit = false;   // COMMIT had been sent, and whether it was done is not known
  bool late = false;        // there was no answer in time
};

// States of the client's own: the server's codes for the same.
inline constexpr std::string_view state_cannot_connect = "08001", state_connection_lost = "08006";
inline constexpr std::string_view state_query_canceled = "57014";
inline constexpr std::string_view state_unique_violation = "23505", state_lock_not_available = "55P03";

// What a SQLSTATE means for whoever asked. `where` names the database without its password; `message` is what the
// server or the client library said.
Error error_of(std::string_view state, std::string_view where, std::string_view message);

// The whole transaction may be done again, and may then succeed.
bool is_worth_repeating(std::string_view state);

// Throws a `bug`.
[[noreturn]] void fail_as_bug(std::string message);

// Runs `work`, and returns what it returns or the error that it threw.
template <class Work>
auto guarded(Work&& work) -> std::invoke_result_t<Work> {
  try {
    return std::forward<Work>(work)();
  } catch (Failure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace sagactl::postgres
