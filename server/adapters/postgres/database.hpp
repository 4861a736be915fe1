// The class behind open_postgres: a session per node that writes, and a pool of connections that read.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "server/adapters/postgres/failure.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/postgres/readers.hpp"
#include "server/adapters/postgres/session.hpp"

namespace sagactl::postgres {

class Database : public PostgresStore {
 public:
  Database(const PostgresOptions& options, Address address);

  // Store: postgres_store.cpp
  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<void> set_fingerprint(const NodeName& name, const std::string& fingerprint) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  // A commit of a few orders is most of the work of one of ten. Measured in docs/performance.md.
  Duration batch_window() const override { return std::chrono::milliseconds(8); }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override;
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override;
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override;
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override;
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence,
                                          std::size_t limit) override;
  Result<std::int64_t> published_through(const NodeName& node) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override;

  // Queries: postgres_queries.cpp
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
  std::optional<DatabaseConnections> connections() override;  // readers and writers together
  std::string database_name() const override { return address_.database(); }

  // HistorySource: postgres_history.cpp
  Result<std::unique_ptr<History>> snapshot() override;

  // PartitionCounts: topic_table.cpp
  Result<std::map<std::string, int>> remember(const std::map<std::string, int>& there) override;

 private:
  Session& session_of(const NodeName& node);
  Commit transact_once(Session& session, const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                       const std::function<Changes(Timestamp now)>& decide, bool doubting);
  // Runs `work(session)` on the node's session; again, within a bound, when the server asks for that or has been
  // restarted since. Not for what may not be done twice.
  template <class Work>
  auto write(const NodeName& node, Work&& work) -> Result<std::invoke_result_t<Work, Session&>>;
  // Runs `work(reader)` on a connection of its own: of those for queries, or on the one that is kept for the engines,
  // which no query can hold up.
  template <class Work>
  auto read(Work&& work) -> Result<std::invoke_result_t<Work, Reader&>> {
    return read_by(readers_, std::forward<Work>(work));
  }
  template <class Work>
  auto read_for_engine(Work&& work) -> Result<std::invoke_result_t<Work, Reader&>> {
    return read_by(engine_readers_, std::forward<Work>(work));
  }
  template <class Work>
  auto read_by(Readers& readers, Work&& work) -> Result<std::invoke_result_t<Work, Reader&>>;

  const PostgresOptions options_;
  const Address address_;
  std::mutex mutex_;  // of the map
  std::map<NodeName, std::unique_ptr<Session>> sessions_;
  Readers readers_, engine_readers_;
};

inline constexpr int tries_max = 4;

// Whether a call that failed so may be made again at once. That a connection was closed while it lay idle shows when
// it is next used.
inline bool may_try_again(const Failure& failure) {
  return !failure.at_commit && (is_worth_repeating(failure.state) || (failure.lost && !failure.late));
}

template <class Work>
auto Database::write(const NodeName& node, Work&& work) -> Result<std::invoke_result_t<Work, Session&>> {
  Session& session = session_of(node);
  const std::lock_guard lock(session.mutex());
  for (int tries = 1;; ++tries) {
    try {
      return work(session);
    } catch (const Failure& failure) {
      session.names().forget();
      if (tries == tries_max || !may_try_again(failure)) return failure.error;
    }
  }
}

template <class Work>
auto Database::read_by(Readers& readers, Work&& work) -> Result<std::invoke_result_t<Work, Reader&>> {
  for (int tries = 1;; ++tries) {
    try {
      Readers::Loan loan = readers.borrow();
      return work(*loan);
    } catch (const Failure& failure) {
      if (tries == tries_max || !may_try_again(failure)) return failure.error;
    }
  }
}

}  // namespace sagactl::postgres
