// The values of a statement in PostgreSQL's binary format: nothing is escaped, printed or parsed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/id.hpp"
#include "common/time.hpp"

namespace sagactl::postgres {

enum class ParameterType : std::uint32_t {
  boolean = 16,
  bigint = 20,
  smallint = 21,
  integer = 23,
  text = 25,
  uuid = 2950
};

// One column of many rows.
class ParameterArray {
 public:
  explicit ParameterArray(ParameterType type);

  void add(std::int64_t value);  // for the number types and boolean
  void add(std::string_view text);
  void add(const Uuid& id);
  void add_bytes(const std::uint8_t* sixteen);  // as a UUID
  void add_null();

  std::string take();  // the array as a parameter; leaves this unusable

 private:
  void append_size(std::int32_t size);

  ParameterType type_;
  std::uint32_t count_ = 0;
  bool has_null_ = false;
  std::string bytes_;
};

// Many rows: an array of a composite type, written behind what `bytes` holds. The columns of every row are added in the
// type's order.
class ParameterRows {
 public:
  // `type` is the composite type's OID. `bytes` and the types of its columns outlive this.
  ParameterRows(std::string& bytes, std::uint32_t type, std::span<const ParameterType> columns);

  void begin();                  // the next row
  void add(std::int64_t value);  // for the number types and boolean
  void add(std::string_view text);
  void add(const Uuid& id);
  void add_null();
  // A column that is an array itself: what is written behind `bytes` in between.
  void begin_array();
  void end_array();
  void end();  // after the last row

 private:
  void end_row();
  std::uint32_t next_type();

  std::string& bytes_;
  const std::span<const ParameterType> columns_;
  const std::size_t begins_at_;
  std::size_t column_ = 0, row_at_ = 0, array_at_ = 0;
  std::uint32_t count_ = 0;
};

class Parameters {
 public:
  Parameters& add(std::int64_t value);  // bigint
  Parameters& add(Timestamp time) { return add(time.us); }
  Parameters& add(std::string_view text);
  Parameters& add(const Uuid& id);
  Parameters& add(ParameterArray array);
  Parameters& add_bytes(std::string bytes) {  // in PostgreSQL's binary format already
    values_.push_back(std::move(bytes));
    return *this;
  }

  std::size_t size() const { return values_.size(); }
  const std::string& operator[](std::size_t i) const { return values_[i]; }

 private:
  std::vector<std::string> values_;
};

}  // namespace sagactl::postgres
