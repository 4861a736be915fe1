#include "server/api/bulk/bulk_key.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"

namespace sagactl::api {
namespace {

constexpr int claim_tries = 5;
constexpr std::size_t keys_looked_at = 1'000;

// Any text becomes an id.
std::string bulk_key_id(const BulkJob& job, const std::string& key) {
  return fmt::format("{}/{}", job.by.text(), hex(sha256(key)));
}

// Of what was asked for, as a job has it.
std::string digest_of_request(const BulkJob& job) {
  const Json asked =
      Json::array({to_string(job.action), job.filter, job.reason, job.step, job.recharge, job.rate, job.at_most});
  return hex(sha256(json_text(asked)));
}

std::string job_of_key(const StoredRecord& record) {
  return read_json(record.body).value("job", "");
}

Error bulk_key_reused(const std::string& key, const std::string& job) {
  return Error{ErrorCode::invalid, fmt::format("another bulk job was begun under the Idempotency-Key '{}'", key),
               Json{{"code", "IDEMPOTENCY_KEY_REUSED"}, {"id", job}}};
}

// The job of a key in use, which must be that of the same request.
Result<std::optional<std::string>> same_request(const StoredRecord& stored, const BulkJob& job,
                                                const std::string& key) {
  std::string earlier = job_of_key(stored);
  if (read_json(stored.body).value("digest", "") != digest_of_request(job)) return bulk_key_reused(key, earlier);
  return std::optional(std::move(earlier));
}

}  // namespace

Result<std::optional<std::string>> find_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key,
                                                 const std::string& oldest_kept) {
  const auto stored = records.record(bulk_key_kind, bulk_key_id(job, key));
  if (!stored) return stored.error();
  if (!*stored || job_of_key(**stored) < oldest_kept) return std::optional<std::string>();
  return same_request(**stored, job, key);
}

Result<std::optional<std::string>> claim_bulk_key(RecordStore& records, const BulkJob& job, const std::string& key,
                                                  const std::string& oldest_kept) {
  const std::string id = bulk_key_id(job, key);
  const std::string body = json_text(Json{{"job", job.id}, {"digest", digest_of_request(job)}});
  for (int i = 0; i < claim_tries; ++i) {
    const auto added = records.add_record(bulk_key_kind, id, body);
    if (!added) return added.error();
    if (*added) return std::optional<std::string>();
    const auto stored = records.record(bulk_key_kind, id);
    if (!stored) return stored.error();
    if (!*stored) continue;
    if (job_of_key(**stored) >= oldest_kept) return same_request(**stored, job, key);
    const auto taken = records.replace_record(bulk_key_kind, id, (*stored)->version, body);
    if (!taken) return taken.error();
    if (*taken) return std::optional<std::string>();
  }
  return Error{ErrorCode::busy, "other requests with this Idempotency-Key are being processed; try again"};
}

Result<void> forget_bulk_keys(RecordStore& records, const std::string& oldest_kept) {
  RecordRange range;
  range.limit = keys_looked_at;
  const auto keys = records.records(bulk_key_kind, range);
  if (!keys) return keys.error();
  for (const StoredRecord& key : *keys)
    if (job_of_key(key) < oldest_kept)
      if (const auto removed = records.remove_record(bulk_key_kind, key.id); !removed) return removed.error();
  return {};
}

}  // namespace sagactl::api
