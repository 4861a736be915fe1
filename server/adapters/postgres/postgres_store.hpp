// The store in a PostgreSQL database: for any number of nodes on any number of machines.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/time.hpp"
#include "server/ports/history.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/store.hpp"
#include "server/ports/partition_counts.hpp"

namespace sagactl {

struct PostgresOptions {
  std::string url;          // postgres://user:password@host:port/database
  std::size_t readers = 4;  // connections for queries; the engines have one of their own, and each node one to write
  // A node that stands still within a transaction for longer loses it, and what it has locked is free again.
  Duration lease = std::chrono::seconds(2);
};

// All calls may be made from several threads; each waits at most a few seconds, whatever the server does. Every node
// (by its name) has a connection of its own for writing, on which its batches take turns. Reconnects by itself.
class PostgresStore : public Store, public Queries, public HistorySource, public PartitionCounts {};

bool is_postgres_url(const std::string& database);
std::string shown_postgres_url(const std::string& url);  // for people: without the password

// Brings the schema up to date, and makes the database itself when it is not there and the role may. Errors:
// `invalid`: the URL, the user, the password or the schema is wrong, and what to do. `unavailable`: it cannot be
// reached.
Result<std::unique_ptr<PostgresStore>> open_postgres(const PostgresOptions& options);

// For reading only, beside the nodes. Errors as above, and `invalid` when the schema is not the newest.
Result<std::unique_ptr<HistorySource>> open_postgres_history(const std::string& url);

}  // namespace sagactl
