// The table of topics.
#include "server/adapters/postgres/postgres_database.hpp"

namespace sagactl::postgres {
namespace {

const PostgresStatement sql_remember_topics{
    "topic_remember",
    "INSERT INTO topic (name, partitions) SELECT * FROM unnest($1::text[], "
    "$2::integer[]) AS t (name, partitions) ORDER BY name ON CONFLICT (name) DO NOTHING"};
const PostgresStatement sql_topics{"topic_list", "SELECT name, partitions FROM topic WHERE name = ANY ($1::text[])"};

}  // namespace

Result<std::map<std::string, int>> PostgresDatabase::remember(const std::map<std::string, int>& there) {
  return read([&](PostgresReader& reader) {
    const auto names = [&] {
      ParameterArray array(ParameterType::text);
      for (const auto& [name, partitions] : there) array.add(std::string_view(name));
      return array;
    };
    ParameterArray counts(ParameterType::integer);
    for (const auto& [name, partitions] : there) counts.add(std::int64_t{partitions});
    reader.connection.run(sql_remember_topics, Parameters().add(names()).add(std::move(counts)));
    PostgresRows row = reader.connection.run(sql_topics, Parameters().add(names()));
    std::map<std::string, int> book;
    while (row.next()) {
      const std::string name(row.text());
      book[name] = static_cast<int>(row.integer());
    }
    return book;
  });
}

}  // namespace sagactl::postgres
