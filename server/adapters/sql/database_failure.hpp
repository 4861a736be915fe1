// What goes wrong with a database. Inside an SQL adapter it is thrown; at the adapter's edge it becomes an Error.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include "common/result.hpp"

namespace sagactl::sql {

struct DatabaseFailure {
  Error error;
  // Of a database server alone:
  std::string state = {};  // the SQLSTATE; empty: the server did not report the failure
  bool lost = false;       // the connection was lost
  bool at_commit = false;  // COMMIT had been sent: it is unknown whether it took effect
  bool timed_out = false;  // there was no answer in time
};

[[noreturn]] void fail_as_bug(std::string message);
[[noreturn]] void fail_as_invalid(std::string message);

template <class Value>
struct GuardedResult {
  using type = Result<Value>;
};
template <class Value>
struct GuardedResult<Result<Value>> {
  using type = Result<Value>;
};

// Runs `work` and returns what it returns, a value or a Result, or the error of the failure that it threw.
template <class Work>
auto guarded(Work&& work) -> typename GuardedResult<std::invoke_result_t<Work>>::type {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Work>>) {
      std::forward<Work>(work)();
      return {};
    } else {
      return std::forward<Work>(work)();
    }
  } catch (DatabaseFailure& failure) {
    return std::move(failure.error);
  }
}

}  // namespace sagactl::sql
