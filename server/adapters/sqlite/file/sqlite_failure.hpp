// What goes wrong with a database file.
#pragma once

#include <string_view>

#include "server/adapters/sql/database_failure.hpp"

struct sqlite3;

namespace sagactl::sqlite {

// What an SQLite result code (extended) means for the caller. `path` is the file's, for the message.
Error error_of(int code, std::string_view path);

// Throws the failure `code` of `connection`.
[[noreturn]] void fail(sqlite3* connection, int code);

}  // namespace sagactl::sqlite
