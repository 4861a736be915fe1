#include "server/adapters/sqlite/file/sqlite_connection.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <mutex>

#include "server/adapters/sqlite/file/given_rows.hpp"
#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {
namespace {

constexpr int busy_timeout_ms = 5'000;
constexpr int steps_per_check = 20'000;  // of SQLite's virtual machine: some hundreds of microseconds

void configure_library() {
  static std::once_flag once;
  // Counting every allocation costs several per cent, and the count is not used.
  std::call_once(once, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3* connection, std::string_view sql) {
  const int code = sqlite3_prepare_v3(connection, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement_, nullptr);
  if (code != SQLITE_OK) fail(connection, code);
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

SqliteStatement::SqliteStatement(SqliteStatement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)), parameter_(other.parameter_), column_(other.column_) {}

void SqliteStatement::check_bound(int code) {
  if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_), code);
}

SqliteStatement& SqliteStatement::bind(std::int64_t value) {
  check_bound(sqlite3_bind_int64(statement_, ++parameter_, value));
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::string_view text) {
  const char* data = text.data() ? text.data() : "";
  check_bound(sqlite3_bind_text64(statement_, ++parameter_, data, text.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

SqliteStatement& SqliteStatement::bind_bytes(std::span<const std::uint8_t> bytes) {
  check_bound(sqlite3_bind_blob64(statement_, ++parameter_, bytes.data(), bytes.size(), SQLITE_STATIC));
  return *this;
}

SqliteStatement& SqliteStatement::bind_null() {
  check_bound(sqlite3_bind_null(statement_, ++parameter_));
  return *this;
}

SqliteStatement& SqliteStatement::bind_rows(const GivenRows& rows) {
  if (!rows.is_complete()) crash("rows for SQLite have too few columns");
  void* pointer = const_cast<GivenRows*>(&rows);  // NOLINT(cppcoreguidelines-pro-type-const-cast): only read
  check_bound(sqlite3_bind_pointer(statement_, ++parameter_, pointer, given_rows_pointer, nullptr));
  return *this;
}

bool SqliteStatement::next() {
  const int code = sqlite3_step(statement_);
  column_ = 0;
  if (code == SQLITE_ROW) return true;
  sqlite3* connection = sqlite3_db_handle(statement_);
  const int extended = code == SQLITE_DONE ? code : sqlite3_extended_errcode(connection);
  reset();
  if (code != SQLITE_DONE) fail(connection, extended);
  return false;
}

void SqliteStatement::run() {
  while (next()) continue;
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
  parameter_ = 0;
}

void SqliteStatement::change_one(std::string_view what) {
  run();
  if (sqlite3_changes(sqlite3_db_handle(statement_)) != 1)
    sql::fail_as_bug(fmt::format("{} cannot be changed: it is not stored", what));
}

bool SqliteStatement::is_null() {
  return sqlite3_column_type(statement_, column_) == SQLITE_NULL;
}

bool SqliteStatement::is_blob() {
  return sqlite3_column_type(statement_, column_) == SQLITE_BLOB;
}

std::int64_t SqliteStatement::integer() {
  return sqlite3_column_int64(statement_, column_++);
}

std::string_view SqliteStatement::text() {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column_));
  const int size = sqlite3_column_bytes(statement_, column_++);
  return data ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

std::span<const std::uint8_t> SqliteStatement::bytes() {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column_));
  const int size = sqlite3_column_bytes(statement_, column_++);
  return {data, data ? static_cast<std::size_t>(size) : 0};
}

Uuid SqliteStatement::uuid() {
  if (!is_blob()) return Uuid::parse(text()).value_or(Uuid{});
  const auto from = bytes();
  Uuid id;
  if (from.size() == id.bytes.size()) std::copy(from.begin(), from.end(), id.bytes.begin());
  return id;
}

void SqliteConnection::Close::operator()(sqlite3* connection) const {
  sqlite3_close_v2(connection);
}

SqliteConnection::SqliteConnection(const std::string& path, const Settings& settings)
    : mmap_bytes_(settings.mmap_bytes) {
  configure_library();
  const int flags = settings.access == FileAccess::create  ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                    : settings.access == FileAccess::write ? SQLITE_OPEN_READWRITE
                                                           : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  handle_.reset(handle);
  if (code != SQLITE_OK) throw sql::DatabaseFailure{error_of(code, path)};
  sqlite3_busy_timeout(handle, busy_timeout_ms);
  add_given_rows(handle);
  run(fmt::format("PRAGMA cache_size = -{}; PRAGMA mmap_size = {};", settings.cache_kib, settings.mmap_bytes));
}

void SqliteConnection::release_memory() {
  sqlite3_db_release_memory(handle());
  // Setting another size unmaps the file; it is mapped again when it is read.
  if (mmap_bytes_ > 0) run(fmt::format("PRAGMA mmap_size = 0; PRAGMA mmap_size = {};", mmap_bytes_));
}

void SqliteConnection::begin_writing() {
  // FULL: a commit is on disk when it returns.
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;");
  run("PRAGMA wal_autocheckpoint = 0;");  // the Checkpointer does it
}

std::string SqliteConnection::path() const {
  const char* path = sqlite3_db_filename(handle_.get(), "main");
  return path ? path : "";
}

void SqliteConnection::run(std::string_view sql) {
  const int code = sqlite3_exec(handle(), std::string(sql).c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(handle(), code);
}

SqliteStatement& SqliteConnection::prepared(const std::string& sql) {
  const auto known = prepared_.find(sql);
  if (known != prepared_.end()) {
    known->second.reset();
    return known->second;
  }
  if (prepared_.size() >= prepared_max) prepared_.clear();
  return prepared_.emplace(sql, prepare(sql)).first->second;
}

std::int64_t SqliteConnection::number(std::string_view sql) {
  SqliteStatement statement = prepare(sql);
  return statement.next() ? statement.integer() : 0;
}

TimeLimit::TimeLimit(SqliteConnection& connection, std::chrono::milliseconds time)
    : connection_(connection.handle()), until_(std::chrono::steady_clock::now() + time) {
  sqlite3_progress_handler(connection_, steps_per_check, is_over, this);
}

TimeLimit::~TimeLimit() {
  sqlite3_progress_handler(connection_, 0, nullptr, nullptr);
}

int TimeLimit::is_over(void* limit) {
  return std::chrono::steady_clock::now() > static_cast<TimeLimit*>(limit)->until_;
}

SqliteTransaction::SqliteTransaction(SqliteConnection& connection, Kind kind) : connection_(connection) {
  connection.prepared(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN").run();
}

SqliteTransaction::~SqliteTransaction() {
  if (sqlite3_get_autocommit(connection_.handle())) return;
  // Fails only when SQLite has already rolled back by itself.
  sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteTransaction::commit() {
  try {
    connection_.prepared("COMMIT").run();
  } catch (sql::DatabaseFailure& failure) {
    const int code = sqlite3_extended_errcode(connection_.handle()) & 0xff;
    // The commit is complete once its last page is in the log; whether that page reached the disk is unknown. Memory
    // may be missing after that: for the log's index.
    if (code == SQLITE_IOERR || code == SQLITE_NOMEM) failure.error.code = ErrorCode::unknown_outcome;
    throw;
  }
}

}  // namespace sagactl::sqlite
