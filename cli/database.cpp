#include "cli/database.hpp"

#include "server/adapters/sqlite/sqlite_store.hpp"

namespace sagactl {

Error not_built_in(const std::string& what, const std::string& instead) {
  return with_hint(Error{ErrorCode::invalid, what + " is not built in yet; " + instead}, "");
}

Result<std::filesystem::path> database_file(const Invocation& invocation) {
  const std::string& named = invocation.settings.database;
  if (named.starts_with("postgres://") || named.starts_with("postgresql://"))
    return not_built_in("PostgreSQL",
                        "name an SQLite file with --database, or leave it out for <data>/saga.db");
  if (named.find("://") != std::string::npos)
    return Error{ErrorCode::invalid, "--database: '" + named + "' is not the path of an SQLite file"};
  if (!named.empty()) return invocation.environment.resolve(named);
  if (const auto host = invocation.environment.get("DATABASE_HOST"))
    return not_built_in("PostgreSQL (DATABASE_HOST=" + *host + ")",
                        "unset DATABASE_HOST, or name an SQLite file with --database");
  return invocation.data() / "saga.db";
}

Result<std::unique_ptr<HistorySource>> open_history(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    return with_hint(
        Error{ErrorCode::unavailable, "there is no database at " + file.string()},
        "run this where `sagactl serve` runs, or name its directory with --data or its file with --database");
  return open_sqlite_history(file.string());
}

}  // namespace sagactl
