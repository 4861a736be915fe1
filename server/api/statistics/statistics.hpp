// What the dashboard shows of all sagas: counts, why they failed, what was undone, and the last hour by minutes. Cheap
// with a million sagas: counts are kept as sagas change, failures are looked for among the newest ones.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "common/result.hpp"
#include "common/steady_time.hpp"
#include "common/text/json.hpp"
#include "server/api/statistics/minute_counts.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

inline constexpr std::int64_t failures_looked_at = 2'000;
inline constexpr std::size_t failure_patterns_shown = 50;

// Of one definition, or of all when it is empty. `now` is the node's time. Blocks on the database.
Result<Json> read_statistics(Queries& queries, MinuteCounts& minute_counts, const std::string& definition,
                             Timestamp now);

// The statistics that were read last, so that many pages cost no more than one. Any thread.
class StatisticsCache {
 public:
  static constexpr Duration valid_for = 2s;

  // Null: none that is new enough.
  Json find(const std::string& definition, SteadyTime now) const;
  void put(const std::string& definition, Json statistics, SteadyTime read_at);

 private:
  static constexpr std::size_t size_max = 100;

  struct Entry {
    Json statistics;
    SteadyTime read_at;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace sagactl::api
