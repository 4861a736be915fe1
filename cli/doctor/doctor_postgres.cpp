// A PostgreSQL server: does it let us in, may we do what a node does, is its schema this build's, does its clock agree
// with ours, and is every node there only once?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "cli/doctor/finding.hpp"
#include "server/adapters/postgres/postgres_examination.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"

namespace sagactl {
namespace {

constexpr double connections_warn_share = 0.8;

void examine_schema(const DatabaseName& database, DoctorFindings& findings) {
  const auto migrations = postgres_migrations(database.name);
  if (!migrations) {
    findings.push_back({"schema", CheckResult::fail, migrations.error().message, "name another database"});
    return;
  }
  const auto missing =
      std::count_if(migrations->begin(), migrations->end(), [](const auto& each) { return !each.applied; });
  if (missing > 0)
    findings.push_back({"schema", CheckResult::warn, fmt::format("{} migrations are missing", missing),
                        "`sagactl migrate`, or `sagactl serve`, which does it too"});
  else
    findings.push_back({"schema", CheckResult::ok, fmt::format("{} migrations, up to date", migrations->size())});
}

void examine_clock(const PostgresExamination& server, DoctorFindings& findings) {
  const Timestamp ours = server.asked + (server.answered - server.asked) / 2;
  const double skew_ms = static_cast<double>((server.server_time - ours).count()) / 1000;
  const double doubt_ms = static_cast<double>((server.answered - server.asked).count()) / 2000;
  const std::string found =
      fmt::format("{:+.1f} ms against this machine, give or take {:.1f} ms", skew_ms, doubt_ms);
  if (std::abs(skew_ms) - doubt_ms > skew_warn_ms)
    findings.push_back({"database clock", CheckResult::warn, found,
                        "leases and times come from the database's clock; run a time service on both"});
  else
    findings.push_back({"database clock", CheckResult::ok, found});
}

void examine_server(const PostgresExamination& server, DoctorFindings& findings) {
  if (server.only_reads)
    findings.push_back({"database role", CheckResult::fail, "the server is a standby and only reads", "name the primary"});
  if (!server.rights_missing.empty())
    findings.push_back({"database rights", CheckResult::fail,
                        fmt::format("missing: {}", fmt::join(server.rights_missing, ", ")),
                        "GRANT them, as docs/postgres.md says"});
  else
    findings.push_back({"database rights", CheckResult::ok, "all that a node needs"});
  if (!server.settings_unsafe.empty())
    findings.push_back({"database durability", CheckResult::warn,
                        fmt::format("{}", fmt::join(server.settings_unsafe, ", ")),
                        "what was acknowledged may be lost with the server: switch them on"});
  const std::string used = fmt::format("{} of {} connections in use", server.connections, server.connections_max);
  if (static_cast<double>(server.connections) > connections_warn_share * static_cast<double>(server.connections_max))
    findings.push_back({"database connections", CheckResult::warn, used, "raise max_connections"});
  else
    findings.push_back({"database connections", CheckResult::ok, used});
  for (const std::string& node : server.ids_twice)
    findings.push_back({"node id " + node, CheckResult::fail, "two processes use it at once",
                        "give each its own with --node-id (NODE_ID)"});
}

// Of several hosts each has to answer when it is its turn.
void examine_hosts(const DatabaseName& database, DoctorFindings& findings) {
  const auto hosts = examine_postgres_hosts(database.name);
  if (!hosts || hosts->size() < 2) return;
  for (const PostgresHost& host : *hosts) {
    if (host.opened)
      findings.push_back({"database host " + host.shown, CheckResult::ok, "answers and lets us in"});
    else
      findings.push_back({"database host " + host.shown, CheckResult::warn, host.opened.error().message,
                          "nodes have nowhere to go when the others fail: bring it back, or take it out of the URL"});
  }
}

}  // namespace

void examine_postgres(const DatabaseName& database, DoctorFindings& findings) {
  examine_hosts(database, findings);
  const auto server = examine_postgres_server(database.name, wall_clock_now);
  if (!server) {
    findings.push_back({"database", CheckResult::fail, server.error().message});
    return;
  }
  findings.push_back({"database", CheckResult::ok, fmt::format("{}, PostgreSQL {}", database.shown, server->server_version)});
  examine_schema(database, findings);
  examine_server(*server, findings);
  examine_clock(*server, findings);
}

}  // namespace sagactl
