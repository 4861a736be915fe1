#include "cli/dependencies/database.hpp"

#include <fmt/format.h>

#include "cli/configuration/paths.hpp"
#include "cli/foreign/mongo_url.hpp"
#include "cli/foreign/mysql_url.hpp"
#include "common/text/percent.hpp"
#include "common/text/secret_text.hpp"
#include "common/text/text.hpp"
#include "httpclient/url.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"

namespace sagactl {
namespace {

constexpr const char* default_database = "nestjs_cqrs";

// "host=db dbname=shop", which would otherwise be taken for a file name.
bool is_keyword_list(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = trim(std::string_view(text).substr(0, equals));
  return equals != std::string::npos && (name == "host" || name == "hostaddr" || name == "dbname" || name == "user" ||
                                         name == "password" || name == "port" || name == "service");
}

// Which databases may be named: those that nodes have, or all that can be read.
enum class DatabaseKinds { of_nodes, all };

DatabaseName postgres_database(const std::string& url) {
  return {DatabaseKind::postgres, url, shown_postgres_url(url)};
}

// From the DATABASE_* variables, with the defaults of nestjs-cqrs-saga.
Result<std::string> url_of_variables(const Environment& environment, const std::string& host) {
  std::string ports = environment.get("DATABASE_PORT").value_or("");
  if (ports.find(',') == std::string::npos) {  // a single port, not one per host
    auto port = environment.port("DATABASE_PORT", "5432");
    if (!port) return port.error();
    ports = std::move(port).value();
  }
  const auto get = [&](const char* variable, const char* default_value) {
    return percent_encode(environment.get(variable).value_or(default_value));
  };
  const std::string user =
      environment.get("DATABASE_USER") ? get("DATABASE_USER", "") : get("DATABASE_USERNAME", "postgres");
  const std::string password = get("DATABASE_PASSWORD", "");
  return "postgres://" + user + (password.empty() ? "" : ":" + password) + "@" + percent_encode(host) + ":" +
         percent_encode(ports) + "/" + get("DATABASE_NAME", default_database);
}

// "postgres:/host/shop" and "sqlite:shop.db", which would otherwise be taken for file names.
bool begins_like_a_url(const std::string& text) {
  const std::string scheme = lower(text.substr(0, text.find(':')));
  return scheme.size() < text.size() &&
         (scheme.starts_with("postgres") || scheme == "pgsql" || scheme.starts_with("sqlite") || scheme == "jdbc" ||
          scheme == "mysql" || scheme == "mariadb" || scheme.starts_with("mongodb") || scheme == "http" ||
          scheme == "https" || scheme == "file");
}

// What to leave out of a URL as other programs write it, such as "jdbc:mysql://shop/orders"; "" where that is not
// known.
std::string advice_about_url(const std::string& named, DatabaseKinds kinds) {
  const auto is_known = [&](const std::string& url) {
    return is_postgres_url(url) || (kinds == DatabaseKinds::all && is_foreign_url(url));
  };
  const std::string jdbc = "jdbc:";
  const std::string scheme = named.substr(0, named.find(':'));
  const std::size_t driver = scheme.find('+');
  if (lower(named.substr(0, jdbc.size())) == jdbc && is_known(named.substr(jdbc.size()))) return "; leave out jdbc:";
  if (driver != std::string::npos &&
      is_known(fmt::format("{}{}", scheme.substr(0, driver), named.substr(scheme.size()))))
    return fmt::format("; leave out {}, the driver", scheme.substr(driver));
  const bool is_sqlite = lower(named).starts_with("jdbc:sqlite:") || lower(scheme).starts_with("sqlite");
  return is_sqlite ? "; write the path of the file alone" : "";
}

Error unknown_database(const std::string& named, std::string_view flag, DatabaseKinds kinds) {
  return Error{
      ErrorCode::invalid,
      fmt::format(
          "{} must be the path of an SQLite file or a URL such as postgres://USER@HOST/DATABASE{}{}", flag,
          kinds == DatabaseKinds::all ? ", mysql://USER@HOST/DATABASE (also MariaDB) or mongodb://HOST/DATABASE" : "",
          advice_about_url(named, kinds))};
}

// None for "".
Result<std::optional<DatabaseName>> name_database(const Environment& environment, const std::string& named,
                                                  std::string_view flag, DatabaseKinds kinds) {
  if (is_postgres_url(named)) return std::optional(postgres_database(named));
  if (is_keyword_list(named))
    return Error{ErrorCode::invalid, fmt::format("{} is a libpq connection string; write it as a URL such as "
                                                 "postgres://USER@HOST:PORT/DATABASE",
                                                 flag)};
  if (named.find("://") != std::string::npos || begins_like_a_url(named)) return unknown_database(named, flag, kinds);
  if (named.empty()) return std::optional<DatabaseName>();
  const std::string file = environment.resolve(named).string();
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return with_hint(Error{ErrorCode::invalid, fmt::format("{}: {} is a directory, not an SQLite file", flag, file)},
                     "the database of a node is the file saga.db in its directory, which --data names");
  return std::optional(DatabaseName{DatabaseKind::sqlite, file, file});
}

}  // namespace

bool is_foreign_url(std::string_view text) {
  return is_mysql_url(text) || is_mongo_url(text);
}

Result<DatabaseName> name_foreign_database(const Environment& environment, const std::string& text,
                                           std::string_view flag) {
  if (is_foreign_url(text))
    return DatabaseName{is_mongo_url(text) ? DatabaseKind::mongo : DatabaseKind::mysql, text,
                        without_secrets(std::string_view(text))};
  auto named = name_database(environment, text, flag, DatabaseKinds::all);
  if (!named) return named.error();
  if (!*named) return Error{ErrorCode::invalid, fmt::format("{}: the name of the database is empty", flag)};
  return **named;
}

Result<DatabaseName> find_database(const Invocation& invocation) {
  const std::string& text = invocation.settings.database;
  if (is_foreign_url(text))
    return Error{ErrorCode::invalid, fmt::format("--database is a {} database: nodes have none, only `loadtest "
                                                 "--profile` reads it",
                                                 is_mongo_url(text) ? "MongoDB" : "MySQL")};
  auto named = name_database(invocation.environment, text, "--database", DatabaseKinds::of_nodes);
  if (!named) return named.error();
  if (*named) return **named;
  if (const auto host = invocation.environment.get("DATABASE_HOST"); host && !host->empty()) {
    const auto url = url_of_variables(invocation.environment, *host);
    if (!url) return url.error();
    return postgres_database(*url);
  }
  if (const auto exists = check_directory(invocation.environment, invocation.data()); !exists) return exists.error();
  std::error_code ignored;
  if (std::filesystem::is_regular_file(invocation.data(), ignored))
    return with_hint(
        Error{ErrorCode::invalid, fmt::format("--data: {} is a file, not a directory", invocation.data().string())},
        "--data names the directory of nodes, in which the database is the file saga.db; --database names such a file");
  const std::string file = (invocation.data() / "saga.db").string();
  return DatabaseName{DatabaseKind::sqlite, file, file, true};
}

Result<void> check_database_exists(const DatabaseName& database) {
  if (database.is(DatabaseKind::postgres)) return {};
  std::error_code failure;
  const auto type = std::filesystem::status(database.name, failure).type();
  if (type == std::filesystem::file_type::none)
    return with_hint(Error{ErrorCode::unavailable,
                           fmt::format("the database {} cannot be read: {}", database.name, failure.message())},
                     "run this as the user of `sagactl serve`, or pass another --data or --database");
  if (type != std::filesystem::file_type::not_found) return {};
  return with_hint(Error{ErrorCode::unavailable, "there is no database at " + database.name},
                   "run this in the directory of `sagactl serve`, or pass its --data or --database");
}

Result<std::unique_ptr<HistorySource>> open_history(const DatabaseName& database) {
  if (database.is(DatabaseKind::postgres)) return open_postgres_history(database.name);
  if (const auto exists = check_database_exists(database); !exists) return exists.error();
  return open_sqlite_history(database.name);
}

Result<DatabaseSnapshot> open_snapshot(const Invocation& invocation) {
  const auto database = find_database(invocation);
  if (!database) return database.error();
  auto source = open_history(*database);
  if (!source) return source.error();
  auto history = (*source)->snapshot();
  if (!history) return history.error();
  return DatabaseSnapshot{database->shown, *std::move(source), *std::move(history)};
}

}  // namespace sagactl
