// The rows of a statement that libpqxx ran, as text. See server/adapters/sql/table_rows.hpp for what reads them.
#pragma once

#include <cstdint>
#include <pqxx/result>
#include <pqxx/row>
#include <string>
#include <string_view>
#include <vector>

#include "common/id.hpp"
#include "common/time.hpp"

namespace sagactl::postgres {

class PqxxRows {
 public:
  explicit PqxxRows(const pqxx::result& result) : result_(result), row_(result_.begin()), column_(row_.begin()) {}
  PqxxRows(const PqxxRows&) = delete;
  PqxxRows& operator=(const PqxxRows&) = delete;

  // To the first row, and then to the next one.
  bool next() {
    if (is_started_) ++row_;
    is_started_ = true;
    if (row_ == result_.end()) return false;
    column_ = row_.begin();
    return true;
  }
  std::size_t size() const { return static_cast<std::size_t>(result_.size()); }
  std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    for (int i = 0; i < static_cast<int>(result_.columns()); ++i)
      names.emplace_back(result_.column_name(static_cast<pqxx::row_size_type>(i)));
    return names;
  }

  // The next column. Null reads as 0, nil and "".
  bool is_null() const { return column_->is_null(); }  // stays at the column
  std::int64_t integer();                              // also of a boolean
  Timestamp time() { return {integer()}; }
  std::string_view text() {  // valid for as long as the rows are
    const std::string_view value(column_->c_str(), column_->size());
    ++column_;
    return value;
  }
  void read_packed(std::string& into) { into = text(); }
  Uuid uuid() { return Uuid::parse(text()).value_or(Uuid{}); }
  void skip() { ++column_; }

 private:
  pqxx::result result_;
  pqxx::result::const_iterator row_;
  pqxx::row::const_iterator column_;
  bool is_started_ = false;
};

}  // namespace sagactl::postgres
