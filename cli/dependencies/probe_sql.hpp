// How a rehearsal counts by SQL what participants have in effect: --probe-sql.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/dependencies/database.hpp"
#include "server/saga/saga.hpp"

namespace sagactl {

// As it is given: a participant, an SQLite file or a postgres:// or mysql:// URL, and a query with one row, whose first
// column is a number. `:saga` is the saga's id.
struct SqlProbeText {
  std::string participant, database, sql;
};

// "hotel=hotel.db SELECT count(*) FROM bookings WHERE saga = :saga"
Result<SqlProbeText> parse_sql_probe(const std::string& text);

class SqlProbes {
 public:
  // The last of a participant counts. `invalid` when one is of another participant than those of the definition.
  static Result<SqlProbes> of(const Invocation& invocation, const std::vector<SqlProbeText>& texts,
                              const SagaDefinition& definition);

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
