// Copies the write-ahead log back into the database on a thread of its own, so that commits do not wait for
// it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "server/adapters/sqlite/file/paced_file.hpp"

namespace sagactl::sqlite {

// When the log has grown long it is copied beside the commits that go on, a few pages at a time, and in rounds: what
// they add meanwhile is less each time. The few pages that are left at last are copied while `writer_mutex` is held,
// after which the writer begins the log anew. Copying rarely matters as much as copying aside: a page that many commits
// changed is copied once.
class Checkpointer {
 public:
  // Watches the log of `writer`, which must outlive this. Throws a sql::DatabaseFailure.
  Checkpointer(const std::string& path, SqliteConnection& writer, std::mutex& writer_mutex);
  ~Checkpointer();  // copies what is left

 private:
  void grown(int log_pages);  // after a commit, on the writer's thread
  void run();
  int copy();  // the pages of the log that have been copied, in all

  SqliteConnection connection_;
  PacedFile file_;
  SqliteConnection& writer_;
  std::mutex& writer_mutex_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<int> log_pages_ = 0;
  bool long_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sagactl::sqlite
