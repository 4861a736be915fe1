// The class behind make_memory_store: the ports over one state and one mutex.
#pragma once

#include <mutex>

#include "server/adapters/memory/memory_state.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/ports/database_clock.hpp"

namespace sagactl::memory {

class MemoryDatabase : public MemoryStore {
 public:
  explicit MemoryDatabase(Clock& clock) : time_(clock) {}

  // Store: memory_store.cpp
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

  // Queries: memory_queries.cpp
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
  Result<std::optional<Stock>> stock(const StockKey& key) override;
  Result<std::vector<Stock>> stocks(StockKind kind, const std::string& after, std::size_t limit) override;
  Result<std::optional<User>> user(UserId id) override;
  Result<std::optional<User>> user_by_email(const std::string& email) override;
  Result<std::vector<User>> users(const std::string& after, std::size_t limit) override;
  Result<std::vector<User>> rights_changed_since(Timestamp time) override;
  Result<std::vector<NodeInfo>> nodes() override;
  Result<Timestamp> database_time() override;
  std::string database_name() const override { return "memory"; }

  // HistorySource: memory_history.cpp
  Result<std::unique_ptr<History>> snapshot() override;

  // PartitionCounts: memory_store.cpp
  Result<std::map<std::string, int>> remember(const std::map<std::string, int>& there) override;

  // RecordStore: memory_records.cpp
  Result<bool> add_record(const std::string& kind, const std::string& id, const std::string& body) override;
  Result<bool> replace_record(const std::string& kind, const std::string& id, std::int64_t version,
                              const std::string& body) override;
  Result<bool> remove_record(const std::string& kind, const std::string& id) override;
  Result<std::size_t> forget_records(const std::string& kind, const std::string& before, std::size_t limit) override;
  Result<std::optional<StoredRecord>> record(const std::string& kind, const std::string& id) override;
  Result<std::vector<StoredRecord>> records(const std::string& kind, const RecordRange& range) override;

 private:
  Timestamp now() const;  // monotonic: never before an earlier one
  Timestamp tick();       // later than every earlier one
  Loaded load(const BatchKeys& keys) const;
  void load_claims(const std::vector<KeyDigest>& keys, Loaded& loaded) const;
  void load_stocks(const std::vector<StockKey>& keys, Loaded& loaded) const;
  std::vector<NodeInfo> node_infos() const;

  DatabaseClock time_;
  mutable std::mutex mutex_;
  MemoryState state_;
  std::map<std::string, int> topics_;
  std::map<std::pair<std::string, std::string>, StoredRecord> records_;  // by kind and id
};

}  // namespace sagactl::memory
