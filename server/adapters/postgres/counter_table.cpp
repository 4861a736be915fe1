#include "server/adapters/postgres/counter_table.hpp"

namespace sagactl::postgres {
namespace {

constexpr std::int64_t statuses_max = 8;  // of sagas
constexpr int kind_order = 0, kind_saga = 1;

const Statement sql_add{
    "counter_add",
    "INSERT INTO counter AS c (node, kind, what, n) SELECT $1::bigint, * FROM unnest($2::smallint[], $3::integer[], "
    "$4::bigint[]) ON CONFLICT (node, kind, what) DO UPDATE SET n = c.n + excluded.n"};

}  // namespace

const Statement sql_read_counters{
    "counter_read",
    "SELECT kind, what, sum(n)::bigint FROM (SELECT kind, what, n FROM counter UNION ALL SELECT kind, what, -count(*) "
    "FROM uncounted GROUP BY kind, what) AS c GROUP BY kind, what HAVING sum(n) <> 0"};
const Statement sql_fold_counters{
    "counter_fold",
    "WITH gone AS (DELETE FROM uncounted RETURNING kind, what) "
    "INSERT INTO counter AS c (node, kind, what, n) SELECT 0, kind, what, -count(*) FROM gone GROUP BY kind, what "
    "ORDER BY kind, what ON CONFLICT (node, kind, what) DO UPDATE SET n = c.n + excluded.n"};

void CountChanges::add(std::int64_t definition, SagaStatus status, std::int64_t n) {
  counts_[{kind_saga, definition * statuses_max + static_cast<int>(status)}] += n;
}

void CountChanges::send(Connection& connection, std::int64_t node) {
  Array kinds(Type::smallint), whats(Type::integer), numbers(Type::bigint);
  bool is_empty = true;
  for (const auto& [key, n] : counts_) {
    if (n == 0) continue;
    is_empty = false;
    kinds.add(key.first);
    whats.add(key.second);
    numbers.add(n);
  }
  if (is_empty) return;
  Parameters parameters;
  parameters.add(node).add(std::move(kinds)).add(std::move(whats)).add(std::move(numbers));
  connection.send(sql_add, parameters);
}

Counts read_counts(Rows rows, Names& names) {
  Counts counts;
  while (rows.next()) {
    const std::int64_t kind = rows.integer(), what = rows.integer(), n = rows.integer();
    if (kind == kind_order)
      counts.orders[static_cast<OrderStatus>(what)] = n;
    else if (kind == kind_saga)
      counts.sagas[{names.definition(what / statuses_max).name, static_cast<SagaStatus>(what % statuses_max)}] += n;
    else
      counts.events[static_cast<EventType>(what)] = n;
  }
  return counts;
}

}  // namespace sagactl::postgres
