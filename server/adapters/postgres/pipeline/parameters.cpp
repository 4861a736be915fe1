#include "server/adapters/postgres/pipeline/parameters.hpp"

namespace sagactl::postgres {
namespace {

// In network order.
void write(char* at, std::uint64_t value, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8) *at++ = static_cast<char>(value >> shift);
}

void append(std::string& bytes, std::uint64_t value, int width) {
  char digits[8];
  write(digits, value, width);
  bytes.append(digits, static_cast<std::size_t>(width));
}

int width_of(ParameterType type) {
  switch (type) {
    case ParameterType::boolean:
      return 1;
    case ParameterType::smallint:
      return 2;
    case ParameterType::integer:
      return 4;
    case ParameterType::bigint:
    case ParameterType::text:
    case ParameterType::uuid:
      return 8;
  }
  return 8;
}

std::string_view bytes_of(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

}  // namespace

ParameterArray::ParameterArray(ParameterType type) : type_(type) {}

void ParameterArray::append_size(std::int32_t size) {
  ++size_;
  append(bytes_, static_cast<std::uint32_t>(size), 4);
}

void ParameterArray::add(std::int64_t value) {
  const int width = width_of(type_);
  append_size(width);
  append(bytes_, static_cast<std::uint64_t>(value), width);
}

void ParameterArray::add(std::string_view text) {
  append_size(static_cast<std::int32_t>(text.size()));
  bytes_ += text;
}

void ParameterArray::add(const Uuid& id) {
  add(bytes_of(id));
}

void ParameterArray::add_bytes(const std::uint8_t* sixteen) {
  add(std::string_view(reinterpret_cast<const char*>(sixteen), sizeof(Uuid)));
}

void ParameterArray::add_null() {
  has_null_ = true;
  append_size(-1);
}

std::string ParameterArray::take() {
  std::string array;
  array.reserve(bytes_.size() + 20);
  append(array, 1, 4);  // dimensions
  append(array, has_null_, 4);
  append(array, static_cast<std::uint32_t>(type_), 4);
  append(array, static_cast<std::uint32_t>(size_), 4);
  append(array, 1, 4);  // the first index
  array += bytes_;
  return array;
}

// Each value is its type, its size and its bytes, behind the size and the number of the row's columns: record_recv() in
// PostgreSQL's src/backend/utils/adt/rowtypes.c.
void ParameterRows::begin() {
  end_row();
  row_at_ = bytes_.size();
  column_ = 0;
  ++size_;
  append(bytes_, 0, 4);
  append(bytes_, types_.size(), 4);
}

void ParameterRows::end_row() {
  if (size_ > 0) write(bytes_.data() + row_at_, bytes_.size() - row_at_ - 4, 4);
}

void ParameterRows::begin_value(std::int32_t size) {
  append(bytes_, static_cast<std::uint32_t>(types_[column_++]), 4);
  append(bytes_, static_cast<std::uint32_t>(size), 4);
}

void ParameterRows::add(std::int64_t value) {
  const int width = width_of(types_[column_]);
  begin_value(width);
  append(bytes_, static_cast<std::uint64_t>(value), width);
}

void ParameterRows::add(std::string_view text) {
  begin_value(static_cast<std::int32_t>(text.size()));
  bytes_ += text;
}

void ParameterRows::add(const Uuid& id) {
  add(bytes_of(id));
}

void ParameterRows::add_null() {
  begin_value(-1);
}

std::string ParameterRows::take(std::uint32_t type) {
  end_row();
  std::string array;
  array.reserve(bytes_.size() + 20);
  append(array, 1, 4);  // dimensions
  append(array, 0, 4);  // no row is null
  append(array, type, 4);
  append(array, size_, 4);
  append(array, 1, 4);  // the first index
  array += bytes_;
  return array;
}

Parameters& Parameters::add(std::int64_t value) {
  append(values_.emplace_back(), static_cast<std::uint64_t>(value), 8);
  return *this;
}

Parameters& Parameters::add(std::string_view text) {
  values_.emplace_back(text);
  return *this;
}

Parameters& Parameters::add(const Uuid& id) {
  return add(bytes_of(id));
}

Parameters& Parameters::add(ParameterArray array) {
  values_.push_back(array.take());
  return *this;
}

}  // namespace sagactl::postgres
