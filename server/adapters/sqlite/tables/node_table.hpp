// The table of nodes: their epochs, leases, and how far each has written and published. And the progress of the
// database.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/adapters/sqlite/file/query.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"

namespace sagactl::sqlite {

struct NodeRow {
  std::int64_t number = 0;
  std::int64_t epoch = 0;
  Timestamp lease_until;
  std::int64_t last_sequence = 0;
};

// Of the leases that have not expired, without one node's.
struct NextExpiry {
  std::int64_t nodes = 0;
  Timestamp lease_until;  // the first
};

class NodeTable {
 public:
  explicit NodeTable(SqliteConnection& connection);

  std::optional<NodeRow> find(const NodeName& name);
  NodeRow register_node(const NodeName& name, const std::string& url, Timestamp lease_until);
  void set_lease(std::int64_t number, Timestamp until);
  void fence(std::int64_t number, std::int64_t epoch,
             Timestamp now);       // ends that epoch, if it is the current one
  void end_leases(Timestamp now);  // of all nodes
  void set_last_sequence(std::int64_t number, std::int64_t sequence);
  std::int64_t published_through(const NodeName& name);  // 0 when there is no such node
  void set_published(const Backlog& backlog);
  std::vector<Backlog> backlogs(const NodeName& own, Timestamp now);
  NextExpiry next_expiry(const NodeName& without, Timestamp now);
  std::vector<NodeInfo> all(Timestamp now);  // that have registered, by name
  std::int64_t unpublished();
  void set_fingerprint(const NodeName& name, const std::string& fingerprint);

 private:
  SqliteConnection& connection_;
  Query find_, register_node_, set_lease_, fence_, set_last_sequence_, published_through_, set_published_, backlogs_,
      next_expiry_, all_, unpublished_, set_fingerprint_;
};

// The last time that a batch was given, and the last number of a flow.
struct StoredProgress {
  Timestamp last_time;
  std::int64_t last_flow = 0;
};

class ProgressTable {
 public:
  explicit ProgressTable(SqliteConnection& connection);

  StoredProgress read();
  void write(const StoredProgress& progress);

 private:
  Query read_, write_;
};

}  // namespace sagactl::sqlite
