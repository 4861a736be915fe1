// What `sagactl doctor` asks a PostgreSQL server.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl {

struct PostgresDiagnosis {
  std::string server_version;  // "15.8"
  bool only_reads = false;     // a standby
  Timestamp asked, server_time, answered;  // the machine's clock, the server's, the machine's
  std::int64_t connections = 0, connections_max = 0;  // of the whole server
  std::vector<std::string> rights_missing;            // "INSERT on flow"
  std::vector<std::string> settings_unsafe;           // "fsync = off": what was acknowledged may be lost
  std::vector<std::string> ids_twice;                 // nodes whose id a second process tries to take
};

// `now` reads the machine's clock.
Result<PostgresDiagnosis> diagnose_postgres(const std::string& url, const std::function<Timestamp()>& now);

// One of the hosts of a URL, and whether it lets us in.
struct PostgresHost {
  std::string shown;  // "db1:5432"
  Result<void> opened;
};
Result<std::vector<PostgresHost>> diagnose_postgres_hosts(const std::string& url);

}  // namespace sagactl
