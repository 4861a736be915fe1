// Connections for reading, each lent to one caller at a time. A caller that finds none free waits for one, up to a
// limit.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "server/adapters/sql/database_failure.hpp"

namespace sagactl::sql {

template <class Reader>
class ReadPool {
 public:
  // `make_reader()` returns a std::unique_ptr<Reader>; it is called `count` times, at least once.
  template <class MakeReader>
  ReadPool(std::size_t count, const MakeReader& make_reader) : count_(std::max<std::size_t>(count, 1)) {
    for (std::size_t i = 0; i < count_; ++i) free_.push_back(make_reader());
  }

  class Loan {
   public:
    Loan(ReadPool& pool, std::unique_ptr<Reader> reader) : pool_(pool), reader_(std::move(reader)) {}
    ~Loan() { pool_.give_back(std::move(reader_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Reader& operator*() { return *reader_; }
    Reader* operator->() { return reader_.get(); }

   private:
    ReadPool& pool_;
    std::unique_ptr<Reader> reader_;
  };

  // Throws `unavailable` when the pool stays exhausted for `borrow_timeout`.
  Loan borrow() {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_for(lock, borrow_timeout, [this] { return !free_.empty(); }))
      throw DatabaseFailure{Error{ErrorCode::unavailable, "all connections to the database are in use; try again"}};
    std::unique_ptr<Reader> reader = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(reader)};
  }

  // Calls `work(reader)` for those that nobody uses now.
  template <class Work>
  void each_free(const Work& work) {
    std::vector<std::unique_ptr<Reader>> idle;
    {
      const std::lock_guard lock(mutex_);
      idle.swap(free_);
    }
    for (std::unique_ptr<Reader>& reader : idle) {
      work(*reader);
      give_back(std::move(reader));
    }
  }

  std::size_t count() const { return count_; }
  std::size_t in_use() {
    const std::lock_guard lock(mutex_);
    return count_ - free_.size();
  }
  // How many are in use, or free and `is_open(reader)`.
  template <class IsOpen>
  std::size_t open(const IsOpen& is_open) {
    const std::lock_guard lock(mutex_);
    std::size_t open = count_ - free_.size();
    for (const auto& reader : free_) open += is_open(*reader);
    return open;
  }

 private:
  static constexpr std::chrono::seconds borrow_timeout{4};

  void give_back(std::unique_ptr<Reader> reader) {
    {
      const std::lock_guard lock(mutex_);
      free_.push_back(std::move(reader));
    }
    returned_.notify_one();
  }

  const std::size_t count_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Reader>> free_;
};

}  // namespace sagactl::sql
