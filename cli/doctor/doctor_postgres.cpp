// A PostgreSQL server: access, privileges, schema, durability settings, connections, clock, and node ids used twice.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/doctor/clock_difference.hpp"
#include "cli/doctor/finding.hpp"
#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"

namespace sagactl {
namespace {

constexpr double connections_warn_share = 0.8;

void inspect_schema(const DatabaseName& database, DoctorFindings& findings) {
  const auto migrations = postgres_migrations(database.name);
  if (!migrations) {
    findings.push_back({"schema", CheckResult::fail, migrations.error().message, "use another database"});
    return;
  }
  const auto missing =
      std::count_if(migrations->begin(), migrations->end(), [](const auto& each) { return !each.applied; });
  if (missing > 0)
    findings.push_back({"schema", CheckResult::warn, fmt::format("{} migrations are missing", missing),
                        "run `sagactl migrate`, or `sagactl serve`, which also does this"});
  else
    findings.push_back({"schema", CheckResult::ok, fmt::format("{} migrations, up to date", migrations->size())});
}

// A misspelled name leads to a database that `serve` creates.
void inspect_name(const PostgresDiagnosis& server, DoctorFindings& findings) {
  if (!server.is_empty || server.similar.empty()) return;
  findings.push_back({"database name", CheckResult::warn,
                      fmt::format("it holds no order and no saga, and the server also has '{}'", server.similar),
                      "if that one is meant, correct --database or DATABASE_NAME"});
}

void inspect_clock(const PostgresDiagnosis& server, DoctorFindings& findings) {
  const ClockDifference clock = clock_difference(server.server_time, server.asked, server.answered, 0);
  if (clock.certain_ms() > clock_difference_warn_ms)
    findings.push_back({"database clock", CheckResult::warn, clock.text(),
                        "leases and times use the database's clock; run a time service on both machines"});
  else
    findings.push_back({"database clock", CheckResult::ok, clock.text()});
}

void inspect_server(const PostgresDiagnosis& server, DoctorFindings& findings) {
  if (server.only_reads)
    findings.push_back({"database role", CheckResult::fail, "the server is a read-only standby", "use the primary"});
  if (!server.rights_missing.empty())
    findings.push_back({"database rights", CheckResult::fail,
                        fmt::format("missing: {}", fmt::join(server.rights_missing, ", ")),
                        "GRANT them, see docs/postgres.md"});
  else
    findings.push_back({"database rights", CheckResult::ok, "all that a node needs"});
  if (!server.settings_unsafe.empty())
    findings.push_back({"database durability", CheckResult::warn,
                        fmt::format("{}", fmt::join(server.settings_unsafe, ", ")),
                        "acknowledged orders may be lost when the server fails: switch them on"});
  const std::string used = fmt::format("{} of {} connections in use", server.connections, server.connections_max);
  if (static_cast<double>(server.connections) > connections_warn_share * static_cast<double>(server.connections_max))
    findings.push_back({"database connections", CheckResult::warn, used, "raise max_connections"});
  else
    findings.push_back({"database connections", CheckResult::ok, used});
  for (const std::string& node : server.ids_twice)
    findings.push_back({"node id " + node, CheckResult::fail, "used by two processes at the same time",
                        "give each process its own id with --node-id (NODE_ID)"});
}

// Every host of the URL must be able to take over.
void inspect_hosts(const DatabaseName& database, DoctorFindings& findings) {
  const auto hosts = diagnose_postgres_hosts(database.name);
  if (!hosts || hosts->size() < 2) return;
  for (const PostgresHost& host : *hosts) {
    if (host.opened)
      findings.push_back({"database host " + host.shown, CheckResult::ok, "accepts connections"});
    else
      findings.push_back({"database host " + host.shown, CheckResult::warn, host.opened.error().message,
                          "nodes cannot fail over to it: start it, or remove it from the URL"});
  }
}

}  // namespace

void inspect_postgres(const DatabaseName& database, DoctorFindings& findings) {
  inspect_hosts(database, findings);
  const auto server = diagnose_postgres(database.name, wall_clock_now);
  if (!server) {
    findings.push_back({"database", CheckResult::fail, server.error().message});
    return;
  }
  findings.push_back(
      {"database", CheckResult::ok, fmt::format("{}, PostgreSQL {}", database.shown, server->server_version)});
  inspect_name(*server, findings);
  inspect_schema(database, findings);
  inspect_server(*server, findings);
  inspect_clock(*server, findings);
}

}  // namespace sagactl
