// What goes wrong with a database file. Inside this adapter it is thrown; at its edge it becomes an Error.
#pragma once

#include <string_view>
#include <type_traits>
#include <utility>

#include "common/result.hpp"

struct sqlite3;

namespace sagactl::sqlite {

struct Failure {
  Error error;
};

// What an SQLite result code (extended) means for whoever asked. `path` is the file's, for the message.
Error error_of(int code, std::string_view path);

// Throws what has just gone wrong on `connection`.
[[noreturn]] void fail(sqlite3* connection, int code);
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

}  // namespace sagactl::sqlite
