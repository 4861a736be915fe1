#include "cli/loadtest/profile_database.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr int busy_timeout_ms = 5'000;
// Times and bytes as they are read here, whatever the database is set to.
constexpr const char* manners =
    "SET statement_timeout = '60s'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET bytea_output = "
    "'hex'";

Error query_failed(const ForeignQuery& query, std::string message) {
  while (!message.empty() && message.back() == '\n') message.pop_back();
  return {ErrorCode::invalid, "the profile's query " + query.name + ": " + message};
}

// Bytes that are no text, as PostgreSQL shows them.
bool is_plain_text(std::string_view bytes) {
  return is_utf8(bytes) &&
         std::none_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}
std::string hex(std::string_view bytes) {
  std::string text = "\\x";
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

class SqliteRows final : public ForeignRows {
 public:
  static Result<std::unique_ptr<ForeignRows>> open(const std::string& path) {
    auto rows = std::make_unique<SqliteRows>();
    const int opened = sqlite3_open_v2(path.c_str(), &rows->database_, SQLITE_OPEN_READONLY, nullptr);
    if (opened != SQLITE_OK)
      return Error{ErrorCode::unavailable, "cannot open " + path + ": " + sqlite3_errstr(opened)};
    sqlite3_busy_timeout(rows->database_, busy_timeout_ms);
    // The first query of the transaction fixes what all of them see.
    if (sqlite3_exec(rows->database_, "BEGIN", nullptr, nullptr, nullptr) != SQLITE_OK)
      return Error{ErrorCode::unavailable, "cannot read " + path + ": " + sqlite3_errmsg(rows->database_)};
    return std::unique_ptr<ForeignRows>(std::move(rows));
  }
  ~SqliteRows() override { sqlite3_close(database_); }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    const Statement statement = prepare(query);
    if (!statement) return query_failed(query, sqlite3_errmsg(database_));
    return names_of(statement.get());
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    const Statement statement = prepare(query);
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
          bytes[i] = hex(*values[i]);
          values[i] = bytes[i];
        }
      }
      if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
    }
    if (stepped != SQLITE_DONE) return query_failed(query, sqlite3_errmsg(database_));
    return {};
  }

 private:
  using Statement = std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)>;

  // Null: the database says why.
  Statement prepare(const ForeignQuery& query) {
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

class PostgresRows final : public ForeignRows {
 public:
  static Result<std::unique_ptr<ForeignRows>> open(const DatabaseName& database) {
    auto rows = std::make_unique<PostgresRows>();
    rows->connection_ = PQconnectdb(database.name.c_str());
    if (PQstatus(rows->connection_) != CONNECTION_OK)
      return Error{ErrorCode::unavailable, "cannot open " + database.shown + ": " + PQerrorMessage(rows->connection_)};
    for (const char* sql : {manners, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}) {
      const Result_ done(PQexec(rows->connection_, sql), &PQclear);
      if (PQresultStatus(done.get()) != PGRES_COMMAND_OK)
        return Error{ErrorCode::unavailable,
                     "cannot read " + database.shown + ": " + PQerrorMessage(rows->connection_)};
    }
    return std::unique_ptr<ForeignRows>(std::move(rows));
  }
  ~PostgresRows() override { PQfinish(connection_); }

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    const Result_ prepared(PQprepare(connection_, "", query.sql.c_str(), 0, nullptr), &PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK)
      return query_failed(query, PQresultErrorMessage(prepared.get()));
    const Result_ described(PQdescribePrepared(connection_, ""), &PQclear);
    if (PQresultStatus(described.get()) != PGRES_COMMAND_OK)
      return query_failed(query, PQresultErrorMessage(described.get()));
    return names_of(described.get());
  }

  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    if (PQsendQuery(connection_, query.sql.c_str()) != 1) return query_failed(query, PQerrorMessage(connection_));
    PQsetSingleRowMode(connection_);  // a million rows need no more memory than one
    Result<void> ended;
    while (pg_result* raw = PQgetResult(connection_)) {
      const Result_ result(raw, &PQclear);
      const ExecStatusType status = PQresultStatus(raw);
      if (status == PGRES_SINGLE_TUPLE && ended)
        ended = visit_row(raw, 0, visit);
      else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && ended)
        ended = query_failed(query, PQresultErrorMessage(raw));
    }
    return ended;
  }

  // Through a cursor, so that the rest is not even made.
  Result<void> some_rows(const ForeignQuery& query, std::size_t most,
                         const std::function<Result<void>(const ForeignRow&)>& visit) override {
    if (auto why = refused("SAVEPOINT looking")) return query_failed(query, *why);
    Result<void> ended;
    if (auto why = refused("DECLARE looking NO SCROLL CURSOR FOR " + query.sql)) {
      ended = query_failed(query, *why);
    } else {
      const Result_ fetched(PQexec(connection_, fmt::format("FETCH {} FROM looking", most).c_str()), &PQclear);
      if (PQresultStatus(fetched.get()) != PGRES_TUPLES_OK)
        ended = query_failed(query, PQresultErrorMessage(fetched.get()));
      for (int i = 0; i < PQntuples(fetched.get()) && ended; ++i) ended = visit_row(fetched.get(), i, visit);
    }
    if (auto why = refused("ROLLBACK TO SAVEPOINT looking"); why && ended) ended = query_failed(query, *why);
    return ended;
  }

 private:
  using Result_ = std::unique_ptr<pg_result, decltype(&PQclear)>;

  // Nothing: the database took it.
  std::optional<std::string> refused(const std::string& sql) {
    const Result_ done(PQexec(connection_, sql.c_str()), &PQclear);
    if (PQresultStatus(done.get()) == PGRES_COMMAND_OK) return std::nullopt;
    return PQresultErrorMessage(done.get());
  }

  static std::vector<std::string> names_of(const pg_result* result) {
    std::vector<std::string> names;
    for (int i = 0; i < PQnfields(result); ++i) names.emplace_back(PQfname(result, i));
    return names;
  }

  static Result<void> visit_row(const pg_result* rows, int row,
                                const std::function<Result<void>(const ForeignRow&)>& visit) {
    const std::vector<std::string> names = names_of(rows);
    std::vector<std::optional<std::string_view>> values;
    for (int i = 0; i < PQnfields(rows); ++i) {
      const auto size = static_cast<std::size_t>(PQgetlength(rows, row, i));
      values.push_back(PQgetisnull(rows, row, i) ? std::nullopt
                                                 : std::optional(std::string_view(PQgetvalue(rows, row, i), size)));
    }
    return visit(ForeignRow(names, values));
  }

  pg_conn* connection_ = nullptr;
};

}  // namespace

Result<std::unique_ptr<ForeignRows>> open_foreign_rows(const DatabaseName& database) {
  if (database.is_postgres) return PostgresRows::open(database);
  std::error_code ignored;
  if (!std::filesystem::exists(database.name, ignored))
    return Error{ErrorCode::invalid,
                 "there is no database at " + database.name +
                     "; pass the file or the postgres:// URL that the server writes to with --database"};
  return SqliteRows::open(database.name);
}

}  // namespace sagactl
