// Where the workers of a load test leave their ledger entries: the first ones stay in memory, further ones go
// to a file that has no name and is gone with the process. At the end all are brought into order.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/nameless_file.hpp"
#include "loadgen/ledger_entries.hpp"

namespace sagactl {

// A piece that cannot be written to the file, for want of room, stays in memory.
class EntryStore {
 public:
  using Piece = std::vector<LedgerEntry>;
  static constexpr std::size_t piece_size = 16 * 1024;

  // `in_memory_max` entries are kept in memory; the file is made in `directory`.
  EntryStore(std::string directory, std::size_t in_memory_max);
  ~EntryStore();
  EntryStore(const EntryStore&) = delete;
  EntryStore& operator=(const EntryStore&) = delete;

  // From any thread. An empty piece with room for piece_size entries.
  Piece empty_piece();
  // Waits when the file falls far behind: then the load is late, and its lateness says so.
  void add(Piece piece);

  // All entries by operation. When no thread adds any more.
  LedgerEntries take();

 private:
  struct Block {  // a piece in the file, sorted
    std::size_t first = 0, count = 0;
  };
  static constexpr std::size_t waiting_max = 16;  // pieces on their way to the file

  void write_pieces();
  bool write(const Piece& piece);
  void stop_writing();
  LedgerEntries merge();

  const std::string directory_;
  const std::size_t in_memory_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Piece> kept_;
  std::size_t kept_entries_ = 0;
  std::deque<Piece> waiting_;
  std::vector<Piece> spare_;
  bool stopping_ = false;
  std::thread writer_;
  std::optional<NamelessFile> file_;
  std::vector<Block> blocks_;   // of the writer while it runs
  std::size_t written_ = 0;     // entries
};

}  // namespace sagactl
