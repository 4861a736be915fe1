// The rows that a statement gave, read in the order of their columns.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "common/id.hpp"
#include "common/time.hpp"

struct pg_result;

namespace sagactl::postgres {

class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* result) : result_(result) {}

  bool next();  // to the first row, and on
  int size() const;
  std::int64_t changed() const;  // rows that the statement wrote

  // The next column. Null reads as 0, nil and "".
  bool is_null() const;  // does not move on
  std::int64_t integer();  // of any width, and of a boolean
  Timestamp time() { return {integer()}; }
  std::string_view text();  // good for as long as the rows are
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
