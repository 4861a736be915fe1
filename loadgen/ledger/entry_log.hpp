// Collects the ledger entries of one worker, and counts them for the progress display.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <vector>

#include "loadgen/ledger/entry_store.hpp"
#include "loadgen/ledger/live_histogram.hpp"

namespace sagactl {

// When the parts of a request happened, by steady_ns(); 0: did not happen.
struct RequestTimes {
  std::int64_t planned_ns = 0;
  std::int64_t sent_ns = 0;
  std::int64_t first_byte_ns = 0;
  std::int64_t done_ns = 0;
};

// What the entries of one or several logs add up to.
struct EntryCounts {
  std::uint64_t sent = 0, accepted = 0, duplicates = 0, errors = 0;
  std::vector<std::uint64_t> by_target;  // answered
  std::vector<std::uint64_t> statuses;   // by HTTP status; [0]: without an answer
  std::uint64_t response_us = 0;         // the sum of the response times
  LiveHistogramCounts response{};
};

// Written by one thread; the counts may be read by any.
class EntryLog {
 public:
  // `epoch_offset_ns`: from steady_ns() to the time since 1970. The store outlives this.
  EntryLog(std::int64_t epoch_offset_ns, std::size_t targets, EntryStore& store);

  void count_sent();
  // Completes `entry` with its times and keeps a copy. Allocates only once per chunk.
  void keep(LedgerEntry& entry, const RequestTimes& times);
  void flush();  // hands what is kept to the store

  void add_to(EntryCounts& counts) const;

 private:
  static constexpr std::size_t statuses_max = 600;
  Timestamp epoch(std::int64_t ns) const;

  std::int64_t epoch_offset_ns_;
  EntryStore* store_;
  EntryChunk chunk_;
  std::atomic<std::uint64_t> sent_{0}, accepted_{0}, duplicates_{0}, errors_{0};
  std::vector<std::atomic<std::uint64_t>> by_target_;
  std::array<std::atomic<std::uint64_t>, statuses_max> by_status_{};
  std::atomic<std::uint64_t> response_us_{0};
  LiveHistogram times_;
};

}  // namespace sagactl
