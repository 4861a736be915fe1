// The database: whether it exists, has the schema of this build, and is intact. PostgreSQL is in doctor_postgres.cpp.
#include <algorithm>

#include "analysis/readable.hpp"
#include "cli/dependencies/database.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/sqlite/file/sqlite_connection.hpp"
#include "server/adapters/sqlite/file/sqlite_failure.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl {
namespace {

void inspect_schema(const std::string& file, DoctorFindings& findings) {
  const auto migrations = sqlite_migrations(file);
  if (!migrations) {
    findings.push_back({"schema", CheckResult::fail, migrations.error().message,
                        "use the build of sagactl that created it, or another file"});
    return;
  }
  const auto missing = std::count_if(migrations->begin(), migrations->end(), [](const auto& m) { return !m.applied; });
  if (missing > 0)
    findings.push_back({"schema", CheckResult::warn,
                        count_of(static_cast<std::uint64_t>(missing), "migration") + " missing",
                        "run `sagactl migrate`, or `sagactl serve`, which also does this"});
  else
    findings.push_back({"schema", CheckResult::ok, std::to_string(migrations->size()) + " migrations, up to date"});
}

// SQLite's own check of the file: "ok", or the first error.
Result<std::string> quick_check(const std::string& file) {
  return sql::guarded([&]() -> Result<std::string> {
    sqlite::SqliteConnection connection(file, {.access = sqlite::FileAccess::read});
    sqlite::SqliteStatement check = connection.prepare("PRAGMA quick_check(1)");
    return check.next() ? std::string(check.text()) : std::string();
  });
}

void inspect_integrity(const std::string& file, DoctorFindings& findings) {
  const auto found = quick_check(file);
  if (found && *found == "ok")
    findings.push_back({"integrity", CheckResult::ok, "the file passes SQLite's quick_check"});
  else
    findings.push_back({"integrity", CheckResult::fail, found ? *found : found.error().message,
                        "stop the nodes, copy the file, and restore a backup (or try `sqlite3 FILE .recover`)"});
}

}  // namespace

void inspect_database(const Invocation& invocation, DoctorFindings& findings) {
  const auto database = find_database(invocation);
  if (!database) {
    findings.push_back({"database", CheckResult::fail, database.error().message});
    return;
  }
  if (database->is(DatabaseKind::postgres)) {
    inspect_postgres(*database, findings);
    return;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(database->name, ignored)) {
    findings.push_back(
        {"database", CheckResult::ok, database->name + " does not exist yet; `sagactl serve` creates it"});
    return;
  }
  findings.push_back({"database", CheckResult::ok, database->name});
  inspect_schema(database->name, findings);
  inspect_integrity(database->name, findings);
}

}  // namespace sagactl
