#include "cli/dependencies/database.hpp"

#include "cli/configuration/paths.hpp"
#include "common/text/text.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"

namespace sagactl {
namespace {

constexpr const char* default_database = "nestjs_cqrs";

// For a part of a URL.
std::string escaped(const std::string& text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

// "host=db dbname=shop": it would else be taken for the name of a file.
bool is_keyword_list(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = trim(std::string_view(text).substr(0, equals));
  return equals != std::string::npos && (name == "host" || name == "hostaddr" || name == "dbname" || name == "user" ||
                                         name == "password" || name == "port" || name == "service");
}

DatabaseName postgres_database(const std::string& url) {
  return {url, shown_postgres_url(url), true, false};
}

// The reference's variables, with its defaults.
Result<std::string> url_of_variables(const Environment& environment, const std::string& host) {
  std::string ports = environment.get("DATABASE_PORT").value_or("");
  if (ports.find(',') == std::string::npos) {  // not one for each of several hosts
    auto port = environment.port("DATABASE_PORT", "5432");
    if (!port) return port.error();
    ports = std::move(port).value();
  }
  const auto get = [&](const char* variable, const char* otherwise) {
    return escaped(environment.get(variable).value_or(otherwise));
  };
  const std::string user = environment.get("DATABASE_USER") ? get("DATABASE_USER", "")
                                                             : get("DATABASE_USERNAME", "postgres");
  const std::string password = get("DATABASE_PASSWORD", "");
  return "postgres://" + user + (password.empty() ? "" : ":" + password) + "@" + escaped(host) + ":" +
         escaped(ports) + "/" + get("DATABASE_NAME", default_database);
}

}  // namespace

Result<DatabaseName> find_database(const Invocation& invocation) {
  const std::string& named = invocation.settings.database;
  if (is_postgres_url(named)) return postgres_database(named);
  if (is_keyword_list(named))
    return Error{ErrorCode::invalid, "--database is a list of libpq's keywords; write it as a URL such as "
                                     "postgres://USER@HOST:PORT/DATABASE"};
  if (named.find("://") != std::string::npos)
    return Error{ErrorCode::invalid,
                 "--database is neither the path of an SQLite file nor a URL such as postgres://USER@HOST/DATABASE"};
  if (!named.empty()) {
    const std::string file = invocation.environment.resolve(named).string();
    return DatabaseName{file, file, false, false};
  }
  if (const auto host = invocation.environment.get("DATABASE_HOST"); host && !host->empty()) {
    const auto url = url_of_variables(invocation.environment, *host);
    if (!url) return url.error();
    return postgres_database(*url);
  }
  if (const auto there = check_directory(invocation.environment, invocation.data()); !there) return there.error();
  const std::string file = (invocation.data() / "saga.db").string();
  return DatabaseName{file, file, false, true};
}

Result<std::unique_ptr<HistorySource>> open_history(const DatabaseName& database) {
  if (database.is_postgres) return open_postgres_history(database.name);
  std::error_code ignored;
  if (!std::filesystem::exists(database.name, ignored))
    return with_hint(
        Error{ErrorCode::unavailable, "there is no database at " + database.name},
        "run this where `sagactl serve` runs, or name its directory with --data or its database with --database");
  return open_sqlite_history(database.name);
}

}  // namespace sagactl
