// The database that the options select, by its ports.
#pragma once

#include <memory>

#include "common/result.hpp"
#include "server/node/node.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/partition_counts.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

// Threads for queries, of all nodes of the process together, and how many of them only read lists.
inline constexpr std::size_t database_readers = 3, database_lists = 1;

class DatabasePorts {
 public:
  virtual ~DatabasePorts() = default;
  virtual Store& store() = 0;
  virtual Queries& queries() = 0;
  virtual PartitionCounts& topics() = 0;
  virtual RecordStore& records() = 0;
};

// ":memory:" lasts as long as the process; postgres://... is a database server; anything else is an SQLite file.
// `clock` outlives the database.
Result<std::unique_ptr<DatabasePorts>> open_database(const NodeOptions& options, Clock& clock);

}  // namespace sagactl
