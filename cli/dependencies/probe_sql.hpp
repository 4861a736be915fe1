// How a rehearsal counts by SQL what participants have in effect: --probe-sql.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "cli/dependencies/database.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

class SqlProbes {
 public:
  // "hotel=hotel.db SELECT count(*) FROM bookings WHERE saga = :saga": a participant, an SQLite file or a postgres://
  // or mysql:// URL, and a query with one row, whose first column is a number. `:saga` is the saga's id.
  Result<void> add(const std::string& text);
  // `invalid` when it names another participant than those of the definition.
  Result<void> check(const Invocation& invocation, const SagaDefinition& definition);

  bool has(const std::string& participant) const { return probes_.contains(participant); }
  // Precondition: has(). Blocks; any thread.
  Result<std::int64_t> count(const std::string& participant, SagaId saga) const;

 private:
  struct Probe {
    DatabaseName database;
    std::string sql;
  };
  std::map<std::string, Probe> probes_;  // by participant
};

}  // namespace sagactl
