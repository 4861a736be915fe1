#include "server/adapters/postgres/postgres_examination.hpp"

#include <fmt/format.h>

#include "server/adapters/postgres/connection.hpp"

namespace sagactl {
namespace postgres {
namespace {

const Statement sql_server{"examine_server",
                           "SELECT current_setting('server_version'), pg_is_in_recovery(), "
                           "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, "
                           "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
                           "current_setting('max_connections')::integer"};
const Statement sql_rights{
    "examine_rights",
    "SELECT r.kind || ' on ' || t.name FROM unnest(ARRAY['node', 'flow', 'event', 'claim', 'account', 'replay', "
    "'counter', 'uncounted']) AS t (name) CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS r (kind) "
    "WHERE to_regclass(t.name) IS NOT NULL AND NOT has_table_privilege(to_regclass(t.name), r.kind)"};
const Statement sql_settings{"examine_settings",
                             "SELECT name || ' = ' || setting FROM pg_settings WHERE name IN ('fsync', "
                             "'synchronous_commit', 'full_page_writes') AND setting = 'off' ORDER BY name"};
// Whoever waits to be a node that another process is.
const Statement sql_twice{
    "examine_twice",
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
    "'sagactl %' AND application_name NOT IN ('sagactl reader', 'sagactl history', 'sagactl migrate', 'sagactl doctor') "
    "GROUP BY application_name HAVING count(*) > 1"};

std::vector<std::string> texts(Rows rows) {
  std::vector<std::string> list;
  while (rows.next()) list.emplace_back(rows.text());
  return list;
}

}  // namespace
}  // namespace postgres

Result<PostgresExamination> examine_postgres_server(const std::string& url, const std::function<Timestamp()>& now) {
  using namespace postgres;
  const auto address = Address::parse(url);
  if (!address) return address.error();
  return guarded([&]() -> Result<PostgresExamination> {
    Connection connection(*address, {"sagactl doctor", "-c statement_timeout=3500"});
    connection.open();
    PostgresExamination found;
    found.asked = now();
    Rows server = connection.run({{}, sql_server.sql});
    found.answered = now();
    server.next();
    found.server_version = server.text();
    found.only_reads = server.integer() != 0;
    found.server_time = server.time();
    found.connections = server.integer();
    found.connections_max = server.integer();
    found.rights_missing = texts(connection.run(sql_rights));
    found.settings_unsafe = texts(connection.run(sql_settings));
    for (const std::string& name : texts(connection.run(sql_twice)))
      found.ids_twice.push_back(name.substr(std::string_view("sagactl ").size()));
    return found;
  });
}

}  // namespace sagactl
