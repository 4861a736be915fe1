#include "server/adapters/sqlite/file/sqlite_failure.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string>

#include "server/ports/queries.hpp"

namespace sagactl::sqlite {
namespace {

// What failed below SQLite, and what to do about it.
std::string io_failure(int code, std::string_view path) {
  const auto with_code = [&](std::string_view what, std::string_view advice) {
    return fmt::format("the database {} {} ({}, code {}): {}", path, what, sqlite3_errstr(code), code, advice);
  };
  switch (code) {
    case SQLITE_IOERR_SHMSIZE:
      return fmt::format("the disk of the database {} is full: its file -shm cannot grow; free some space", path);
    case SQLITE_IOERR_NOMEM:
      return fmt::format("out of memory while using the database {}", path);
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_TRUNCATE:
      return with_code("cannot be written", "check its disk, its user's quota, and the limit on the size of files");
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
      return with_code("was written, but may not have reached its disk", "check the disk");
    case SQLITE_IOERR_SHMOPEN:
    case SQLITE_IOERR_SHMMAP:
    case SQLITE_IOERR_SHMLOCK:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
      return with_code("cannot be locked or shared", "move it to a disk of this machine, not one of the network");
    case SQLITE_IOERR_ACCESS:
    case SQLITE_IOERR_DELETE:
      return with_code("cannot be used", "check the permissions of its directory");
    default:
      return with_code("cannot be read or written", "check its disk");
  }
}

}  // namespace

Error error_of(int code, std::string_view path) {
  const auto unavailable = [](std::string message) { return Error{ErrorCode::unavailable, std::move(message)}; };
  switch (code & 0xff) {
    case SQLITE_FULL:
      return unavailable(
          fmt::format("the disk of the database {} is full; nothing was written: free some space", path));
    case SQLITE_IOERR:
      return unavailable(io_failure(code, path));
    case SQLITE_CORRUPT:
      return unavailable(fmt::format("the database {} is damaged: stop the server and restore it from a backup", path));
    case SQLITE_NOTADB:
      return unavailable(fmt::format("{} is not an SQLite database", path));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return unavailable(fmt::format("the database {} may not be written: check its permissions", path));
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
      return unavailable(
          fmt::format("the database {} cannot be opened: check that its directory exists and its permissions", path));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unavailable(fmt::format("the database {} is locked by another program; try again", path));
    case SQLITE_INTERRUPT:
      return list_too_long();
    case SQLITE_NOMEM:
      return unavailable(fmt::format("out of memory while using the database {}", path));
    case SQLITE_TOOBIG:
      return Error{ErrorCode::too_large, "a text is too large for the database"};
    case SQLITE_CONSTRAINT:
      return Error{ErrorCode::bug, "the changes contradict what is stored: nothing was written"};
    default:
      return Error{ErrorCode::bug,
                   fmt::format("the database {} failed ({}, code {})", path, sqlite3_errstr(code), code)};
  }
}

void fail(sqlite3* connection, int code) {
  const char* path = connection ? sqlite3_db_filename(connection, "main") : nullptr;
  Error error = error_of(code, path && *path ? path : "in memory");
  // The text is for people; what is done about the failure depends on the code alone.
  if (error.code == ErrorCode::bug && connection) error.message += fmt::format(": {}", sqlite3_errmsg(connection));
  throw sql::DatabaseFailure{std::move(error)};
}

}  // namespace sagactl::sqlite
