// The store in one SQLite file: for one process, or one process and its readers, on one machine. Every commit is on
// disk when it returns.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "server/ports/clock.hpp"
#include "server/ports/history.hpp"
#include "server/ports/partition_counts.hpp"
#include "server/ports/queries.hpp"
#include "server/ports/records.hpp"
#include "server/ports/store.hpp"

namespace sagactl {

struct SqliteOptions {
  std::string path;
  std::size_t readers = 4;  // how many queries run at the same time
};

// All calls may be made from several threads: batches run one after another, and queries beside them. `decide` must not
// call the store.
class SqliteStore : public Store, public Queries, public HistorySource, public PartitionCounts, public RecordStore {};

// Opens the file for serving, creates it if it does not exist, and brings its schema up to date. `clock` is the
// database's clock and must outlive the store. Errors: `conflict`: another process serves the file. `invalid`: the file
// is of a newer sagactl, or of another program. `unavailable`: it cannot be used, or is damaged.
Result<std::unique_ptr<SqliteStore>> open_sqlite(const SqliteOptions& options, Clock& clock);

// For reading only, also while a process serves the file. Errors: `not_found`: there is no such file; and as above.
Result<std::unique_ptr<HistorySource>> open_sqlite_history(const std::string& path);

}  // namespace sagactl
