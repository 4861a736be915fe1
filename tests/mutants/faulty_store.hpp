// A store that alters what nodes write. The nodes do not notice: they continue with what they decided.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "server/node/database.hpp"
#include "tests/mutants/aim.hpp"
#include "tests/mutants/changes_copy.hpp"

namespace sagactl::mutants {

// Called for every batch, one at a time.
using StoreFault = std::function<void(ChangesCopy&)>;

StoreFault own_key(Aim aim);
StoreFault shared_key(Aim aim);
StoreFault lost_order(Aim aim);
StoreFault wrong_amount(Aim aim);
StoreFault double_capture(Aim aim);
StoreFault charge_while_compensating(Aim aim);
StoreFault lost_compensation(Aim aim);
StoreFault skipped_state(Aim aim);
StoreFault lost_payment_event(Aim aim);
StoreFault skipped_version(Aim aim);
StoreFault unknown_node(Aim aim);
StoreFault lost_release(Aim aim);
StoreFault oversold(Aim aim);

class FaultyStore final : public Store {
 public:
  FaultyStore(Store& store, StoreFault fault) : store_(store), fault_(std::move(fault)) {}

  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;

  Result<bool> renew(const Writer& writer, Duration lease) override { return store_.renew(writer, lease); }
  Result<void> resign(const Writer& writer) override { return store_.resign(writer); }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override {
    return store_.has_event(node, sequence);
  }
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override {
    return store_.adopt(writer, owners, limit);
  }
  Result<LeftBehind> left_behind(const Writer& writer, Owners owners) override {
    return store_.left_behind(writer, owners);
  }
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override { return store_.due_flows(limit); }
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override { return store_.backlogs(writer); }
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override {
    return store_.events_after(node, sequence, limit);
  }
  Result<std::int64_t> published_through(const NodeName& node) override { return store_.published_through(node); }
  Result<PublishedDefinition> publish(const std::string& name, const std::string& text) override {
    return store_.publish(name, text);
  }
  Result<bool> retire(const std::string& name) override { return store_.retire(name); }
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override {
    return store_.forget_replays(age, limit);
  }

 private:
  // The last sequence that the node has written as it believes, and in fact.
  struct LastSequence {
    std::int64_t believed = 0, written = 0;
  };

  Store& store_;
  const StoreFault fault_;
  std::mutex mutex_;
  std::map<NodeName, LastSequence> last_sequences_;
};

// A database with such a store in front of its own.
class FaultyDatabase final : public DatabasePorts {
 public:
  FaultyDatabase(std::unique_ptr<DatabasePorts> database, StoreFault fault)
      : database_(std::move(database)), store_(database_->store(), std::move(fault)) {}
  Store& store() override { return store_; }
  Queries& queries() override { return database_->queries(); }
  PartitionCounts& topics() override { return database_->topics(); }
  RecordStore& records() override { return database_->records(); }

 private:
  std::unique_ptr<DatabasePorts> database_;
  FaultyStore store_;
};

}  // namespace sagactl::mutants
