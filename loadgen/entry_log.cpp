#include "loadgen/entry_log.hpp"

namespace sagactl {
namespace {

constexpr std::size_t piece_size = 16 * 1024;

// One writer, so no read-modify-write is needed.
void add_one(std::atomic<std::uint64_t>& counter) {
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

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
  if (pieces_.empty() || pieces_.back().size() == piece_size) {
    pieces_.emplace_back();
    pieces_.back().reserve(piece_size);
  }
  pieces_.back().push_back(entry);
  if (entry.outcome == RequestOutcome::accepted) {
    add_one(accepted_);
  } else if (entry.outcome == RequestOutcome::duplicate) {
    add_one(duplicates_);
  } else {
    add_one(errors_);
  }
}

void EntryLog::move_to(std::vector<LedgerEntry>& ledger) {
  for (auto& piece : pieces_) {
    ledger.insert(ledger.end(), piece.begin(), piece.end());
    std::vector<LedgerEntry>().swap(piece);
  }
  pieces_.clear();
}

EntryLog::Counts EntryLog::counts() const {
  return {sent_.load(std::memory_order_relaxed), accepted_.load(std::memory_order_relaxed),
          duplicates_.load(std::memory_order_relaxed), errors_.load(std::memory_order_relaxed)};
}

}  // namespace sagactl
