// Stores bulk jobs that are begun, and forgets the oldest.
#pragma once

#include <cstddef>
#include <string>

#include "server/api/bulk/bulk_job.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

inline constexpr std::size_t kept_jobs_max = 100;  // the newest jobs; and those that run
inline constexpr std::size_t open_jobs_max = 10;   // that run, or wait to

struct KeptBulkJob {
  StoredRecord record;
  bool is_new = true;  // false: an earlier request with the same Idempotency-Key has begun it
};

// Stores the job, which a runner then finds; or finds the one that was begun under `key`, the Idempotency-Key, which is
// empty without one. `conflict` when too many run; `invalid` as find_bulk_key().
Result<KeptBulkJob> keep_bulk_job(RecordStore& records, BulkJob job, const std::string& key);

}  // namespace sagactl::api
