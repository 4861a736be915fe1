// A node's own connection for writing. While it is open it holds an advisory lock on the node's id, which the server
// releases when the process ends: no second process can be the same node.
#pragma once

#include <memory>
#include <mutex>

#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "server/adapters/postgres/pipeline/server_clock_estimate.hpp"
#include "server/adapters/postgres/tables/postgres_names.hpp"
#include "server/adapters/sql/recent_flows.hpp"
#include "server/ports/store.hpp"

namespace sagactl::postgres {

// The OIDs of the types that rows are sent as: sql/postgres/0015_rows.sql and 0018_groups_of_events.sql.
struct RowTypes {
  std::uint32_t flow = 0, event_group = 0, earlier_event = 0, earlier_events = 0;  // the last is an array
};

class NodeSession {
 public:
  // `lease` bounds how long a transaction may be idle.
  NodeSession(const PostgresAddress& address, NodeName node, Duration lease);

  std::mutex& mutex() { return mutex_; }
  PostgresConnection& connection() { return connection_; }
  sql::InternedNames& names() { return names_; }
  ServerClockEstimate& time() { return time_; }
  const RowTypes& row_types() const { return row_types_; }  // of an open connection
  // Each marked with the transaction that wrote its row.
  sql::RecentFlows& recent_flows() { return recent_flows_; }
  // Whether this batch changes the rows of counters, and not only what the node's own row has of them.
  bool counts_are_due() { return batches_++ % batches_per_count == 0; }
  // To be called after a failure: what the transaction read or wrote may not be stored.
  void forget() {
    names_.forget();
    recent_flows_.clear();
  }

  // Registers the node under a new epoch. Waits while another process holds the lock, at most until its lease expires:
  // `conflict` when that process renews the lease.
  Result<NodeRegistration> register_node(const std::string& url, Duration lease);
  void hold_node_lock();  // acquires it again after a reconnect that did not get it
  void release_node_lock();

 private:
  void refuse_standby();
  void read_row_types();
  bool acquire_node_lock();
  bool terminate_lock_holder();  // false: it waits for a synchronous standby, and is left alone

  static constexpr unsigned batches_per_count = 64;

  std::mutex mutex_;
  const NodeName node_;
  std::int64_t number_ = 0;  // of the node, once it has registered
  bool has_node_lock_ = false;
  PostgresConnection connection_;
  PostgresNames names_{connection_};
  ServerClockEstimate time_;
  RowTypes row_types_;
  sql::RecentFlows recent_flows_;
  unsigned batches_ = 0;
};

}  // namespace sagactl::postgres
