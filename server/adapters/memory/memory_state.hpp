// The state of a store in memory: the flows, each an immutable version that snapshots share, the events in the order of
// their commits, and the indexes of both.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl::memory {

using EventPointer = std::shared_ptr<const Event>;
using CallPointer = std::shared_ptr<const CallRecord>;

struct FlowVersion {
  Flow flow;
  bool has_order = false;
  std::optional<Timestamp> due;      // next_check_at() as it was written
  std::vector<EventPointer> events;  // in the order of their commits
  std::vector<CallPointer> calls;    // the same
};
using FlowPointer = std::shared_ptr<const FlowVersion>;

struct NodeState {
  std::string url;
  std::int64_t epoch = 0;
  Timestamp lease_until;
  std::int64_t last_sequence = 0;
  std::int64_t published = 0;
  std::string fingerprint;
  std::vector<EventPointer> events;  // by sequence, from 1
};

// Maintains `Counts` as flows change.
class StateTally {
 public:
  void add(const FlowVersion& flow, std::int64_t times);  // -1 removes it
  void add(const Event& event) { ++events_[event.type]; }
  Counts counts() const;  // without `unpublished_events`

 private:
  std::map<std::pair<std::string, SagaStatus>, std::int64_t> sagas_;
  std::map<OrderStatus, std::int64_t> orders_;
  std::map<EventType, std::int64_t> events_;
};

struct MemoryState {
  std::map<OrderId, FlowPointer> flows;
  std::set<OrderId> open;                                             // whose saga is not terminal
  std::unordered_map<std::string, std::set<OrderId>> by_correlation;  // of the ids that clients chose
  std::vector<EventPointer> events;
  std::unordered_map<KeyDigest, Claim, KeyDigestHash> claims;
  std::map<StockKey, Stock> stocks;
  std::set<std::pair<Timestamp, OrderId>> expiring;  // when a flow is due
  std::map<UserId, User> users;
  std::map<std::string, UserId> user_by_email;
  std::map<std::pair<UserId, std::string>, Replay> replays;
  std::set<std::pair<Timestamp, std::pair<UserId, std::string>>> replays_by_age;
  std::map<NodeName, NodeState> nodes;
  std::map<std::string, std::vector<StoredDefinition>> definitions;  // by version
  StateTally tally;
  Timestamp last_time;  // the greatest that a batch was given or has written

  bool is_fenced(const Writer& writer) const;
  bool is_live(const Owner& owner, Timestamp now) const;
  FlowPointer find(OrderId id) const;  // or null
  void install(OrderId id, FlowPointer flow);
};

// The writes of a batch: checked as they are collected, and then installed all or none.
class MemoryBatch {
 public:
  explicit MemoryBatch(MemoryState& state) : state_(state) {}

  // An error leaves the state as it was.
  Result<void> write(const Writer& writer, const Changes& changes);

 private:
  Result<void> add_flows(const Changes& changes);
  Result<void> add_events(const Writer& writer, const Changes& changes);
  Result<void> check_users(const Changes& changes) const;
  FlowVersion& touch(OrderId id);
  Payment* find_payment(OrderId order, int execution);

  MemoryState& state_;
  std::map<OrderId, std::shared_ptr<FlowVersion>> flows_;
  std::vector<EventPointer> events_;
};

}  // namespace sagactl::memory
