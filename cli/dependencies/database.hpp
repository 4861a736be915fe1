// Which database a command means.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "cli/invocation.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

struct DatabaseName {
  std::string name;     // the path of an SQLite file, or a PostgreSQL URL with its password
  std::string shown;    // the same for people: without the password
  bool is_postgres = false;
  bool is_default = false;  // nobody has named one
};

// --database (a file or postgres://...), else the DATABASE_* variables, else <data>/saga.db. Whether it is there is
// not looked at.
Result<DatabaseName> find_database(const Invocation& invocation);

// For reading, beside the nodes that write it. `unavailable` when there is none, with what to do.
Result<std::unique_ptr<HistorySource>> open_history(const DatabaseName& database);

}  // namespace sagactl
