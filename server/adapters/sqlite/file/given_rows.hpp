// Rows in memory as a table of SQLite, so that one statement writes or reads all rows of a batch:
//
//   INSERT OR FAIL INTO barrier (key, blocked) SELECT c1, c2 FROM given_rows(?)
//
// About half of what a statement for each row costs is its beginning and its end: binding, opening and closing the
// table and its indexes. OR FAIL, since SQLite would otherwise copy each page that the statement changes, to be able to
// undo the statement alone; here a failure undoes the complete transaction.
//
// The virtual table is https://www.sqlite.org/vtab.html#eponymous_virtual_tables; it finds the rows by a pointer that
// only this program can bind (https://www.sqlite.org/bindptr.html).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/id.hpp"
#include "common/time.hpp"

struct sqlite3;
struct sqlite3_context;

namespace sagactl::sqlite {

// Rows with the same number of columns, written column after column, as the parameters of a SqliteStatement are bound.
// Copies what it is given. Not for several threads at once.
class GivenRows {
 public:
  static constexpr int columns_max = 48;

  // `expected`: how many rows there will be about, if that is known.
  explicit GivenRows(int columns, std::size_t expected = 0) : columns_(static_cast<std::size_t>(columns)) {
    values_.reserve(columns_ * expected);
  }

  GivenRows& bind(std::int64_t value);
  GivenRows& bind(Timestamp value) { return bind(value.us); }
  GivenRows& bind(std::string_view text);
  GivenRows& bind(const Uuid& id) { return bind_bytes(id.bytes); }
  template <class Tag>
  GivenRows& bind(const Id<Tag>& id) {
    return bind(id.uuid);
  }
  GivenRows& bind_bytes(std::span<const std::uint8_t> bytes);
  GivenRows& bind_null();
  GivenRows& bind_unless_empty(std::string_view text) { return text.empty() ? bind_null() : bind(text); }

  bool empty() const { return values_.empty(); }
  bool is_complete() const { return values_.size() % columns_ == 0; }  // every row has all columns
  std::size_t size() const { return values_.size() / columns_; }

  // For the virtual table: the value of a column, counted from 0, as the result of a function of SQLite.
  void put_value(std::size_t row, std::size_t column, sqlite3_context* into) const;

 private:
  enum class Kind : std::uint8_t { null, integer, text, blob };
  struct Value {
    Kind kind = Kind::null;
    std::uint32_t size = 0;   // of a text or blob
    std::int64_t number = 0;  // or where a text or blob begins in bytes_
  };

  GivenRows& add(Kind kind, std::string_view bytes);

  const std::size_t columns_;
  std::vector<Value> values_;
  std::string bytes_;
};

// Objects to write as rows, each with the number of the flow that it belongs to.
template <class Part>
using PartsOfFlows = std::vector<std::pair<std::int64_t, const Part*>>;

// "SELECT c1, c2 FROM given_rows(?)" with that many columns.
std::string select_given_rows(int columns);

// Makes the table `given_rows` known to a connection.
void add_given_rows(sqlite3* connection);

// The type of the pointer that SqliteStatement::bind_rows binds.
inline constexpr const char* given_rows_pointer = "sagactl-given-rows";

}  // namespace sagactl::sqlite
