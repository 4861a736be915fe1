#include "server/adapters/postgres/postgres_examination.hpp"

#include <fmt/format.h>

#include "embedded/postgres_schema.hpp"
#include "server/adapters/postgres/connection.hpp"

namespace sagactl {
namespace postgres {
namespace {

const Statement sql_server{"examine_server",
                           "SELECT current_setting('server_version'), pg_is_in_recovery(), "
                           "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, "
                           "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
                           "current_setting('max_connections')::integer"};
// Of the tables that migrations make, and of the sequences of their columns: others may stand in the schema as well.
const Statement sql_rights{
    "examine_rights",
    "WITH own AS (SELECT to_regclass(name) AS id, name FROM unnest(string_to_array($1::text, ' ')) AS t (name) "
    "WHERE to_regclass(name) IS NOT NULL) "
    "SELECT kind || ' on ' || name FROM own CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS r (kind) "
    "WHERE NOT has_table_privilege(id, kind) AND (kind = 'SELECT' OR name <> 'schema_migration') "
    "UNION ALL SELECT 'USAGE on ' || s.relname FROM own JOIN pg_depend AS d ON d.refobjid = own.id AND d.classid = "
    "'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') "
    "JOIN pg_class AS s ON s.oid = d.objid "
    // Conditions are looked at in any order, and of what is no sequence this one is an error.
    "WHERE CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE false END"};
const Statement sql_settings{"examine_settings",
                             "SELECT name || ' = ' || setting FROM pg_settings WHERE name IN ('fsync', "
                             "'synchronous_commit', 'full_page_writes') AND setting = 'off' ORDER BY name"};
// Whoever waits to be a node that another process is.
const Statement sql_twice{
    "examine_twice",
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
    "'sagactl %' AND application_name NOT IN ('sagactl reader', 'sagactl history', 'sagactl migrate', 'sagactl doctor') "
    "GROUP BY application_name HAVING count(*) > 1"};

// "node flow event ..."
std::string own_tables() {
  std::string names = "schema_migration";
  constexpr std::string_view words = "CREATE TABLE ";
  for (const EmbeddedFile& file : embedded::postgres_schema()) {
    const std::string_view sql = file.text;
    for (std::size_t at = sql.find(words); at != sql.npos; at = sql.find(words, at + 1)) {
      const std::string_view rest = sql.substr(at + words.size());
      names += " " + std::string(rest.substr(0, rest.find_first_of(" (\n")));
    }
  }
  return names;
}

std::vector<std::string> texts(Rows rows) {
  std::vector<std::string> list;
  while (rows.next()) list.emplace_back(rows.text());
  return list;
}

}  // namespace
}  // namespace postgres

Result<std::vector<PostgresHost>> diagnose_postgres_hosts(const std::string& url) {
  using namespace postgres;
  const auto address = Address::parse(url);
  if (!address) return address.error();
  std::vector<PostgresHost> all;
  for (const Address& each : address->each_host()) {
    const auto opened = guarded([&]() -> Result<void> {
      Connection(each, {"sagactl doctor", "-c statement_timeout=3500"}).open();
      return {};
    });
    all.push_back({each.hosts(), opened});
  }
  return all;
}

Result<PostgresDiagnosis> diagnose_postgres(const std::string& url, const std::function<Timestamp()>& now) {
  using namespace postgres;
  const auto address = Address::parse(url);
  if (!address) return address.error();
  return guarded([&]() -> Result<PostgresDiagnosis> {
    Connection connection(*address, {"sagactl doctor", "-c statement_timeout=3500"});
    connection.open();
    PostgresDiagnosis found;
    found.asked = now();
    Rows server = connection.run({{}, sql_server.sql});
    found.answered = now();
    server.next();
    found.server_version = server.text();
    found.only_reads = server.integer() != 0;
    found.server_time = server.time();
    found.connections = server.integer();
    found.connections_max = server.integer();
    found.rights_missing = texts(connection.run(sql_rights, Parameters().add(std::string_view(own_tables()))));
    found.settings_unsafe = texts(connection.run(sql_settings));
    for (const std::string& name : texts(connection.run(sql_twice)))
      found.ids_twice.push_back(name.substr(std::string_view("sagactl ").size()));
    return found;
  });
}

}  // namespace sagactl
