// Syncs a connection's writes to its database file every few pages. Without this a checkpoint writes thousands of pages
// and syncs all of them at once, and a commit meanwhile waits for them too, for tens of milliseconds.
#pragma once

#include <sqlite3.h>

#include "server/adapters/sqlite/file/sqlite_connection.hpp"

namespace sagactl::sqlite {

class PacedFile {
 public:
  static constexpr int writes_at_once = 32;

  // Replaces the write method of the connection's file (sqlite3_io_methods). The connection outlives this.
  explicit PacedFile(SqliteConnection& connection);
  ~PacedFile();
  PacedFile(const PacedFile&) = delete;
  PacedFile& operator=(const PacedFile&) = delete;

  void pace(bool on) { paced_ = on; }  // off at first

 private:
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset);

  sqlite3_io_methods methods_{};  // the first member: the file points to it, and so `write` finds this
  sqlite3_file* file_ = nullptr;
  const sqlite3_io_methods* original_ = nullptr;
  bool paced_ = false;
  int unsynced_ = 0;
};

}  // namespace sagactl::sqlite
