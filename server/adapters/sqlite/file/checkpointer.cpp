#include "server/adapters/sqlite/file/checkpointer.hpp"

#include <sqlite3.h>

namespace sagactl::sqlite {
namespace {

constexpr int checkpoint_pages = 10'000;  // 40 MiB of log
constexpr int last_pages = 300;           // at most, that are copied while the writer waits
constexpr int rounds_max = 4;             // of copying while the writer commits, each shorter than the one before

}  // namespace

Checkpointer::Checkpointer(const std::string& path, SqliteConnection& writer, std::mutex& writer_mutex)
    : connection_(path, SqliteConnection::Settings{FileAccess::write, 1024}),
      file_(connection_),
      writer_(writer),
      writer_mutex_(writer_mutex) {
  connection_.begin_writing();
  const auto hook = [](void* self, sqlite3*, const char*, int log_pages) {
    static_cast<Checkpointer*>(self)->on_commit(log_pages);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(writer.handle(), hook, this);
  thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_hook(writer_.handle(), nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  copy();
}

void Checkpointer::on_commit(int log_pages) {
  log_pages_ = log_pages;
  if (log_pages < checkpoint_pages) return;
  {
    const std::lock_guard lock(mutex_);
    is_due_ = true;
  }
  changed_.notify_one();
}

// Pages that cannot be copied now are copied the next time: the log keeps them until then.
int Checkpointer::copy() {
  int copied = 0;
  sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, &copied);
  return copied;
}

void Checkpointer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_due_ || stopping_; });
    if (stopping_) return;
    lock.unlock();
    file_.pace(true);
    for (int round = 0; round < rounds_max; ++round)
      if (const int copied = copy(); log_pages_ - copied < last_pages) break;
    file_.pace(false);
    {
      const std::lock_guard writer(writer_mutex_);
      copy();
      lock.lock();
      is_due_ = false;
    }
  }
}

}  // namespace sagactl::sqlite
