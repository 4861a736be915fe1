// The class behind open_sqlite: one connection that writes, a few that read, and the lock on the file.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "server/adapters/sqlite/checkpointer.hpp"
#include "server/adapters/sqlite/failure.hpp"
#include "server/adapters/sqlite/file_lock.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "server/adapters/sqlite/tables.hpp"
#include "server/ports/database_clock.hpp"

namespace sagactl::sqlite {

// Connections that read, lent to one thread at a time. Whoever finds none waits for one, for a while.
class Readers {
 public:
  Readers(const std::string& path, std::size_t count);

  class Loan {
   public:
    Loan(Readers& readers, std::unique_ptr<Tables> tables) : readers_(readers), tables_(std::move(tables)) {}
    ~Loan() { readers_.give_back(std::move(tables_)); }
    Loan(const Loan&) = delete;
    Loan& operator=(const Loan&) = delete;
    Tables& operator*() { return *tables_; }
    Tables* operator->() { return tables_.get(); }

   private:
    Readers& readers_;
    std::unique_ptr<Tables> tables_;
  };
  Loan borrow();  // Throws `unavailable` when all are lent for too long.

 private:
  void give_back(std::unique_ptr<Tables> tables);

  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Tables>> free_;
};

class Database : public SqliteStore {
 public:
  // Throws a Failure.
  Database(const SqliteOptions& options, Clock& clock, FileLock lock, std::unique_ptr<Tables> writer);

  // Store: sqlite_store.cpp
  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<void> set_fingerprint(const NodeName& name, const std::string& fingerprint) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override;
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override;
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override;
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override;
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence,
                                          std::size_t limit) override;
  Result<std::int64_t> published_through(const NodeName& node) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override;

  // Queries: sqlite_queries.cpp
  Result<std::optional<Flow>> flow(OrderId id) override;
  Result<std::optional<Flow>> find_flow(const std::string& text) override;
  Result<std::vector<Event>> flow_events(OrderId id) override;
  Result<FlowPage> orders(const OrderFilter& filter, const Page& page) override;
  Result<FlowPage> sagas(const SagaFilter& filter, const Page& page) override;
  Result<std::vector<Event>> events(const EventFilter& filter) override;
  Result<Counts> counts() override;
  Result<std::optional<Stock>> stock(const StockKey& key) override;
  Result<std::vector<Stock>> stocks(StockKind kind, const std::string& after, std::size_t limit) override;
  Result<std::optional<User>> user(UserId id) override;
  Result<std::optional<User>> user_by_email(const std::string& email) override;
  Result<std::vector<User>> users(const std::string& after, std::size_t limit) override;
  Result<std::vector<User>> rights_changed_since(Timestamp time) override;
  Result<std::vector<NodeInfo>> nodes() override;
  Result<Timestamp> database_time() override;
  std::string database_name() const override { return path_; }

  // HistorySource: sqlite_history.cpp
  Result<std::unique_ptr<History>> snapshot() override;

  // PartitionCounts: topic_table.cpp
  Result<std::map<std::string, int>> remember(const std::map<std::string, int>& there) override;

 private:
  static constexpr std::chrono::milliseconds look_up_time{3'500}, list_time{2'000};

  // Runs `work(tables, now)` in a write transaction that is committed after it. A failure undoes it.
  template <class Work>
  auto write(Work&& work) -> Result<std::invoke_result_t<Work, Tables&, Timestamp>>;
  // Runs `work(tables)` in a read transaction on a connection of its own: of those for queries, or on the one that is
  // kept for the engines, which no query can hold up. A list has less time than what is looked up.
  template <class Work>
  auto read(Work&& work) -> Result<std::invoke_result_t<Work, Tables&>> {
    return read_by(readers_, look_up_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_list(Work&& work) -> Result<std::invoke_result_t<Work, Tables&>> {
    return read_by(readers_, list_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_for_engine(Work&& work) -> Result<std::invoke_result_t<Work, Tables&>> {
    return read_by(engine_readers_, look_up_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_by(Readers& readers, std::chrono::milliseconds time, Work&& work)
      -> Result<std::invoke_result_t<Work, Tables&>>;

  Timestamp now(Tables& tables);  // never before what has been given out

  const std::string path_;
  DatabaseClock time_;
  FileLock lock_;
  std::mutex mutex_;  // of the writer
  const std::unique_ptr<Tables> writer_;
  Readers readers_, engine_readers_;
  Checkpointer checkpointer_;
};

template <class Work>
auto Database::write(Work&& work) -> Result<std::invoke_result_t<Work, Tables&, Timestamp>> {
  using Value = std::invoke_result_t<Work, Tables&, Timestamp>;
  const std::lock_guard lock(mutex_);
  auto result = guarded([&]() -> Result<Value> {
    Transaction transaction(writer_->connection, Transaction::Kind::write);
    Value value = work(*writer_, now(*writer_));
    transaction.commit();
    return value;
  });
  if (!result) {
    writer_->names.forget();
    writer_->claims.forget();
  }
  return result;
}

template <class Work>
auto Database::read_by(Readers& readers, std::chrono::milliseconds time, Work&& work)
    -> Result<std::invoke_result_t<Work, Tables&>> {
  using Value = std::invoke_result_t<Work, Tables&>;
  return guarded([&]() -> Result<Value> {
    Readers::Loan loan = readers.borrow();
    const TimeLimit limit(loan->connection, time);
    Transaction transaction(loan->connection, Transaction::Kind::read);
    return work(*loan);
  });
}

// Reads the order, the saga and the payments of a flow, and with `barriers` these too. False: there is no
// such flow.
bool read_flow(Tables& tables, std::int64_t number, bool barriers, Flow& flow, bool& has_order);

}  // namespace sagactl::sqlite
