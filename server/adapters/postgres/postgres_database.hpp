// The class behind open_postgres: a session for writing of each node, and pools of connections for reading.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "server/adapters/postgres/connection/postgres_failure.hpp"
#include "server/adapters/postgres/pipeline/node_session.hpp"
#include "server/adapters/postgres/pipeline/postgres_reader.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sql/lookups.hpp"
#include "server/adapters/sql/read_pool.hpp"

namespace sagactl::postgres {

class PostgresDatabase : public sql::Lookups<PostgresDatabase, PostgresStore> {
 public:
  PostgresDatabase(const PostgresOptions& options, PostgresAddress address);

  // Store: postgres_store.cpp
  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<void> set_fingerprint(const NodeName& name, const std::string& fingerprint) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  // A commit of a few orders costs nearly as much as one of ten, see docs/performance.md.
  Duration batch_window() const override { return std::chrono::milliseconds(8); }
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

  // Queries: postgres_queries.cpp, and sql::Lookups
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
  std::optional<DatabaseConnections> connections() override;  // readers and writers together
  std::string database_name() const override { return address_.database(); }

  // HistorySource: postgres_history.cpp
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
  friend class sql::Lookups<PostgresDatabase, PostgresStore>;
  using Readers = sql::ReadPool<PostgresReader>;

  NodeSession& session_of(const NodeName& node);
  Commit transact_once(NodeSession& session, const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                       const std::function<Changes(Timestamp now)>& decide, bool recheck_new);
  // Runs `work(session)` on the node's session, and again, a few times at most, after a failure that is_retryable. Not
  // for work that must not run twice.
  template <class Work>
  auto write(const NodeName& node, Work&& work) ->
      typename sql::GuardedResult<std::invoke_result_t<Work, NodeSession&>>::type;
  // Runs `work(reader)` on a connection of its own: one of those for queries, or the one that is reserved for the
  // engines, so that no query delays them.
  template <class Work>
  auto read(Work&& work) -> Result<std::invoke_result_t<Work, PostgresReader&>> {
    return read_by(readers_, std::forward<Work>(work));
  }
  template <class Work>
  auto read_for_engine(Work&& work) -> Result<std::invoke_result_t<Work, PostgresReader&>> {
    return read_by(engine_readers_, std::forward<Work>(work));
  }
  template <class Work>
  auto read_by(Readers& readers, Work&& work) -> Result<std::invoke_result_t<Work, PostgresReader&>>;

  const PostgresOptions options_;
  const PostgresAddress address_;
  std::mutex mutex_;  // of the map
  std::map<NodeName, std::unique_ptr<NodeSession>> sessions_;
  Readers readers_, engine_readers_;
};

inline constexpr int tries_max = 4;

// Whether a call that failed so is safe to retry at once. That an idle connection was closed shows at its next use.
inline bool is_retryable(const sql::DatabaseFailure& failure) {
  return !failure.at_commit && (is_retryable_state(failure.state) || (failure.lost && !failure.timed_out));
}

template <class Work>
auto PostgresDatabase::write(const NodeName& node, Work&& work) ->
    typename sql::GuardedResult<std::invoke_result_t<Work, NodeSession&>>::type {
  NodeSession& session = session_of(node);
  const std::lock_guard lock(session.mutex());
  return sql::guarded([&] {
    for (int tries = 1;; ++tries) {
      try {
        return work(session);
      } catch (const sql::DatabaseFailure& failure) {
        session.forget();
        if (tries == tries_max || !is_retryable(failure)) throw;
      }
    }
  });
}

template <class Work>
auto PostgresDatabase::read_by(Readers& readers, Work&& work) -> Result<std::invoke_result_t<Work, PostgresReader&>> {
  return sql::guarded([&] {
    for (int tries = 1;; ++tries) {
      try {
        Readers::Loan loan = readers.borrow();
        return work(*loan);
      } catch (const sql::DatabaseFailure& failure) {
        if (tries == tries_max || !is_retryable(failure)) throw;
      }
    }
  });
}

}  // namespace sagactl::postgres
