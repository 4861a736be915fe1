#include "loadgen/ledger/entry_log.hpp"

#include <algorithm>

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

// There is one writer, so no atomic read-modify-write is needed.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
  counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

void add_one(std::atomic<std::uint64_t>& counter) {
  add(counter, 1);
}

}  // namespace

EntryLog::EntryLog(std::int64_t epoch_offset_ns, std::size_t targets, EntryStore& store)
    : epoch_offset_ns_(epoch_offset_ns), store_(&store), chunk_(store.empty_chunk()), by_target_(targets) {}

Timestamp EntryLog::epoch(std::int64_t ns) const {
  return ns == 0 ? Timestamp{} : Timestamp{(ns + epoch_offset_ns_) / 1000};
}

void EntryLog::count_sent() {
  add_one(sent_);
}

void EntryLog::keep(LedgerEntry& entry, const RequestTimes& times) {
  entry.planned = epoch(times.planned_ns);
  entry.sent = epoch(times.sent_ns);
  entry.first_byte = epoch(times.first_byte_ns);
  entry.done = epoch(times.done_ns);
  chunk_.push_back(entry);
  if (chunk_.size() == EntryStore::chunk_size) {
    store_->add(std::move(chunk_));
    chunk_ = store_->empty_chunk();
  }
  if (entry.http_status != 0) add_one(by_target_[entry.target]);
  // A message has no status, and is no missing answer.
  const bool is_message = entry.http_status == 0 && entry.outcome == RequestOutcome::accepted;
  if (entry.http_status < by_status_.size() && !is_message) add_one(by_status_[entry.http_status]);
  if (times.sent_ns != 0) {
    const Duration response = entry.response_time();
    times_.record(response);
    add(response_us_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, response.count())));
  }
  if (entry.outcome == RequestOutcome::accepted) {
    add_one(accepted_);
    if (AcceptedSample* sample = store_->sample()) sample->offer(entry);
  } else if (entry.outcome == RequestOutcome::duplicate) {
    add_one(duplicates_);
  } else if (counts_as_error(entry)) {
    add_one(errors_);
  }
}

void EntryLog::flush() {
  if (chunk_.empty()) return;
  store_->add(std::move(chunk_));
  chunk_ = store_->empty_chunk();
}

void EntryLog::add_to(EntryCounts& counts) const {
  counts.sent += sent_.load(std::memory_order_relaxed);
  counts.accepted += accepted_.load(std::memory_order_relaxed);
  counts.duplicates += duplicates_.load(std::memory_order_relaxed);
  counts.errors += errors_.load(std::memory_order_relaxed);
  counts.by_target.resize(by_target_.size());
  for (std::size_t i = 0; i < by_target_.size(); ++i)
    counts.by_target[i] += by_target_[i].load(std::memory_order_relaxed);
  counts.statuses.resize(by_status_.size());
  for (std::size_t i = 0; i < by_status_.size(); ++i)
    counts.statuses[i] += by_status_[i].load(std::memory_order_relaxed);
  counts.response_us += response_us_.load(std::memory_order_relaxed);
  times_.add_to(counts.response);
}

}  // namespace sagactl
