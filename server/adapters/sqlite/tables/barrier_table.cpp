#include "server/adapters/sqlite/tables/barrier_table.hpp"

#include <fmt/format.h>

#include "server/adapters/sqlite/file/sqlite_failure.hpp"

namespace sagactl::sqlite {
namespace {

constexpr int barrier_columns = 3;
const std::string sql_insert_barrier =
    "INSERT OR FAIL INTO barrier (key, blocked, refusal) " + select_given_rows(barrier_columns);
constexpr std::string_view sql_read_barrier =
    "SELECT key, blocked, refusal FROM barrier WHERE key >= ? AND key < ? ORDER BY key";
const std::string sql_by_flow_barrier =
    "SELECT flow, key, blocked, refusal FROM barrier WHERE key >= ? << 19 ORDER BY key";

std::int64_t first_key(std::int64_t flow) {
  return flow << 19;
}

std::int64_t key_of(std::int64_t flow, const Barrier& barrier) {
  if (barrier.step > BarrierTable::step_max || barrier.execution < 0 || barrier.execution > BarrierTable::execution_max)
    sql::fail_as_bug(fmt::format("execution {} of step {} is over {} or {}", barrier.execution, barrier.step,
                                 BarrierTable::execution_max, BarrierTable::step_max));
  return first_key(flow) | std::int64_t{barrier.step} << 13 | std::int64_t{barrier.execution} << 1 |
         static_cast<int>(barrier.direction);
}

}  // namespace

BarrierTable::BarrierTable(SqliteConnection& connection)
    : insert_(connection, sql_insert_barrier), read_(connection, sql_read_barrier), connection_(connection) {}

void BarrierTable::insert(const PartsOfFlows<Barrier>& barriers) {
  if (barriers.empty()) return;
  GivenRows rows(barrier_columns, barriers.size());
  for (const auto& [flow, barrier] : barriers)
    rows.bind(key_of(flow, *barrier)).bind(barrier->blocked).bind_unless_empty(barrier->refusal);
  insert_().bind_rows(rows).run();
}

void BarrierTable::read(std::int64_t flow, std::vector<Barrier>& barriers) {
  SqliteStatement& row = read_().bind(first_key(flow)).bind(first_key(flow + 1));
  const StatementReset reset_at_end(row);
  while (row.next()) barriers.push_back(read_row(row));
}

RowsByFlow BarrierTable::by_flow() {
  return {connection_, sql_by_flow_barrier};
}

Barrier BarrierTable::read_row(SqliteStatement& row) {
  Barrier barrier;
  const std::int64_t key = row.integer();
  barrier.step = static_cast<std::uint8_t>(key >> 13 & step_max);
  barrier.execution = static_cast<int>(key >> 1 & execution_max);
  barrier.direction = static_cast<Direction>(key & 1);
  barrier.blocked = row.integer() != 0;
  barrier.refusal = row.text();
  return barrier;
}

}  // namespace sagactl::sqlite
