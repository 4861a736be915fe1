#include "server/adapters/postgres/postgres_diagnosis.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "embedded/postgres_schema.hpp"
#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/database_names.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl {
namespace postgres {
namespace {

constexpr const char* sql_server =
    "SELECT current_setting('server_version'), pg_is_in_recovery(), "
    "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'), "
    "current_setting('max_connections')::integer";
// Rights that are missing on the tables of this program, which are to be named in place of {}, and on the sequences of
// their columns: the schema may have other tables as well.
constexpr const char* sql_rights =
    "WITH own AS (SELECT to_regclass(name) AS id, name FROM unnest(string_to_array({}, ' ')) AS t (name) "
    "WHERE to_regclass(name) IS NOT NULL) "
    "SELECT kind || ' on ' || name FROM own CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS r "
    "(kind) "
    "WHERE NOT has_table_privilege(id, kind) AND (kind = 'SELECT' OR name <> 'schema_migration') "
    "UNION ALL SELECT 'USAGE on ' || s.relname FROM own JOIN pg_depend AS d ON d.refobjid = own.id AND d.classid = "
    "'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') "
    "JOIN pg_class AS s ON s.oid = d.objid "
    // Conditions are evaluated in any order, and the function fails for what is not a sequence.
    "WHERE CASE WHEN s.relkind = 'S' THEN NOT has_sequence_privilege(s.oid, 'USAGE') ELSE false END";
constexpr const char* sql_settings =
    "SELECT name || ' = ' || setting FROM pg_settings WHERE name IN ('fsync', "
    "'synchronous_commit', 'full_page_writes') AND setting = 'off' ORDER BY name";
// Node ids with two connections that write: a second process waits for the lock of the first. {} are the names of
// sessions that belong to no node.
constexpr const char* sql_duplicate_ids =
    "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE "
    "'sagactl %' AND application_name NOT IN ('{}') GROUP BY application_name HAVING count(*) > 1";

constexpr const char* sql_has_flows = "SELECT to_regclass('flow') IS NOT NULL";
constexpr const char* sql_is_empty = "SELECT NOT EXISTS (SELECT 1 FROM flow)";

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

std::vector<std::string> texts_of(PqxxRows rows) {
  return sql::read_all(rows, [](PqxxRows& row) { return std::string(row.text()); });
}

bool is_true(PqxxConnection& connection, const char* sql) {
  PqxxRows row = connection.run(sql);
  return row.next() && row.integer() != 0;
}

PqxxConnection connect_for_diagnosis(const PostgresAddress& address) {
  return PqxxConnection(address, {postgres::doctor_session, {{"statement_timeout", "3500"}}},
                        std::chrono::milliseconds(4'000));
}

}  // namespace
}  // namespace postgres

Result<std::vector<PostgresHost>> diagnose_postgres_hosts(const std::string& url) {
  using namespace postgres;
  const auto address = PostgresAddress::parse(url);
  if (!address) return address.error();
  std::vector<PostgresHost> all;
  for (const PostgresAddress& each : address->each_host())
    all.push_back({each.hosts(), sql::guarded([&] { connect_for_diagnosis(each); })});
  return all;
}

Result<PostgresDiagnosis> diagnose_postgres(const std::string& url, const std::function<Timestamp()>& now) {
  using namespace postgres;
  const auto address = PostgresAddress::parse(url);
  if (!address) return address.error();
  return sql::guarded([&] {
    PqxxConnection connection = connect_for_diagnosis(*address);
    PostgresDiagnosis found;
    found.asked = now();
    PqxxRows server = connection.run(sql_server);
    found.answered = now();
    server.next();
    found.server_version = server.text();
    found.only_reads = server.integer() != 0;
    found.server_time = server.time();
    found.connections = server.integer();
    found.connections_max = server.integer();
    found.rights_missing = texts_of(connection.run(fmt::format(sql_rights, connection.quote(own_tables()))));
    found.settings_unsafe = texts_of(connection.run(sql_settings));
    for (const std::string& name :
         texts_of(connection.run(fmt::format(sql_duplicate_ids, fmt::join(postgres::sessions_beside_nodes, "', '")))))
      found.ids_twice.push_back(name.substr(postgres::session_prefix.size()));
    if (!is_true(connection, sql_has_flows)) {
      found.is_empty = true;
    } else if (found.rights_missing.empty()) {
      found.is_empty = is_true(connection, sql_is_empty);
    }
    found.similar = nearest_database(connection, address->database());
    return found;
  });
}

}  // namespace sagactl
