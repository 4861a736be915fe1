#include "server/adapters/sqlite/file/given_rows.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {
namespace {

struct GivenCursor {
  sqlite3_vtab_cursor base{};
  const GivenRows* rows = nullptr;
  std::size_t row = 0;
};

GivenCursor* cursor_of(sqlite3_vtab_cursor* base) {
  return reinterpret_cast<GivenCursor*>(base);
}

int connect(sqlite3* connection, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  std::string columns;
  for (int i = 1; i <= GivenRows::columns_max; ++i) columns += fmt::format("c{}, ", i);
  const std::string declaration = fmt::format("CREATE TABLE given_rows ({}source HIDDEN)", columns);
  const int code = sqlite3_declare_vtab(connection, declaration.c_str());
  if (code == SQLITE_OK) *table = new sqlite3_vtab{};
  return code;
}

int disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

// The only way to read the rows is from the first to the last of the source that is given.
int choose_index(sqlite3_vtab*, sqlite3_index_info* info) {
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    const bool is_source = constraint.iColumn == GivenRows::columns_max && constraint.op == SQLITE_INDEX_CONSTRAINT_EQ;
    if (!is_source || !constraint.usable) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    info->estimatedCost = 1;
    info->estimatedRows = 100;
    return SQLITE_OK;
  }
  return SQLITE_CONSTRAINT;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  *cursor = &(new GivenCursor)->base;
  return SQLITE_OK;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete cursor_of(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, const char*, int, sqlite3_value** arguments) {
  GivenCursor* cursor = cursor_of(base);
  cursor->rows = static_cast<const GivenRows*>(sqlite3_value_pointer(arguments[0], given_rows_pointer));
  cursor->row = 0;
  return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* cursor) {
  ++cursor_of(cursor)->row;
  return SQLITE_OK;
}

int is_at_end(sqlite3_vtab_cursor* base) {
  const GivenCursor* cursor = cursor_of(base);
  return !cursor->rows || cursor->row >= cursor->rows->size();
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* into, int number) {
  const GivenCursor* cursor = cursor_of(base);
  cursor->rows->put_value(cursor->row, static_cast<std::size_t>(number), into);
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(cursor_of(cursor)->row);
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module{};
  module.xConnect = connect;
  module.xDisconnect = disconnect;
  module.xBestIndex = choose_index;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = is_at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}

}  // namespace

GivenRows& GivenRows::bind(std::int64_t value) {
  values_.push_back({Kind::integer, 0, value});
  return *this;
}

GivenRows& GivenRows::bind(std::string_view text) {
  return add(Kind::text, text);
}

GivenRows& GivenRows::bind_bytes(std::span<const std::uint8_t> bytes) {
  return add(Kind::blob, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

GivenRows& GivenRows::bind_null() {
  values_.push_back({});
  return *this;
}

GivenRows& GivenRows::add(Kind kind, std::string_view bytes) {
  values_.push_back({kind, static_cast<std::uint32_t>(bytes.size()), static_cast<std::int64_t>(bytes_.size())});
  bytes_.append(bytes);
  return *this;
}

void GivenRows::put_value(std::size_t row, std::size_t column, sqlite3_context* into) const {
  if (column >= columns_) return sqlite3_result_null(into);
  const Value& value = values_[row * columns_ + column];
  const char* bytes = bytes_.data() + value.number;
  switch (value.kind) {
    case Kind::null:
      return sqlite3_result_null(into);
    case Kind::integer:
      return sqlite3_result_int64(into, value.number);
    case Kind::text:
      return sqlite3_result_text64(into, bytes, value.size, SQLITE_STATIC, SQLITE_UTF8);
    case Kind::blob:
      return sqlite3_result_blob64(into, bytes, value.size, SQLITE_STATIC);
  }
}

std::string select_given_rows(int columns) {
  std::string text = "SELECT c1";
  for (int i = 2; i <= columns; ++i) text += fmt::format(", c{}", i);
  return text + " FROM given_rows(?)";
}

void add_given_rows(sqlite3* connection) {
  static const sqlite3_module module = make_module();
  const int code = sqlite3_create_module_v2(connection, "given_rows", &module, nullptr, nullptr);
  if (code != SQLITE_OK) fail(connection, code);
}

}  // namespace sagactl::sqlite
