#include "server/adapters/postgres/pipeline/postgres_rows.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>

namespace sagactl::postgres {
namespace {

std::int64_t integer_of(std::string_view bytes) {
  std::int64_t value = 0;
  if (!bytes.empty() && static_cast<signed char>(bytes.front()) < 0) value = -1;  // the sign, of any width
  for (const char byte : bytes) value = value * 256 + static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

void PostgresRows::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

bool PostgresRows::next() {
  column_ = 0;
  return ++row_ < size();
}

int PostgresRows::size() const {
  return result_ ? PQntuples(result_.get()) : 0;
}

std::int64_t PostgresRows::changed() const {
  const std::string_view text = result_ ? PQcmdTuples(result_.get()) : "";
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

bool PostgresRows::is_null() const {
  return PQgetisnull(result_.get(), row_, column_) != 0;
}

std::int64_t PostgresRows::integer() {
  return integer_of(text());
}

// Each element is its size and its bytes, behind the header of an array of one dimension: array_send() in PostgreSQL's
// src/backend/utils/adt/arrayfuncs.c.
std::vector<std::int64_t> PostgresRows::bigints() {
  constexpr std::size_t header = 20, size = 4, width = 8;
  const std::string_view bytes = text();
  std::vector<std::int64_t> values;
  for (std::size_t at = header + size; at + width <= bytes.size(); at += size + width)
    values.push_back(integer_of(bytes.substr(at, width)));
  return values;
}

std::string_view PostgresRows::text() {
  const int column = column_++;
  const auto length = static_cast<std::size_t>(PQgetlength(result_.get(), row_, column));
  return {PQgetvalue(result_.get(), row_, column), length};
}

Uuid PostgresRows::uuid() {
  const std::string_view bytes = text();
  Uuid id;
  std::copy_n(bytes.begin(), std::min(bytes.size(), id.bytes.size()), id.bytes.begin());
  return id;
}

}  // namespace sagactl::postgres
