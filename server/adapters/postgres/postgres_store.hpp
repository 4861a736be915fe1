// The store in a PostgreSQL database, for any number of nodes on any number of machines.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/time.hpp"
#include "server/ports/history.hpp"
#include "server/ports/partition_counts.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct PostgresOptions {
  std::string url;          // postgres://user:password@host:port/database
  std::size_t readers = 4;  // connections for queries; the engines have one of their own, and each node one to write
  // A node that is frozen within a transaction for longer loses the transaction, which releases its locks.
  Duration lease = std::chrono::seconds(2);
};

// All calls may be made from several threads; each waits a few seconds at most, also for a frozen server. Every node
// (by its name) has one connection for writing, which its batches use one after another. Reconnects by itself.
class PostgresStore : public Store, public Queries, public HistorySource, public PartitionCounts, public RecordStore {};

bool is_postgres_url(const std::string& database);
std::string shown_postgres_url(const std::string& url);  // without the password

// Brings the schema up to date, and creates the database if it does not exist and the role may. Errors: `invalid`: the
// URL, the user, the password or the schema is wrong. `unavailable`: the server cannot be reached.
Result<std::unique_ptr<PostgresStore>> open_postgres(const PostgresOptions& options);

// For reading only, also while nodes run. Errors as above, and `invalid` when the schema is not the newest.
Result<std::unique_ptr<HistorySource>> open_postgres_history(const std::string& url);

}  // namespace sagactl
