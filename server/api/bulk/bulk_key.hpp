// The header Idempotency-Key of requests that begin a bulk job. Under one key and user one job is begun, for as long as
// the job is kept.
#pragma once

#include <optional>
#include <string>

#include "server/api/bulk/bulk_job.hpp"
#include "server/ports/records.hpp"

namespace sagactl::api {

// Of the records of keys.
inline constexpr const char* bulk_key_kind = "bulk-key";

// The id of the job that is begun under the key, which may not be stored yet; nothing when the key is free, as it is
// again when its job is older than `oldest_kept`, an id. `invalid` with "code":"IDEMPOTENCY_KEY_REUSED" when the
// earlier request asked for something else.
Result<std::optional<std::string>> find_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key,
                                                 const std::string& oldest_kept);

// The same; and a key that is free is this job's now.
Result<std::optional<std::string>> claim_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key,
                                                  const std::string& oldest_kept);

// Forgets the keys of jobs that are older than `oldest_kept`.
Result<void> forget_bulk_keys(RecordStore& records, const std::string& oldest_kept);

}  // namespace sagactl::api
