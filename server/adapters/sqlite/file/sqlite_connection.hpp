// A connection to a database file and its prepared statements: thin owners of SQLite's handles. Every failure is thrown
// as a DatabaseFailure. Neither is for several threads at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/id.hpp"
#include "common/time.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sagactl::sqlite {

class GivenRows;

// Parameters are bound, and columns read, one after the other. Bound texts and blobs are not copied: they
// must live until the statement has run.
class SqliteStatement {
 public:
  SqliteStatement(sqlite3* connection, std::string_view sql);
  ~SqliteStatement();
  SqliteStatement(SqliteStatement&& other) noexcept;
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  SqliteStatement& bind(std::int64_t value);
  SqliteStatement& bind(Timestamp value) { return bind(value.us); }
  SqliteStatement& bind(std::string_view text);
  SqliteStatement& bind(const Uuid& id) { return bind_bytes(id.bytes); }
  template <class Tag>
  SqliteStatement& bind(const Id<Tag>& id) {
    return bind(id.uuid);
  }
  SqliteStatement& bind_bytes(std::span<const std::uint8_t> bytes);
  SqliteStatement& bind_null();
  SqliteStatement& bind_rows(const GivenRows& rows);  // of given_rows(?); they are not copied
  SqliteStatement& bind_unless_empty(std::string_view text) { return text.empty() ? bind_null() : bind(text); }

  // To the next row, and to its first column. False: there is none, and the statement can be bound again.
  bool next();
  // To the end, without reading rows.
  void run();
  // Ends the statement before its last row.
  void reset();
  // Runs a statement that changes one row; `bug` when there is no such row.
  void change_one(std::string_view what);

  bool is_null();  // of the next column; stays at it
  bool is_blob();
  std::int64_t integer();
  Timestamp time() { return {integer()}; }
  std::string_view text();              // until the next row; "" for null
  void read_packed(std::string& text);  // what a CompactText wrote
  std::span<const std::uint8_t> bytes();
  Uuid uuid();  // of a blob or a text; nil for anything else
  void skip() { ++column_; }

 private:
  void check_bound(int code);

  sqlite3_stmt* statement_ = nullptr;
  int parameter_ = 0;
  int column_ = 0;
};

enum class FileAccess { create, write, read };

class SqliteConnection {
 public:
  struct Settings {
    FileAccess access = FileAccess::read;
    int cache_kib = 8 * 1024;
    std::int64_t mmap_bytes = std::int64_t{1} << 30;  // of the file, at most
  };

  SqliteConnection(const std::string& path, const Settings& settings);

  // Sets how this connection writes: in WAL mode, which the file keeps, and durable.
  void begin_writing();

  void run(std::string_view sql);  // one or several statements
  SqliteStatement prepare(std::string_view sql) { return {handle_.get(), sql}; }
  // The same, cached for the next call: for statements that are composed from parts.
  SqliteStatement& prepared(const std::string& sql);
  std::int64_t number(std::string_view sql);  // the first column of the first row; 0 for none

  // Gives back what is cached of the file.
  void release_memory();

  std::string path() const;
  sqlite3* handle() { return handle_.get(); }

 private:
  static constexpr std::size_t prepared_max = 128;

  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::int64_t mmap_bytes_ = 0;
  std::unique_ptr<sqlite3, Close> handle_;
  std::unordered_map<std::string, SqliteStatement> prepared_;
};

// While it exists, reading on the connection fails with list_too_long() once `time` has passed.
class TimeLimit {
 public:
  TimeLimit(SqliteConnection& connection, std::chrono::milliseconds time);
  ~TimeLimit();
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;

 private:
  static int is_over(void* limit);

  sqlite3* const connection_;
  const std::chrono::steady_clock::time_point until_;
};

// Ends in a commit, or is rolled back by its destructor.
class SqliteTransaction {
 public:
  enum class Kind { read, write };

  SqliteTransaction(SqliteConnection& connection, Kind kind);
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;

  // `unknown_outcome` when the disk failed, or memory was missing, so late that the changes may have been committed.
  void commit();

 private:
  SqliteConnection& connection_;
};

}  // namespace sagactl::sqlite
