// Gathers a connection's writes to its write-ahead log: SQLite writes the 24 bytes of a frame's header and its page one
// by one, two calls of the operating system for each page of a commit.
//
// What is gathered reaches the log before it is synced, read, measured or cut, so before a commit is acknowledged and
// before any connection looks for its pages (https://www.sqlite.org/walformat.html): the connection syncs
// each commit (SqliteConnection::begin_writing). When a write fails, what was gathered is dropped and SQLite gets the
// error: it rolls the transaction back, and writes its next one over that place.
#pragma once

#include <sqlite3.h>

#include <cstddef>
#include <vector>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

class GatheredLog {
 public:
  static constexpr std::size_t gathered_max = std::size_t{64} * 1024;

  // Replaces methods of the connection's log (sqlite3_io_methods). The connection is writing, and outlives this.
  explicit GatheredLog(SqliteConnection& connection);
  ~GatheredLog();
  GatheredLog(const GatheredLog&) = delete;
  GatheredLog& operator=(const GatheredLog&) = delete;

 private:
  static GatheredLog& of(sqlite3_file* file);
  int add(const char* data, std::size_t size, sqlite3_int64 offset);
  int flush();

  sqlite3_io_methods methods_{};  // the first member: the file points to it, and so `of` finds this
  sqlite3_file* file_ = nullptr;
  const sqlite3_io_methods* original_ = nullptr;
  std::vector<char> gathered_;
  sqlite3_int64 begin_ = 0;  // of what is gathered, in the log
};

}  // namespace sagactl::sqlite
