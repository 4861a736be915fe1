// The header Idempotency-Key of requests that begin a bulk job. Under one key and user one job is begun, for as long as
// the job is kept.
#pragma once

#include <string>

#include "server/api/bulk/bulk_job.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

// Of the records of keys.
inline constexpr const char* bulk_key_kind = "bulk-key";

struct ClaimedKey {
  std::string job;      // the id of the job that is begun under the key
  bool is_new = false;  // that is the job that was asked for
};

// Gives the key to this job, unless an earlier request has given it to another, which may not be stored yet: that one
// is meant then. `invalid` with "code":"IDEMPOTENCY_KEY_REUSED" when that request asked for something else. A key whose
// job is older than `oldest_kept`, an id, is free again.
Result<ClaimedKey> claim_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key,
                                  const std::string& oldest_kept);

Result<void> release_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key);

// Forgets the keys of jobs that are older than `oldest_kept`.
Result<void> forget_bulk_keys(RecordStore& records, const std::string& oldest_kept);

}  // namespace sagactl::api
