// Checkpoints the write-ahead log on a thread of its own, so that commits do not wait for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/adapters/sqlite/file/paced_file.hpp"

namespace sagactl::sqlite {

// When the log has grown long it is copied into the database while commits continue, a few pages at a time, and in
// rounds, each of which has fewer new pages to copy. The last few pages are copied while `writer_mutex` is held, after
// which the writer restarts the log. That checkpoints are rare matters as much as that they run aside: a page that many
// commits changed is copied once.
class Checkpointer {
 public:
  // Watches the log of `writer`, which must outlive this. Throws a DatabaseFailure.
  Checkpointer(const std::string& path, SqliteConnection& writer, std::mutex& writer_mutex);
  ~Checkpointer();  // copies the rest

 private:
  void on_commit(int log_pages);  // on the writer's thread
  void run();
  int copy();  // returns how many pages of the log have been copied in total

  SqliteConnection connection_;
  PacedFile file_;
  SqliteConnection& writer_;
  std::mutex& writer_mutex_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> log_pages_ = 0;
  bool is_due_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl::sqlite
