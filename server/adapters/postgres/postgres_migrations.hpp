// What `sagactl migrate` shows and does for a PostgreSQL database.
#pragma once

#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct PostgresMigration {
  int number = 0;
  std::string name;  // "0001_tables.sql"
  bool applied = false;
  Timestamp applied_at;
};

// All that this program knows, in order, with what has been applied to the database.
Result<std::vector<PostgresMigration>> postgres_migrations(const std::string& url);

// Applies those that are missing, also while nodes run and while others do the same, and makes the database when it
// is not there. Returns what was applied.
Result<std::vector<PostgresMigration>> migrate_postgres(const std::string& url);

}  // namespace sagactl
