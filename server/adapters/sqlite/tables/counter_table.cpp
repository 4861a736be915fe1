#include "server/adapters/sqlite/tables/counter_table.hpp"

#include <algorithm>
#include <array>

#include "server/adapters/sqlite/file/given_rows.hpp"

namespace sagactl::sqlite {
namespace {

constexpr int counter_columns = 3;
// "WHERE true" tells SQLite that ON does not begin the condition of a join.
const std::string sql_add_counters = "INSERT OR FAIL INTO counter (kind, what, n) " +
                                     select_given_rows(counter_columns) +
                                     " WHERE true ON CONFLICT DO UPDATE SET n = n + excluded.n";
constexpr std::string_view sql_read_counters = "SELECT kind, what, n FROM counter WHERE n <> 0";

// As the column `kind` holds them, by CounterKind.
constexpr std::array<std::string_view, 3> kind_names = {"order", "saga", "event"};

}  // namespace

CounterTable::CounterTable(SqliteConnection& connection, sql::InternedNames& names)
    : names_(names), add_(connection, sql_add_counters), read_(connection, sql_read_counters) {}

void CounterTable::add(const sql::CountChanges& changes) {
  GivenRows rows(counter_columns);
  changes.each([&](sql::CounterKind kind, std::int64_t what, std::int64_t n) {
    rows.bind(kind_names[static_cast<std::size_t>(kind)]).bind(what).bind(n);
  });
  if (!rows.empty()) add_().bind_rows(rows).run();
}

Counts CounterTable::read() {
  Counts counts;
  SqliteStatement& row = read_();
  const StatementReset reset_at_end(row);
  while (row.next()) {
    const auto kind = std::find(kind_names.begin(), kind_names.end(), row.text()) - kind_names.begin();
    const std::int64_t what = row.integer();
    sql::read_counter(static_cast<sql::CounterKind>(kind), what, row.integer(), names_, counts);
  }
  return counts;
}

}  // namespace sagactl::sqlite
