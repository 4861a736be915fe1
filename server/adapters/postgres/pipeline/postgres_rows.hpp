// The rows of a pipelined statement, in binary form, read in the order of their columns.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/time.hpp"

struct pg_result;

namespace sagactl::postgres {

class PostgresRows {
 public:
  PostgresRows() = default;
  explicit PostgresRows(pg_result* result) : result_(result) {}

  bool next();  // to the first row, and then to the next one
  int size() const;
  std::int64_t changed() const;  // rows that the statement wrote

  // The next column. Null reads as 0, nil and "".
  bool is_null() const;                 // stays at the column
  std::int64_t integer();               // of any width, and of a boolean
  std::vector<std::int64_t> bigints();  // of an array without nulls
  Timestamp time() { return {integer()}; }
  std::string_view text();                                // valid for as long as the rows are
  void read_packed(std::string& into) { into = text(); }  // PostgreSQL compresses by itself
  Uuid uuid();
  void skip() { ++column_; }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
  int row_ = -1, column_ = 0;
};

}  // namespace sagactl::postgres
