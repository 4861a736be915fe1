#include "server/api/bulk/keep_bulk_job.hpp"

#include <fmt/format.h>

#include "server/api/bulk/bulk_key.hpp"
#include "server/api/newest_records.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t jobs_forgotten_max = 10'000;

// The id among those that run comes first: a job that is stored is run. It comes again after the job, since a runner
// takes away an id whose job it has not found for long, such as one that a node left behind when it died.
Result<KeptBulkJob> add_job(RecordStore& records, const BulkJob& job) {
  const auto open = [&] { return records.add_record(bulk_open_kind, job.id, "{}"); };
  if (const auto opened = open(); !opened) return opened.error();
  const auto added = records.add_record(bulk_kind, job.id, bulk_job_text(job));
  if (!added) return added.error();
  if (const auto opened = open(); !opened) return opened.error();
  auto record = records.record(bulk_kind, job.id);
  if (!record) return record.error();
  if (!*record) return Error{ErrorCode::unavailable, "the job could not be stored; try again"};
  return KeptBulkJob{std::move(**record), *added};
}

// Jobs that are too old are forgotten with their results and keys, but for those that are newer than one that runs.
Result<void> forget_old_jobs(RecordStore& records, const std::string& oldest_running) {
  const auto oldest = oldest_kept(records, bulk_kind, kept_jobs_max, oldest_running);
  if (!oldest) return oldest.error();
  const auto removed = keep_newest_records(records, bulk_kind, kept_jobs_max, {bulk_kind, bulk_result_kind},
                                           jobs_forgotten_max, oldest_running);
  return removed ? forget_bulk_keys(records, *oldest) : removed;
}

}  // namespace

Result<KeptBulkJob> keep_bulk_job(RecordStore& records, BulkJob job, const std::string& key) {
  RecordRange open;
  open.limit = open_jobs_max;
  const auto running = records.records(bulk_open_kind, open);
  if (!running) return running.error();
  const bool is_full = running->size() >= open_jobs_max;
  const std::string oldest_running = running->empty() ? job.id : running->front().id;
  if (!key.empty()) {
    const auto oldest = oldest_kept(records, bulk_kind, kept_jobs_max, oldest_running);
    if (!oldest) return oldest.error();
    // What is refused takes no key: another request with the same key may have begun its job meanwhile.
    auto earlier = is_full ? find_bulk_key(records, job, key, *oldest) : claim_bulk_key(records, job, key, *oldest);
    if (!earlier) return earlier.error();
    if (*earlier) {
      job.id = std::move(**earlier);
      auto stored = records.record(bulk_kind, job.id);
      if (!stored) return stored.error();
      if (*stored) return KeptBulkJob{std::move(**stored), false};
    }
  }
  if (is_full)
    return Error{ErrorCode::conflict,
                 fmt::format("{} bulk jobs run already; wait for one, or stop one", open_jobs_max)};
  auto kept = add_job(records, job);
  if (!kept) return kept;
  if (const auto forgotten = forget_old_jobs(records, oldest_running); !forgotten) return forgotten.error();
  return kept;
}

}  // namespace sagactl::api
