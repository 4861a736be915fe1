#include "cli/loadtest/profile_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <vector>

#include "analysis/foreign/foreign_queries.hpp"
#include "cli/foreign/mongo_rows.hpp"
#include "cli/foreign/mysql_rows.hpp"
#include "cli/foreign/shown_bytes.hpp"
#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"

namespace sagactl {
namespace {

constexpr int busy_timeout_ms = 5'000;
// So that times and bytes are read in the same spelling, whatever the database's settings; and so that a query is
// planned for all of its rows.
constexpr const char* session_settings =
    "SET statement_timeout = '60s'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = "
    "'hex'; SET cursor_tuple_fraction = 1";
constexpr std::chrono::seconds call_timeout{65};  // more than the statement_timeout
constexpr std::size_t rows_at_once = 1'000;

Error query_failed(const ForeignQuery& query, std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return {ErrorCode::invalid, "the profile's query " + query.name + ": " + message};
}

class ForeignSqliteRows final : public ForeignRows {
 public:
  static Result<std::unique_ptr<ForeignRows>> open(const std::string& path) {
    auto rows = std::make_unique<ForeignSqliteRows>();
    const int opened = sqlite3_open_v2(path.c_str(), &rows->database_, SQLITE_OPEN_READONLY, nullptr);
    if (opened != SQLITE_OK)
      return Error{ErrorCode::unavailable, "cannot open " + path + ": " + sqlite3_errstr(opened)};
    sqlite3_busy_timeout(rows->database_, busy_timeout_ms);
    // The first query of the transaction fixes what all of them see.
    if (sqlite3_exec(rows->database_, "BEGIN", nullptr, nullptr, nullptr) != SQLITE_OK)
      return Error{ErrorCode::unavailable, "cannot read " + path + ": " + sqlite3_errmsg(rows->database_)};
    if (sqlite3_exec(rows->database_, "SELECT 1 FROM sqlite_master", nullptr, nullptr, nullptr) == SQLITE_NOTADB)
      return Error{ErrorCode::invalid, path +
                                           " is not an SQLite file; PostgreSQL, MySQL, MariaDB and MongoDB are named "
                                           "by their URLs, and no other database can be read"};
    return std::unique_ptr<ForeignRows>(std::move(rows));
  }
  ~ForeignSqliteRows() override { sqlite3_close(database_); }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    const PreparedQuery statement = prepare(query);
    if (!statement) return query_failed(query, sqlite3_errmsg(database_));
    return names_of(statement.get());
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    const PreparedQuery statement = prepare(query);
    if (!statement) return query_failed(query, sqlite3_errmsg(database_));
    const std::vector<std::string> names = names_of(statement.get());
    std::vector<std::optional<std::string_view>> values(names.size());
    std::vector<std::string> bytes(names.size());
    int stepped = SQLITE_ROW;
    while ((stepped = sqlite3_step(statement.get())) == SQLITE_ROW) {
      for (std::size_t i = 0; i < names.size(); ++i) {
        const int column = static_cast<int>(i);
        const bool is_blob = sqlite3_column_type(statement.get(), column) == SQLITE_BLOB;  // before it becomes text
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), column));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement.get(), column));
        values[i] = text ? std::optional(std::string_view(text, size)) : std::nullopt;
        if (text && is_blob && !is_plain_text(*values[i])) {
          bytes[i] = shown_bytes(*values[i]);
          values[i] = bytes[i];
        }
      }
      if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
    }
    if (stepped != SQLITE_DONE) return query_failed(query, sqlite3_errmsg(database_));
    return {};
  }

 private:
  using PreparedQuery = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

  // Null: sqlite3_errmsg says why.
  PreparedQuery prepare(const ForeignQuery& query) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database_, query.sql.c_str(), -1, &statement, nullptr);
    return {statement, &sqlite3_finalize};
  }
  static std::vector<std::string> names_of(sqlite3_stmt* statement) {
    std::vector<std::string> names;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) names.emplace_back(sqlite3_column_name(statement, i));
    return names;
  }

  sqlite3* database_ = nullptr;
};

// Reads through a cursor, some rows at a time, so that a million rows need no more memory than those.
class ForeignPostgresRows final : public ForeignRows {
 public:
  // Throws a DatabaseFailure.
  explicit ForeignPostgresRows(const postgres::PostgresAddress& address)
      : connection_(address, {postgres::loadtest_session, {}}, call_timeout) {
    connection_.begin_snapshot();
    connection_.run(session_settings);
  }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    std::vector<std::string> names;
    auto done = read(query, [&] {
      names = connection_.run("FETCH 0 FROM sagactl_rows").column_names();
      return Result<void>();
    });
    if (!done) return done.error();
    return names;
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    return read(query, [&]() -> Result<void> {
      for (;;) {
        std::size_t fetched = 0;
        if (auto visited = visit_next(rows_at_once, visit, fetched); !visited) return visited;
        if (fetched < rows_at_once) return {};
      }
    });
  }

  Result<void> some_rows(const ForeignQuery& query, std::size_t most,
                         const std::function<Result<void>(const ForeignRow&)>& visit) override {
    std::size_t fetched = 0;
    return read(query, [&] { return visit_next(most, visit, fetched); });
  }

 private:
  // Runs `work` with a cursor over the query.
  Result<void> read(const ForeignQuery& query, const std::function<Result<void>()>& work) {
    Result<void> result;
    const auto done = sql::guarded([&] {
      connection_.run_and_roll_back([&] {
        connection_.run("DECLARE sagactl_rows NO SCROLL CURSOR FOR " + query.sql);
        result = work();
      });
    });
    return done ? result : query_failed(query, done.error().message);
  }

  Result<void> visit_next(std::size_t most, const std::function<Result<void>(const ForeignRow&)>& visit,
                          std::size_t& fetched) {
    postgres::PqxxRows rows = connection_.run(fmt::format("FETCH {} FROM sagactl_rows", most));
    fetched = rows.size();
    const std::vector<std::string> names = rows.column_names();
    std::vector<std::optional<std::string_view>> values(names.size());
    while (rows.next()) {
      for (auto& value : values) {
        const bool is_null = rows.is_null();
        value = rows.text();
        if (is_null) value.reset();
      }
      if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
    }
    return {};
  }

  postgres::PqxxConnection connection_;
};

