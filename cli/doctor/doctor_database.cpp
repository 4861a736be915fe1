// The database: is there one, is its schema this build's, is the file whole? A server's is in doctor_postgres.cpp.
#include <algorithm>

#include "cli/dependencies/database.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/sqlite/connection.hpp"
#include "server/adapters/sqlite/failure.hpp"
#include "server/adapters/sqlite/sqlite_migrations.hpp"

namespace sagactl {
namespace {

void examine_schema(const std::string& file, DoctorFindings& findings) {
  const auto migrations = sqlite_migrations(file);
  if (!migrations) {
    findings.push_back({"schema", CheckResult::fail, migrations.error().message,
                        "use the sagactl that made it, or another file"});
    return;
  }
  const auto missing =
      std::count_if(migrations->begin(), migrations->end(), [](const auto& m) { return !m.applied; });
  if (missing > 0)
    findings.push_back({"schema", CheckResult::warn, std::to_string(missing) + " migrations are missing",
                        "`sagactl migrate`, or `sagactl serve`, which does it too"});
  else
    findings.push_back(
        {"schema", CheckResult::ok, std::to_string(migrations->size()) + " migrations, up to date"});
}

// What SQLite itself finds wrong with the file: the first of it; "ok" for nothing.
Result<std::string> quick_check(const std::string& file) {
  return sqlite::guarded([&]() -> Result<std::string> {
    sqlite::Connection connection(file, {.access = sqlite::Access::read});
    sqlite::Statement check = connection.prepare("PRAGMA quick_check(1)");
    return check.next() ? std::string(check.text()) : std::string();
  });
}

void examine_integrity(const std::string& file, DoctorFindings& findings) {
  const auto found = quick_check(file);
  if (found && *found == "ok")
    findings.push_back({"integrity", CheckResult::ok, "SQLite finds the file whole"});
  else
    findings.push_back(
        {"integrity", CheckResult::fail, found ? *found : found.error().message,
         "stop the nodes, keep a copy, and restore a backup (or try `sqlite3 FILE .recover`)"});
}

}  // namespace

void examine_database(const Invocation& invocation, DoctorFindings& findings) {
  const auto database = find_database(invocation);
  if (!database) {
    findings.push_back({"database", CheckResult::fail, database.error().message});
    return;
  }
  if (database->is_postgres) {
    examine_postgres(*database, findings);
    return;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(database->name, ignored)) {
    findings.push_back({"database", CheckResult::ok, database->name + " is not there yet; `sagactl serve` makes it"});
    return;
  }
  findings.push_back({"database", CheckResult::ok, database->name});
  examine_schema(database->name, findings);
  examine_integrity(database->name, findings);
}

}  // namespace sagactl
