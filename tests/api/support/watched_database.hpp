// A database whose records a test can wait for, and whose store it controls.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "server/node/database.hpp"
#include "tests/engine/controlled_store.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {

class WatchedDatabase : public DatabasePorts {
 public:
  explicit WatchedDatabase(std::unique_ptr<DatabasePorts> database)
      : database_(std::move(database)), store_(database_->store()), records_(database_->records()) {}

  ControlledStore& store() override { return store_; }
  Queries& queries() override { return database_->queries(); }
  PartitionCounts& topics() override { return database_->topics(); }
  RecordStore& records() override { return records_; }

  // Whether it holds now, or after a next time that records were written or listed; each is waited for at most a
  // minute.
  bool await_records(const std::function<bool()>& holds) { return records_.await(holds); }

 private:
  class WatchedRecords : public RecordStore {
   public:
    explicit WatchedRecords(RecordStore& records) : store_(records) {}

    Result<bool> add_record(const std::string& kind, const std::string& id, const std::string& body) override {
      return counted(store_.add_record(kind, id, body));
    }
    Result<bool> replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                                const std::string& body) override {
      return counted(store_.replace_record(kind, id, version, body));
    }
    Result<bool> remove_record(const std::string& kind, const std::string& id) override {
      return counted(store_.remove_record(kind, id));
    }
    Result<std::size_t> forget_records(const std::string& kind, const std::string& before, std::size_t limit) override {
      return counted(store_.forget_records(kind, before, limit));
    }
    Result<std::optional<StoredRecord>> record(const std::string& kind, const std::string& id) override {
      return store_.record(kind, id);
    }
    Result<std::vector<StoredRecord>> records(const std::string& kind, const RecordRange& range) override {
      return counted(store_.records(kind, range));
    }

    bool await(const std::function<bool()>& holds) {
      for (;;) {
        const std::uint64_t before = count();
        if (holds()) return true;
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, hang_limit, [&] { return calls_ != before; })) return false;
      }
    }

   private:
    template <class Answer>
    Answer counted(Answer answer) {
      const std::lock_guard lock(mutex_);
      ++calls_;
      changed_.notify_all();
      return answer;
    }
    std::uint64_t count() {
      const std::lock_guard lock(mutex_);
      return calls_;
    }

    RecordStore& store_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t calls_ = 0;
  };

  const std::unique_ptr<DatabasePorts> database_;
  ControlledStore store_;
  WatchedRecords records_;
};

}  // namespace sagactl::test
