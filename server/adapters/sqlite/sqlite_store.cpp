#include "server/adapters/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "server/adapters/sqlite/batch.hpp"
#include "server/adapters/sqlite/database.hpp"
#include "server/adapters/sqlite/migrations.hpp"
#include "server/adapters/sqlite/spellings.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr std::chrono::seconds patience{4};  // until a connection is free
constexpr int writer_cache_kib = 48 * 1024, reader_cache_kib = 4 * 1024;

// Of the owners of open sagas, the one after the last that was looked at.
constexpr std::string_view sql_next_owner =
    "SELECT owner_node, owner_epoch FROM flow INDEXED BY flow_open "
    "WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND (owner_node, owner_epoch) > (?, ?) "
    "ORDER BY owner_node, owner_epoch LIMIT 1";
constexpr std::string_view sql_open_of_owner =
    "SELECT no, id FROM flow INDEXED BY flow_open "
    "WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND saga_status IN (0, 3) "
    "AND owner_node = ? AND owner_epoch = ? ORDER BY no LIMIT ?";
constexpr std::string_view sql_expired =
    "SELECT id FROM flow INDEXED BY flow_expiring WHERE expires_at IS NOT NULL AND expires_at <= ? "
    "ORDER BY expires_at, no LIMIT ?";
constexpr std::string_view sql_adopt = "UPDATE flow SET owner_node = ?, owner_epoch = ? WHERE no = ?";

struct OwnerNumber {
  std::int64_t node = -1, epoch = 0;
};

struct Orphan {
  std::int64_t number = 0;
  OrderId id;
  OwnerNumber owner;
};

Error fenced(const Writer& writer) {
  return Error{ErrorCode::conflict,
               fmt::format("node {} in its life {} has been replaced", writer.node, writer.epoch)};
}

Error lease_over(const Writer& writer) {
  return Error{ErrorCode::retry, fmt::format("node {} has not renewed its own lease", writer.node)};
}

std::optional<NodeRow> find_unless_fenced(Tables& tables, const Writer& writer) {
  auto node = tables.nodes.find(writer.node);
  if (node && node->epoch != writer.epoch) node.reset();
  return node;
}

NodeRow find_or_fail(Tables& tables, const Writer& writer) {
  const auto node = find_unless_fenced(tables, writer);
  if (!node) throw Failure{fenced(writer)};
  return *node;
}

std::int64_t sql_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

std::vector<OwnerNumber> owners_of_open_sagas(Tables& tables) {
  std::vector<OwnerNumber> owners;
  Statement next = tables.connection.prepare(sql_next_owner);
  for (OwnerNumber last;;) {
    next.bind(last.node).bind(last.epoch);
    if (!next.next()) return owners;
    last = {next.integer(), next.integer()};
    owners.push_back(last);
    next.reset();
  }
}

// The oldest open sagas whose owner is neither `self` nor live, or has been replaced.
std::vector<Orphan> find_orphans(Tables& tables, const OwnerNumber& self, Owners owners, Timestamp now,
                                 std::size_t limit) {
  std::vector<Orphan> orphans;
  Statement open = tables.connection.prepare(sql_open_of_owner);
  for (const OwnerNumber& owner : owners_of_open_sagas(tables)) {
    if (owner.node == self.node && owner.epoch == self.epoch) continue;
    const auto node = tables.nodes.find(tables.names.node(owner.node));
    if (node && node->epoch == owner.epoch && (owners == Owners::replaced || node->lease_until > now)) continue;
    open.bind(owner.node).bind(owner.epoch).bind(sql_limit(limit));
    while (open.next()) {
      const std::int64_t number = open.integer();
      orphans.push_back({number, {open.uuid()}, owner});
    }
  }
  std::sort(orphans.begin(), orphans.end(),
            [](const Orphan& a, const Orphan& b) { return a.number < b.number; });
  if (orphans.size() > limit) orphans.resize(limit);
  return orphans;
}

// Orders and password hashes are for the node's user alone: SQLite makes the files beside it with the same mode. One
// that is there keeps its own. Before SQLite opens it, since closing it here would end SQLite's locks on it.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

Readers::Readers(const std::string& path, std::size_t count) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
    free_.push_back(std::make_unique<Tables>(path, Connection::Settings{Access::read, reader_cache_kib}));
}

Readers::Loan Readers::borrow() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, patience, [this] { return !free_.empty(); }))
    throw Failure{Error{ErrorCode::unavailable, "all connections to the database are in use; try again"}};
  std::unique_ptr<Tables> tables = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(tables)};
}

void Readers::give_back(std::unique_ptr<Tables> tables) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(tables));
  }
  returned_.notify_one();
}

Database::Database(const SqliteOptions& options, Clock& clock, FileLock lock, std::unique_ptr<Tables> writer)
    : path_(options.path),
      time_(clock, writer->progress.read().last_time),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      readers_(options.path, options.readers),
      engine_readers_(options.path, 1),
      checkpointer_(options.path, writer_->connection, mutex_) {
  // The lock on the file is ours, so whoever held a lease is gone.
  Transaction transaction(writer_->connection, Transaction::Kind::write);
  writer_->nodes.end_leases(now(*writer_));
  transaction.commit();
}

