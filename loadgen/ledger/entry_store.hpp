// Takes the ledger entries of the workers: the first ones stay in memory, more go to an anonymous temporary file. At
// the end all are sorted by operation, and those of one operation by time.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/records/record_sorter.hpp"
#include "loadgen/ledger/accepted_sample.hpp"
#include "loadgen/ledger/entry_tap.hpp"
#include "loadgen/ledger/ledger_entries.hpp"

namespace sagactl {

using EntryChunk = std::vector<LedgerEntry>;

// What does not fit on the disk stays in memory.
class EntryStore {
 public:
  static constexpr std::size_t chunk_size = 16 * 1024;

  explicit EntryStore(Scratch scratch);
  ~EntryStore();
  EntryStore(const EntryStore&) = delete;
  EntryStore& operator=(const EntryStore&) = delete;

  // Thread-safe. An empty chunk with room for chunk_size entries.
  EntryChunk empty_chunk();
  // Blocks when the file falls far behind; the lateness of the load shows it.
  void add(EntryChunk chunk);

  // For ids that are too long for an entry. Thread-safe.
  LongNames& names() { return *names_; }

  // Before entries are added: null by default.
  void set_sample(std::shared_ptr<AcceptedSample> sample) { sample_ = std::move(sample); }
  AcceptedSample* sample() const { return sample_.get(); }

  // Before entries are added: is given them all, and the store keeps none. Null by default.
  void set_tap(std::shared_ptr<EntryTap> tap) { tap_ = std::move(tap); }
  bool has_tap() const { return tap_ != nullptr; }

  // All entries, by operation. Only when no thread adds any more.
  LedgerEntries take();

 private:
  static constexpr std::size_t waiting_max = 16;  // chunks on their way to the sorter

  void sort_chunks();
  void stop_sorting();

  const Scratch scratch_;
  std::shared_ptr<AcceptedSample> sample_;
  std::shared_ptr<EntryTap> tap_;
  const std::shared_ptr<LongNames> names_ = std::make_shared<LongNames>();
  RecordSorter<LedgerEntry> sorter_;  // used by the thread while it runs
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<EntryChunk> waiting_;
  std::vector<EntryChunk> spare_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl
