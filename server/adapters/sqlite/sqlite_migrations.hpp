// What `sagactl migrate` shows and does for an SQLite file.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct SqliteMigration {
  int number = 0;
  std::string name;  // "0001_initial.sql"
  bool applied = false;
  Timestamp applied_at;
};

// All that this program knows, in order, with what has been applied to the file.
Result<std::vector<SqliteMigration>> sqlite_migrations(const std::string& path);

// Applies those that are missing to the file, which is made when it is not there; nobody may be serving it.
// Returns what was applied.
Result<std::vector<SqliteMigration>> migrate_sqlite(const std::string& path);

}  // namespace sagactl
