// The hosts of an address. Each has a time limit of its own, so that a host that accepts connections and never answers
// does not use up the time of the others.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "server/adapters/postgres/connection/address.hpp"

namespace sagactl::postgres {

struct CandidateHost {
  PostgresAddress address;  // of this host alone
  std::string name;         // for messages: "db-1:5432", "db-1 (10.0.0.1):5432" or "/run/postgresql"
  bool timed_out_recently = false;
};

// In the order in which they are to be tried: as listed, or shuffled with load_balance_hosts=random; a name with
// several addresses is one host for each; hosts that timed out recently come last. Never empty. Resolves names, which
// may wait for the system's resolver.
std::vector<CandidateHost> candidate_hosts(const PostgresAddress& address);

// The host did not answer in time: for half a minute the others are tried first.
void note_timeout(const CandidateHost& host);

// How long each of `count` hosts may take to open a session: the address's connect_timeout, or a few seconds.
std::chrono::milliseconds connect_timeout_of(const PostgresAddress& address, std::size_t count);

}  // namespace sagactl::postgres
