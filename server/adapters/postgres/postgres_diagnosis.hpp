// What `sagactl doctor` reads from a PostgreSQL server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct PostgresDiagnosis {
  std::string server_version;                         // "15.8"
  bool only_reads = false;                            // it is a standby
  Timestamp asked, server_time, answered;             // by the machine's clock, the server's, and the machine's again
  std::int64_t connections = 0, connections_max = 0;  // of the whole server
  std::vector<std::string> rights_missing;            // "INSERT on flow"
  std::vector<std::string> settings_unsafe;           // "fsync = off": acknowledged commits may be lost
  std::vector<std::string> ids_twice;                 // nodes whose id a second process tries to use
  bool is_empty = false;                              // it holds no order and no saga
  std::string similar;                                // the server's database whose name is most like its own; "": none
};

// `now` reads the machine's clock.
Result<PostgresDiagnosis> diagnose_postgres(const std::string& url, const std::function<Timestamp()>& now);

// One of the hosts of a URL, and whether it accepts a session.
struct PostgresHost {
  std::string shown;  // "db1:5432"
  Result<void> opened;
};
Result<std::vector<PostgresHost>> diagnose_postgres_hosts(const std::string& url);

}  // namespace sagactl
