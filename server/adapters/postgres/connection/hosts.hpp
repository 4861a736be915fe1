// The hosts of an address, one by one: each gets a time of its own to answer, so that one which takes connections and is
// silent hides none of the others.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "server/adapters/postgres/connection/address.hpp"

namespace sagactl::postgres {

struct CandidateHost {
  PostgresAddress address;   // of this one alone
  std::string name;  // "db-1:5432", "db-1 (10.0.0.1):5432" or "/run/postgresql": for messages
  bool timed_out_recently = false;  // a short while ago
};

// In the order in which they are to be tried: as they are written, or at random where load_balance_hosts says so; a name
// with several addresses is one host for each; those that were silent a short while ago come last.
// Never empty. Resolves names, which may wait for the system's resolver.
std::vector<CandidateHost> candidate_hosts(const PostgresAddress& address);

// That one did not answer in time: for half a minute the others are tried first.
void note_timeout(const CandidateHost& host);

// How long each of `count` hosts may take to open a session: connect_timeout where the address has one, or some seconds.
std::chrono::milliseconds connect_timeout_of(const PostgresAddress& address, std::size_t count);

}  // namespace sagactl::postgres
