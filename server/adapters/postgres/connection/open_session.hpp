// Opens a session of a PostgreSQL server: with the same hosts, TLS, time limits, keep-alives and classification of
// errors for the pipelined connections and for those of libpqxx.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/sql/database_failure.hpp"

struct pg_conn;

namespace sagactl::postgres {

using ServerSettings = std::vector<std::pair<std::string, std::string>>;

struct ConnectOptions {
  std::string purpose;             // for pg_stat_activity, as in "sagactl reader"
  ServerSettings server_settings;  // names and values, of this session alone
};

struct CloseSession {
  void operator()(pg_conn* session) const;
};
using OpenSession = std::unique_ptr<pg_conn, CloseSession>;

// Tries the candidate hosts one by one, each within its own time limit; a host that cannot be used now gives way to the
// next. The session is libpq's, in blocking mode. Throws a DatabaseFailure that names each host with what happened
// there; also where a pooler gives each transaction another session of the server, which holds no lock for a node.
OpenSession open_session(const PostgresAddress& address, const ConnectOptions& options);

// A message of libpq in one line.
std::string one_line(std::string message);

}  // namespace sagactl::postgres
