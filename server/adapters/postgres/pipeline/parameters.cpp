#include "server/adapters/postgres/pipeline/parameters.hpp"

#include <endian.h>

#include <cstring>

namespace sagactl::postgres {
namespace {

// The digits of a number of `width` bytes in network order, as the first bytes of the result.
std::uint64_t digits_of(std::int64_t value, int width) {
  return htobe64(static_cast<std::uint64_t>(value) << (64 - width * 8));
}

// The same of two numbers of four bytes, one after the other.
std::uint64_t digits_of_two(std::uint32_t first, std::uint32_t second) {
  return htobe64(std::uint64_t{first} << 32 | second);
}

void append(std::string& bytes, const void* digits, int width) {
  bytes.append(static_cast<const char*>(digits), static_cast<std::size_t>(width));
}

void append_number(std::string& bytes, std::int64_t value, int width) {
  const std::uint64_t digits = digits_of(value, width);
  append(bytes, &digits, width);
}

void append_two(std::string& bytes, std::uint32_t first, std::uint32_t second) {
  const std::uint64_t digits = digits_of_two(first, second);
  append(bytes, &digits, 8);
}

// In place of the four bytes there.
void put_size(std::string& bytes, std::size_t at, std::size_t size) {
  const std::uint32_t digits = htobe32(static_cast<std::uint32_t>(size));
  std::memcpy(bytes.data() + at, &digits, sizeof digits);
}

// An array begins with its dimensions, whether it has nulls, the type and the number of its elements, and its first
// index: array_recv() in PostgreSQL's src/backend/utils/adt/arrayfuncs.c.
constexpr std::size_t has_nulls_at = 4, count_at = 12;

void append_array_header(std::string& bytes, std::uint32_t type) {
  append_two(bytes, 1, 0);
  append_two(bytes, type, 0);
  append_number(bytes, 1, 4);
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

ParameterArray::ParameterArray(ParameterType type) : type_(type) {
  append_array_header(bytes_, static_cast<std::uint32_t>(type));
}

void ParameterArray::append_size(std::int32_t size) {
  ++count_;
  append_number(bytes_, size, 4);
}

void ParameterArray::add(std::int64_t value) {
  const int width = width_of(type_);
  append_size(width);
  append_number(bytes_, value, width);
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
  put_size(bytes_, has_nulls_at, has_null_);
  put_size(bytes_, count_at, count_);
  return std::move(bytes_);
}

ParameterRows::ParameterRows(std::string& bytes, std::uint32_t type, std::span<const ParameterType> columns)
    : bytes_(bytes), columns_(columns), begins_at_(bytes.size()) {
  append_array_header(bytes_, type);
}

// Each value is its type, its size and its bytes, behind the size and the number of the row's columns: record_recv() in
// rowtypes.c.
void ParameterRows::begin() {
  end_row();
  ++count_;
  column_ = 0;
  row_at_ = bytes_.size();
  append_two(bytes_, 0, static_cast<std::uint32_t>(columns_.size()));
}

void ParameterRows::end_row() {
  if (count_ > 0) put_size(bytes_, row_at_, bytes_.size() - row_at_ - 4);
}

std::uint32_t ParameterRows::next_type() {
  return static_cast<std::uint32_t>(columns_[column_++]);
}

void ParameterRows::add(std::int64_t value) {
  const int width = width_of(columns_[column_]);
  const std::uint64_t digits[] = {digits_of_two(next_type(), static_cast<std::uint32_t>(width)),
                                  digits_of(value, width)};
  append(bytes_, digits, 8 + width);
}

void ParameterRows::add(std::string_view text) {
  append_two(bytes_, next_type(), static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
}

void ParameterRows::add(const Uuid& id) {
  add(bytes_of(id));
}

void ParameterRows::add_null() {
  append_two(bytes_, next_type(), 0xFFFFFFFF);
}

void ParameterRows::begin_array() {
  append_two(bytes_, next_type(), 0);
  array_at_ = bytes_.size();
}

void ParameterRows::end_array() {
  put_size(bytes_, array_at_ - 4, bytes_.size() - array_at_);
}

void ParameterRows::end() {
  end_row();
  put_size(bytes_, begins_at_ + count_at, count_);
}

Parameters& Parameters::add(std::int64_t value) {
  append_number(values_.emplace_back(), value, 8);
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