Result<std::unique_ptr<ForeignRows>> open_postgres_rows(const DatabaseName& database) {
  const auto address = postgres::PostgresAddress::parse(database.name);
  if (!address) return address.error();
  auto rows = sql::guarded([&] { return std::make_unique<ForeignPostgresRows>(*address); });
  if (!rows) return Error{ErrorCode::unavailable, "cannot open " + database.shown + ": " + rows.error().message};
  return std::unique_ptr<ForeignRows>(std::move(*rows));
}

// Each query goes to its own database, the others to the main one.
class ForeignRowsOfSeveral final : public ForeignRows {
 public:
  explicit ForeignRowsOfSeveral(std::unique_ptr<ForeignRows> main) : main_(std::move(main)) {}
  void add(const std::string& table, std::unique_ptr<ForeignRows> rows) { of_table_[table] = std::move(rows); }

  RowSource source() const override { return rows_of("orders").source(); }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    return rows_of(query.table()).columns(query);
  }
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    return rows_of(query.table()).each_row(query, visit);
  }
  Result<void> some_rows(const ForeignQuery& query, std::size_t most,
                         const std::function<Result<void>(const ForeignRow&)>& visit) override {
    return rows_of(query.table()).some_rows(query, most, visit);
  }

 private:
  ForeignRows& rows_of(const std::string& table) const {
    const auto own = of_table_.find(table);
    return own == of_table_.end() ? *main_ : *own->second;
  }
  std::unique_ptr<ForeignRows> main_;
  std::map<std::string, std::unique_ptr<ForeignRows>> of_table_;
};

// A database that could not be opened.
class UnopenedRows final : public ForeignRows {
 public:
  explicit UnopenedRows(Error why) : why_(std::move(why)) {}
  Result<std::vector<std::string>> columns(const ForeignQuery&) override { return why_; }
  Result<void> each_row(const ForeignQuery&, const std::function<Result<void>(const ForeignRow&)>&) override {
    return why_;
  }

 private:
  const Error why_;
};

}  // namespace

std::string ForeignDatabases::shown() const {
  std::string text = main.shown;
  for (const auto& [query, database] : of_query) text += fmt::format(", {} of {}", query, database.shown);
  return text;
}

Result<void> check_kinds(const ForeignDatabases& databases, const Profile& profile) {
  for (const auto table : {ForeignTable::orders, ForeignTable::steps, ForeignTable::stock, ForeignTable::payments}) {
    if (!has_query(profile, table)) continue;
    const ForeignQuery query = query_of(profile, table, "none");
    const auto own = databases.of_query.find(query.table());
    const DatabaseName& database = own == databases.of_query.end() ? databases.main : own->second;
    const bool is_mongo_query = !query.mongo.collection.empty();
    if (is_mongo_query && !database.is(DatabaseKind::mongo))
      return Error{
          ErrorCode::invalid,
          fmt::format("the profile's query {} is for MongoDB, and {} is another database: pass a mongodb:// URL "
                      "with --database, or --database-of {}=mongodb://...",
                      query.name, database.shown, query.table())};
    if (!is_mongo_query && database.is(DatabaseKind::mongo))
      return Error{
          ErrorCode::invalid,
          fmt::format("the profile's query {} is SQL, and {} is a MongoDB database: write [mongodb.{}], or name "
                      "the database of the query with --database-of {}=...",
                      query.name, database.shown, query.table(), query.table())};
  }
  return {};
}

Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const ForeignDatabases& databases) {
  auto main = open_foreign_rows(databases.main);
  if (!main || databases.of_query.empty()) return main;
  auto several = std::make_unique<ForeignRowsOfSeveral>(std::move(*main));
  for (const auto& [query, database] : databases.of_query) {
    auto rows = open_foreign_rows(database);
    if (!rows) return rows.error();
    several->add(query, std::move(*rows));
  }
  return std::unique_ptr<ForeignRows>(std::move(several));
}

std::unique_ptr<ForeignRows> open_each_database(const ForeignDatabases& databases) {
  const auto opened = [](const DatabaseName& database) -> std::unique_ptr<ForeignRows> {
    auto rows = open_foreign_rows(database);
    if (!rows) return std::make_unique<UnopenedRows>(rows.error());
    return std::move(*rows);
  };
  auto several = std::make_unique<ForeignRowsOfSeveral>(opened(databases.main));
  for (const auto& [query, database] : databases.of_query) several->add(query, opened(database));
  return several;
}

Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const DatabaseName& database) {
  switch (database.kind) {
    case DatabaseKind::mongo:
      return open_mongo_rows(database.name);
    case DatabaseKind::mysql:
      return open_mysql_rows(database.name);
    case DatabaseKind::postgres:
      return open_postgres_rows(database);
    case DatabaseKind::sqlite:
      break;
  }
  std::error_code ignored;
  if (!std::filesystem::exists(database.name, ignored))
    return Error{
        ErrorCode::invalid,
        "there is no database at " + database.name +
            "; set --database to the SQLite file, or the postgres://, mysql:// or mongodb:// URL of the server"};
  return ForeignSqliteRows::open(database.name);
}

}  // namespace sagactl
