#include "server/adapters/postgres/database_names.hpp"

#include "common/text/text.hpp"
#include "server/adapters/sql/table_rows.hpp"

namespace sagactl::postgres {
namespace {

constexpr const char* sql_databases =
    "SELECT datname::text FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname";

}  // namespace

std::string nearest_database(PqxxConnection& connection, const std::string& name) {
  PqxxRows rows = connection.run(sql_databases);
  std::vector<std::string> names = sql::read_all(rows, [](PqxxRows& row) { return std::string(row.text()); });
  std::erase(names, name);
  return nearest(name, names);
}

}  // namespace sagactl::postgres
