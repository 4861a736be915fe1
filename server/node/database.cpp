#include "server/node/database.hpp"

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"

namespace sagactl {
namespace {

constexpr const char* default_name = "saga.db";

// An adapter's database by the ports that a node uses.
template <class Both>
class StoreWithQueries : public DatabasePorts {
 public:
  explicit StoreWithQueries(std::unique_ptr<Both> both) : both_(std::move(both)) {}
  Store& store() override { return *both_; }
  Queries& queries() override { return *both_; }
  PartitionCounts& topics() override { return *both_; }
  RecordStore& records() override { return *both_; }

 private:
  std::unique_ptr<Both> both_;
};

template <class Both>
std::unique_ptr<DatabasePorts> ports_of(std::unique_ptr<Both> both) {
  return std::make_unique<StoreWithQueries<Both>>(std::move(both));
}

}  // namespace

Result<std::unique_ptr<DatabasePorts>> open_database(const NodeOptions& options, Clock& clock) {
  if (options.database == ":memory:") return ports_of(make_memory_store(clock));
  if (is_postgres_url(options.database)) {
    auto store = open_postgres({options.database, database_readers, options.lease});
    if (!store) return store.error();
    return ports_of(std::move(store).value());
  }
  SqliteOptions sqlite;
  sqlite.path = options.database.empty() ? (options.data / default_name).string() : options.database;
  sqlite.readers = database_readers;
  auto store = open_sqlite(sqlite, clock);
  if (!store) return store.error();
  return ports_of(std::move(store).value());
}

}  // namespace sagactl