Timestamp Database::now(Tables& tables) {
  return std::max(time_.now(), tables.progress.read().last_time);
}

Result<NodeRegistration> Database::register_node(const NodeName& name, const std::string& url, Duration lease) {
  return write([&](Tables& tables, Timestamp now) {
    const NodeRow node = tables.nodes.begin_life(name, url, now + lease);
    return NodeRegistration{{name, node.epoch}, node.last_sequence};
  });
}

Result<void> Database::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  const auto done = write([&](Tables& tables, Timestamp) {
    tables.nodes.set_fingerprint(name, fingerprint);
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<bool> Database::renew(const Writer& writer, Duration lease) {
  return write([&](Tables& tables, Timestamp now) {
    const auto node = find_unless_fenced(tables, writer);
    if (node) tables.nodes.set_lease(node->number, now + lease);
    return node.has_value();
  });
}

Result<void> Database::resign(const Writer& writer) {
  const auto done = write([&](Tables& tables, Timestamp now) {
    const auto node = find_unless_fenced(tables, writer);
    if (node) tables.nodes.fence(node->number, writer.epoch, now);
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<Commit> Database::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                  const std::function<Changes(Timestamp now)>& decide) {
  return write([&](Tables& tables, Timestamp) {
    const auto node = find_unless_fenced(tables, writer);
    if (!node) return Commit::fenced;
    const ProgressTable::Row progress = tables.progress.read();
    const Timestamp time = std::max(time_.now(), progress.last_time + 1us);
    Batch batch(tables, *node, progress, time);
    loaded = batch.load(keys);
    batch.write(writer, decide(time));
    return Commit::committed;
  });
}

Result<bool> Database::has_event(const NodeName& node, std::int64_t sequence) {
  return read_for_engine([&](Tables& tables) {
    const auto row = tables.nodes.find(node);
    return row && sequence > 0 && sequence <= row->last_sequence;
  });
}

Result<std::vector<OrderId>> Database::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  return write([&](Tables& tables, Timestamp now) {
    const NodeRow own = find_or_fail(tables, writer);
    if (owners == Owners::dead && own.lease_until <= now) throw Failure{lease_over(writer)};
    const OwnerNumber self{own.number, writer.epoch};
    std::vector<OrderId> adopted;
    Statement take_over = tables.connection.prepare(sql_adopt);
    for (const Orphan& orphan : find_orphans(tables, self, owners, now, limit)) {
      tables.nodes.fence(orphan.owner.node, orphan.owner.epoch, now);
      take_over.bind(self.node).bind(self.epoch).bind(orphan.number).change_one("a saga's owner");
      adopted.push_back(orphan.id);
    }
    return adopted;
  });
}

Result<std::vector<OrderId>> Database::due_flows(std::size_t limit) {
  return read_for_engine([&](Tables& tables) {
    Statement& row = tables.connection.prepared(std::string(sql_expired));
    row.bind(now(tables)).bind(sql_limit(limit));
    const Reading reading(row);
    std::vector<OrderId> expired;
    while (row.next()) expired.push_back({row.uuid()});
    return expired;
  });
}

Result<std::vector<Backlog>> Database::backlogs(const Writer& writer) {
  return read_for_engine([&](Tables& tables) { return tables.nodes.backlogs(writer.node, now(tables)); });
}

Result<std::vector<Event>> Database::events_after(const NodeName& node, std::int64_t sequence,
                                                  std::size_t limit) {
  return read_for_engine([&](Tables& tables) {
    const std::int64_t number = tables.names.find_node(node);
    return number == 0 ? std::vector<Event>() : tables.events.after(number, sequence, sql_limit(limit));
  });
}

Result<std::int64_t> Database::published_through(const NodeName& node) {
  return read_for_engine([&](Tables& tables) { return tables.nodes.published_through(node); });
}

Result<void> Database::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  const auto done = write([&](Tables& tables, Timestamp) {
    find_or_fail(tables, writer);
    for (const Backlog& backlog : backlogs) tables.nodes.set_published(backlog);
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<std::size_t> Database::forget_replays(Duration age, std::size_t limit) {
  return write([&](Tables& tables, Timestamp now) { return tables.replays.forget(now - age, limit); });
}

}  // namespace sqlite

Result<std::unique_ptr<SqliteStore>> open_sqlite(const SqliteOptions& options, Clock& clock) {
  using namespace sqlite;
  auto lock = FileLock::take(options.path);
  if (!lock) return lock.error();
  make_private(options.path);
  return guarded([&]() -> Result<std::unique_ptr<SqliteStore>> {
    auto writer =
        std::make_unique<Tables>(options.path, Connection::Settings{Access::create, writer_cache_kib});
    migrate(writer->connection);
    write_spellings(writer->connection);
    return std::unique_ptr<SqliteStore>(
        std::make_unique<Database>(options, clock, std::move(*lock), std::move(writer)));
  });
}

}  // namespace sagactl
