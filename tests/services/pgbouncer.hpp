// A PgBouncer of a test's own before a PostgreSQL server of the test's own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/services/needs.hpp"
#include "tests/services/postgres_server.hpp"

namespace sagactl {

class PgBouncer {
 public:
  // `mode`: session, transaction or statement. Everything else as in its default settings, but for `settings`, lines of
  // its section [pgbouncer]. Returns when it answers.
  PgBouncer(const PostgresServer& server, const std::string& mode, const std::string& settings = {});
  ~PgBouncer();
  PgBouncer(const PgBouncer&) = delete;

  static bool is_installed();

  std::string url(const std::string& database = "postgres") const;
  // The database postgres is from now on that of another server, as after RELOAD: for new sessions of clients, and for
  // those that have none of the server.
  void lead_to(const PostgresServer& server);

 private:
  void write_configuration(const PostgresServer& server) const;

  std::string folder_, settings_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace sagactl

#define NEEDS_PGBOUNCER() SAGACTL_NEEDS_PROGRAM(sagactl::PgBouncer::is_installed(), "PgBouncer")
