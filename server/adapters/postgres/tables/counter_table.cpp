#include "server/adapters/postgres/tables/counter_table.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_add_counters{
    "counter_add",
    "INSERT INTO counter AS c (node, kind, what, n) SELECT $1::bigint, * FROM unnest($2::smallint[], $3::integer[], "
    "$4::bigint[]) ON CONFLICT (node, kind, what) DO UPDATE SET n = c.n + excluded.n"};

}  // namespace

const PostgresStatement sql_read_counters{
    "counter_read",
    "SELECT kind, what, sum(n)::bigint FROM (SELECT kind, what, n FROM counter UNION ALL SELECT kind, what, -count(*) "
    "FROM uncounted GROUP BY kind, what UNION ALL SELECT counts[i], counts[i + 1], counts[i + 2] "
    "FROM node CROSS JOIN LATERAL generate_series(1, cardinality(counts), 3) AS i) AS c "
    "GROUP BY kind, what HAVING sum(n) <> 0"};
const PostgresStatement sql_fold_counters{
    "counter_fold",
    "WITH gone AS (DELETE FROM uncounted RETURNING kind, what) "
    "INSERT INTO counter AS c (node, kind, what, n) SELECT 0, kind, what, -count(*) FROM gone GROUP BY kind, what "
    "ORDER BY kind, what ON CONFLICT (node, kind, what) DO UPDATE SET n = c.n + excluded.n"};

void send_counts(PostgresConnection& connection, std::int64_t node, const sql::CountChanges& changes) {
  ParameterArray kinds(ParameterType::smallint), whats(ParameterType::integer), numbers(ParameterType::bigint);
  bool is_empty = true;
  changes.each([&](sql::CounterKind kind, std::int64_t what, std::int64_t n) {
    is_empty = false;
    kinds.add(static_cast<int>(kind));
    whats.add(what);
    numbers.add(n);
  });
  if (is_empty) return;
  Parameters parameters;
  parameters.add(node).add(std::move(kinds)).add(std::move(whats)).add(std::move(numbers));
  connection.send(sql_add_counters, parameters);
}

void add_pending_counts(const std::vector<std::int64_t>& numbers, sql::CountChanges& changes) {
  for (std::size_t i = 0; i + 2 < numbers.size(); i += 3)
    changes.add(static_cast<sql::CounterKind>(numbers[i]), numbers[i + 1], numbers[i + 2]);
}

ParameterArray pending_counts(const sql::CountChanges& changes) {
  ParameterArray numbers(ParameterType::bigint);
  changes.each([&](sql::CounterKind kind, std::int64_t what, std::int64_t n) {
    for (const std::int64_t number : {static_cast<std::int64_t>(kind), what, n}) numbers.add(number);
  });
  return numbers;
}

Counts read_counts(PostgresRows rows, sql::InternedNames& names) {
  Counts counts;
  while (rows.next()) {
    const auto kind = static_cast<sql::CounterKind>(rows.integer());
    const std::int64_t what = rows.integer();
    sql::read_counter(kind, what, rows.integer(), names, counts);
  }
  return counts;
}

}  // namespace sagactl::postgres
