// The database of a command, from --database, the environment or the data directory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "cli/invocation.hpp"
#include "server/ports/history.hpp"

namespace sagactl {

// Nodes have SQLite or PostgreSQL; the others are of other systems only.
enum class DatabaseKind { sqlite, postgres, mysql, mongo };

struct DatabaseName {
  DatabaseKind kind = DatabaseKind::sqlite;
  std::string name = {};    // the path of an SQLite file, or a URL with its password; mysql is MariaDB as well
  std::string shown = {};   // the same without the password
  bool is_default = false;  // no flag or variable names one
  bool is(DatabaseKind other) const { return kind == other; }
};

// --database (a file or postgres://...), else the DATABASE_* variables, else <data>/saga.db. Does not check
// whether it exists.
Result<DatabaseName> find_database(const Invocation& invocation);

// Whether a URL is of a database that only other systems have: mysql://..., mongodb://...
bool is_foreign_url(std::string_view text);

// The database of another system that `text` names: a file, postgres://..., mysql://... or mongodb://... Errors begin
// with `flag`, which gave the text.
Result<DatabaseName> name_foreign_database(const Environment& environment, const std::string& text,
                                           std::string_view flag);

// `unavailable`, with a hint, for an SQLite file that does not exist.
Result<void> check_database_exists(const DatabaseName& database);

// For reading, while nodes write to it. `unavailable`, with a hint, when the database does not exist.
Result<std::unique_ptr<HistorySource>> open_history(const DatabaseName& database);

// The database of a command, and a snapshot of it.
struct DatabaseSnapshot {
  std::string shown;  // DatabaseName::shown
  std::unique_ptr<HistorySource> source;
  std::unique_ptr<History> history;
};
Result<DatabaseSnapshot> open_snapshot(const Invocation& invocation);

}  // namespace sagactl
