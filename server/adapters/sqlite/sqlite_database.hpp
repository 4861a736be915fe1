// The class behind open_sqlite: one connection for writing, a few for reading, and the lock on the file.
#pragma once

#include <chrono>
#include <mutex>
#include <vector>

#include "server/adapters/sql/lookups.hpp"
#include "server/adapters/sql/read_pool.hpp"
#include "server/adapters/sql/recent_flows.hpp"
#include "server/adapters/sqlite/file/checkpointer.hpp"
#include "server/adapters/sqlite/file/file_lock.hpp"
#include "server/adapters/sqlite/file/gathered_log.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "server/adapters/sqlite/tables/sqlite_tables.hpp"
#include "server/ports/database_clock.hpp"

namespace sagactl::sqlite {

class SqliteDatabase : public sql::Lookups<SqliteDatabase, SqliteStore> {
 public:
  // Throws a DatabaseFailure.
  SqliteDatabase(const SqliteOptions& options, Clock& clock, FileLock lock, std::unique_ptr<SqliteTables> writer);

  // Store: sqlite_store.cpp
  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<void> set_fingerprint(const NodeName& name, const std::string& fingerprint) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override;
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override;
  Result<LeftBehind> left_behind(const Writer& writer, Owners owners) override;
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override;
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override;
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override;
  Result<std::int64_t> published_through(const NodeName& node) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;
  Result<PublishedDefinition> publish(const std::string& name, const std::string& text) override;
  Result<bool> retire(const std::string& name) override;
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override;
  void release_memory() override;

  // Queries: sqlite_queries.cpp, and sql::Lookups
  Result<std::optional<Flow>> flow(OrderId id) override;
  Result<std::optional<Flow>> find_flow(const std::string& text) override;
  Result<std::vector<Event>> flow_events(OrderId id) override;
  Result<FlowPage> orders(const OrderFilter& filter, const Page& page) override;
  Result<FlowPage> sagas(const SagaFilter& filter, const Page& page) override;
  Result<std::vector<Event>> events(const EventFilter& filter) override;
  Result<Counts> counts() override;
  Result<std::vector<CallRecord>> calls(SagaId id) override;
  Result<std::optional<Flow>> saga_by_key(const std::string& definition, const std::string& key) override;
  Result<std::optional<StoredDefinition>> definition(const std::string& name, std::optional<int> version) override;
  Result<std::vector<StoredDefinition>> definitions() override;
  Result<std::vector<NodeInfo>> nodes() override;
  Result<Timestamp> database_time() override;
  std::string database_name() const override { return path_; }

  // HistorySource: sqlite_history.cpp
  Result<std::unique_ptr<History>> snapshot() override;

  // PartitionCounts: topic_table.cpp
  Result<std::map<std::string, int>> remember(const std::map<std::string, int>& there) override;

  // RecordStore: record_table.cpp
  Result<bool> add_record(const std::string& kind, const std::string& id, const std::string& body) override;
  Result<bool> replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                              const std::string& body) override;
  Result<bool> remove_record(const std::string& kind, const std::string& id) override;
  Result<std::size_t> forget_records(const std::string& kind, const std::string& before, std::size_t limit) override;
  Result<std::optional<StoredRecord>> record(const std::string& kind, const std::string& id) override;
  Result<std::vector<StoredRecord>> records(const std::string& kind, const RecordRange& range) override;

 private:
  static constexpr std::chrono::milliseconds look_up_time{3'500}, list_time{2'000};

  friend class sql::Lookups<SqliteDatabase, SqliteStore>;
  using Readers = sql::ReadPool<SqliteTables>;

  // Runs `work(tables, now)` in a write transaction, and commits it. A failure rolls back.
  template <class Work>
  auto write(Work&& work) -> Result<std::invoke_result_t<Work, SqliteTables&, Timestamp>>;
  // Runs `work(tables)` in a read transaction on a connection of its own: one of those for queries, or the one that is
  // reserved for the engines, so that no query delays them. A list has a shorter time limit than a lookup.
  template <class Work>
  auto read(Work&& work) -> Result<std::invoke_result_t<Work, SqliteTables&>> {
    return read_by(readers_, look_up_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_list(Work&& work) -> Result<std::invoke_result_t<Work, SqliteTables&>> {
    return read_by(readers_, list_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_for_engine(Work&& work) -> Result<std::invoke_result_t<Work, SqliteTables&>> {
    return read_by(engine_readers_, look_up_time, std::forward<Work>(work));
  }
  template <class Work>
  auto read_by(Readers& readers, std::chrono::milliseconds time, Work&& work)
      -> Result<std::invoke_result_t<Work, SqliteTables&>>;

  Timestamp now(SqliteTables& tables);  // monotonic: never before an earlier one
  void forget_if_changed_by_others(SqliteTables& tables);

  const std::string path_;
  DatabaseClock time_;
  FileLock lock_;
  std::mutex mutex_;  // of the writer
  const std::unique_ptr<SqliteTables> writer_;
  GatheredLog log_{writer_->connection};
  sql::RecentFlows recent_flows_;
  std::int64_t data_version_ = 0;  // of the file, when a batch last looked at it
  Readers readers_, engine_readers_;
  Checkpointer checkpointer_;
};

template <class Work>
auto SqliteDatabase::write(Work&& work) -> Result<std::invoke_result_t<Work, SqliteTables&, Timestamp>> {
  using Value = std::invoke_result_t<Work, SqliteTables&, Timestamp>;
  const std::lock_guard lock(mutex_);
  auto result = sql::guarded([&]() -> Result<Value> {
    SqliteTransaction transaction(writer_->connection, SqliteTransaction::Kind::write);
    if constexpr (std::is_void_v<Value>) {
      work(*writer_, now(*writer_));
      transaction.commit();
      return {};
    } else {
      Value value = work(*writer_, now(*writer_));
      transaction.commit();
      return value;
    }
  });
  if (!result) {
    writer_->names.forget();
    writer_->claims.forget();
    recent_flows_.clear();
  }
  return result;
}

template <class Work>
auto SqliteDatabase::read_by(Readers& readers, std::chrono::milliseconds time, Work&& work)
    -> Result<std::invoke_result_t<Work, SqliteTables&>> {
  return sql::guarded([&] {
    Readers::Loan loan = readers.borrow();
    const TimeLimit limit(loan->connection, time);
    SqliteTransaction transaction(loan->connection, SqliteTransaction::Kind::read);
    return work(*loan);
  });
}

// Reads the order, the saga and the payments of a flow, and its barriers if `barriers`. False: there is no such flow.
bool read_flow(SqliteTables& tables, std::int64_t number, bool barriers, Flow& flow, bool& has_order);

}  // namespace sagactl::sqlite
