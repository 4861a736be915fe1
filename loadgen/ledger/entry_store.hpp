// Where the workers of a load test leave their ledger entries: the first ones stay in memory, further ones go
// to a file that has no name and is gone with the process. At the end all are brought into order.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/records/record_sorter.hpp"
#include "loadgen/ledger/ledger_entries.hpp"

namespace sagactl {

// What cannot be written to the file, for want of room, stays in memory.
class EntryStore {
 public:
  using Piece = std::vector<LedgerEntry>;
  static constexpr std::size_t piece_size = 16 * 1024;

  explicit EntryStore(Scratch scratch);
  ~EntryStore();
  EntryStore(const EntryStore&) = delete;
  EntryStore& operator=(const EntryStore&) = delete;

  // From any thread. An empty piece with room for piece_size entries.
  Piece empty_piece();
  // Waits when the file falls far behind: then the load is late, and its lateness says so.
  void add(Piece piece);

  // For ids that an entry has no room for. From any thread.
  LongNames& names() { return *names_; }

  // All entries by operation. When no thread adds any more.
  LedgerEntries take();

 private:
  static constexpr std::size_t waiting_max = 16;  // pieces on their way to the sorter

  void sort_pieces();
  void stop_sorting();

  const Scratch scratch_;
  const std::shared_ptr<LongNames> names_ = std::make_shared<LongNames>();
  RecordSorter<LedgerEntry> sorter_;  // the thread's while it runs
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> waiting_;
  std::vector<Piece> spare_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl
