#include "server/adapters/sqlite/sqlite_store.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "server/adapters/sql/spellings.hpp"
#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sqlite/migrations.hpp"
#include "server/adapters/sqlite/sqlite_batch.hpp"
#include "server/adapters/sqlite/sqlite_database.hpp"
#include "server/ports/writer_errors.hpp"

namespace sagactl {
namespace sqlite {
namespace {

constexpr int writer_cache_kib = 48 * 1024, reader_cache_kib = 4 * 1024;

// The next owner of open sagas, in the order of the index: one lookup for each owner, however many sagas it has.
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

struct OwnerId {
  std::int64_t node = -1, epoch = 0;
};

struct Orphan {
  std::int64_t number = 0;
  OrderId id;
  OwnerId owner;
};

std::optional<NodeRow> find_unless_fenced(SqliteTables& tables, const Writer& writer) {
  auto node = tables.nodes.find(writer.node);
  if (node && node->epoch != writer.epoch) node.reset();
  return node;
}

NodeRow find_or_fail(SqliteTables& tables, const Writer& writer) {
  const auto node = find_unless_fenced(tables, writer);
  if (!node) throw sql::DatabaseFailure{writer_fenced(writer)};
  return *node;
}

std::vector<OwnerId> owners_of_open_sagas(SqliteTables& tables) {
  std::vector<OwnerId> owners;
  SqliteStatement& next = tables.connection.prepared(std::string(sql_next_owner));
  const StatementReset reset_at_end(next);
  for (OwnerId last;;) {
    next.bind(last.node).bind(last.epoch);
    if (!next.next()) return owners;
    last = {next.integer(), next.integer()};
    owners.push_back(last);
    next.reset();
  }
}

// The oldest open sagas whose owner is not `self` and is not live, or has been replaced.
std::vector<Orphan> find_orphans(SqliteTables& tables, const OwnerId& self, Owners owners, Timestamp now,
                                 std::size_t limit) {
  std::vector<Orphan> orphans;
  SqliteStatement& open = tables.connection.prepared(std::string(sql_open_of_owner));
  const StatementReset reset_at_end(open);
  for (const OwnerId& owner : owners_of_open_sagas(tables)) {
    if (owner.node == self.node && owner.epoch == self.epoch) continue;
    const auto node = tables.nodes.find(tables.names.node(owner.node));
    if (node && node->epoch == owner.epoch && (owners == Owners::replaced || node->lease_until > now)) continue;
    open.bind(owner.node).bind(owner.epoch).bind(sql::sql_limit(limit));
    while (open.next()) {
      const std::int64_t number = open.integer();
      orphans.push_back({number, {open.uuid()}, owner});
    }
  }
  std::sort(orphans.begin(), orphans.end(), [](const Orphan& a, const Orphan& b) { return a.number < b.number; });
  if (orphans.size() > limit) orphans.resize(limit);
  return orphans;
}

// Creates the file readable for the node's user alone, since it holds orders and password hashes; SQLite gives its
// other files the same mode. An existing file keeps its mode. To be called before SQLite opens the file: closing a
// descriptor of it later would drop SQLite's locks on it.
void make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor >= 0) ::close(descriptor);
}

// Mapped pages count as the process's memory for as long as they are mapped, and an engine that takes up many sagas
// reads most of the file: it reads by calls, into a cache that has a bound. Only requests, which may read anything, map
// it.
constexpr std::int64_t not_mapped = 0, mapped_bytes = std::int64_t{1} << 30;

std::unique_ptr<SqliteTables> open_reader(const std::string& path, std::int64_t mmap_bytes) {
  return std::make_unique<SqliteTables>(path,
                                        SqliteConnection::Settings{FileAccess::read, reader_cache_kib, mmap_bytes});
}

}  // namespace

SqliteDatabase::SqliteDatabase(const SqliteOptions& options, Clock& clock, FileLock lock,
                               std::unique_ptr<SqliteTables> writer)
    : path_(options.path),
      time_(clock, writer->progress.read().last_time),
      lock_(std::move(lock)),
      writer_(std::move(writer)),
      readers_(options.readers, [&] { return open_reader(options.path, mapped_bytes); }),
      engine_readers_(1, [&] { return open_reader(options.path, not_mapped); }),
      checkpointer_(options.path, writer_->connection, mutex_) {
  // This process holds the lock on the file, so every process that held a lease has ended.
  SqliteTransaction transaction(writer_->connection, SqliteTransaction::Kind::write);
  writer_->nodes.end_leases(now(*writer_));
  transaction.commit();
}

Timestamp SqliteDatabase::now(SqliteTables& tables) {
  return std::max(time_.now(), tables.progress.read().last_time);
}

Result<NodeRegistration> SqliteDatabase::register_node(const NodeName& name, const std::string& url, Duration lease) {
  return write([&](SqliteTables& tables, Timestamp now) {
    const NodeRow node = tables.nodes.register_node(name, url, now + lease);
    return NodeRegistration{{name, node.epoch}, node.last_sequence};
  });
}

Result<void> SqliteDatabase::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  return write([&](SqliteTables& tables, Timestamp) { tables.nodes.set_fingerprint(name, fingerprint); });
}

Result<bool> SqliteDatabase::renew(const Writer& writer, Duration lease) {
  return write([&](SqliteTables& tables, Timestamp now) {
    const auto node = find_unless_fenced(tables, writer);
    if (node) tables.nodes.set_lease(node->number, now + lease);
    return node.has_value();
  });
}

Result<void> SqliteDatabase::resign(const Writer& writer) {
  return write([&](SqliteTables& tables, Timestamp now) {
    if (const auto node = find_unless_fenced(tables, writer)) tables.nodes.fence(node->number, writer.epoch, now);
  });
}

// Operators delete orders and sagas with a program of their own. SQLite counts what other connections have committed:
// https://www.sqlite.org/pragma.html#pragma_data_version
void SqliteDatabase::forget_if_changed_by_others(SqliteTables& tables) {
  const std::int64_t version = first_number(tables.connection.prepared("PRAGMA data_version"));
  if (version != data_version_) recent_flows_.clear();
  data_version_ = version;
}

Result<Commit> SqliteDatabase::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                        const std::function<Changes(Timestamp now)>& decide) {
  return write([&](SqliteTables& tables, Timestamp) {
    const auto node = find_unless_fenced(tables, writer);
    if (!node) return Commit::fenced;
    const StoredProgress progress = tables.progress.read();
    const Timestamp time = std::max(time_.now(), progress.last_time + 1us);
    forget_if_changed_by_others(tables);
    SqliteBatch batch(tables, recent_flows_, *node, progress, time);
    loaded = batch.load(keys);
    batch.write(writer, decide(time));
    return Commit::committed;
  });
}

// A commit that failed after its last page was written is in the log, where this process does not see it, but the next
// one would find it if this one were killed. The transaction here is written over it, so that "no" stays true. SQLite
// writes a page that has changed, also when it is as before in the end.
Result<bool> SqliteDatabase::has_event(const NodeName& node, std::int64_t sequence) {
  return write([&](SqliteTables& tables, Timestamp) {
    const StoredProgress progress = tables.progress.read();
    tables.progress.write({progress.last_time + 1us, progress.last_flow});
    tables.progress.write(progress);
    const auto row = tables.nodes.find(node);
    return row && sequence > 0 && sequence <= row->last_sequence;
  });
}

Result<std::vector<OrderId>> SqliteDatabase::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  return write([&](SqliteTables& tables, Timestamp now) {
    const NodeRow own = find_or_fail(tables, writer);
    if (owners == Owners::dead && own.lease_until <= now) throw sql::DatabaseFailure{writer_lease_expired(writer)};
    const OwnerId self{own.number, writer.epoch};
    std::vector<OrderId> adopted;
    SqliteStatement& take_over = tables.connection.prepared(std::string(sql_adopt));
    for (const Orphan& orphan : find_orphans(tables, self, owners, now, limit)) {
      tables.nodes.fence(orphan.owner.node, orphan.owner.epoch, now);
      take_over.bind(self.node).bind(self.epoch).bind(orphan.number).change_one("a saga's owner");
      adopted.push_back(orphan.id);
    }
    if (!adopted.empty()) recent_flows_.clear();  // the owner is a part of a flow
    return adopted;
  });
}

Result<LeftBehind> SqliteDatabase::left_behind(const Writer& writer, Owners owners) {
  return read_for_engine([&](SqliteTables& tables) {
    const Timestamp time = now(tables);
    const NodeRow own = find_or_fail(tables, writer);
    if (owners == Owners::dead && own.lease_until <= time) throw sql::DatabaseFailure{writer_lease_expired(writer)};
    LeftBehind found;
    found.sagas = !find_orphans(tables, {own.number, writer.epoch}, owners, time, 1).empty();
    for (const Backlog& backlog : tables.nodes.backlogs(writer.node, time)) found.events |= backlog.node != writer.node;
    const NextExpiry others = tables.nodes.next_expiry(writer.node, time);
    found.others = static_cast<std::size_t>(others.nodes);
    if (found.others > 0) found.next_expiry = others.lease_until - time;
    return found;
  });
}

Result<std::vector<OrderId>> SqliteDatabase::due_flows(std::size_t limit) {
  return read_for_engine([&](SqliteTables& tables) {
    SqliteStatement& row = tables.connection.prepared(std::string(sql_expired));
    row.bind(now(tables)).bind(sql::sql_limit(limit));
    const StatementReset reset_at_end(row);
    std::vector<OrderId> expired;
    while (row.next()) expired.push_back({row.uuid()});
    return expired;
  });
}

Result<std::vector<Backlog>> SqliteDatabase::backlogs(const Writer& writer) {
  return read_for_engine([&](SqliteTables& tables) { return tables.nodes.backlogs(writer.node, now(tables)); });
}

Result<std::vector<Event>> SqliteDatabase::events_after(const NodeName& node, std::int64_t sequence,
                                                        std::size_t limit) {
  return read_for_engine([&](SqliteTables& tables) {
    const std::int64_t number = tables.names.find_node(node);
    return number == 0 ? std::vector<Event>() : tables.events.after(number, sequence, limit);
  });
}

Result<std::int64_t> SqliteDatabase::published_through(const NodeName& node) {
  return read_for_engine([&](SqliteTables& tables) { return tables.nodes.published_through(node); });
}

Result<void> SqliteDatabase::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  return write([&](SqliteTables& tables, Timestamp) {
    find_or_fail(tables, writer);
    for (const Backlog& backlog : backlogs) tables.nodes.set_published(backlog);
  });
}

Result<PublishedDefinition> SqliteDatabase::publish(const std::string& name, const std::string& text) {
  if (const auto checked = check_publishable(name, text); !checked) return checked.error();
  return write([&](SqliteTables& tables, Timestamp now) { return tables.definitions.publish(name, text, now); });
}

Result<bool> SqliteDatabase::retire(const std::string& name) {
  return write([&](SqliteTables& tables, Timestamp) { return tables.definitions.retire(name); });
}

Result<std::size_t> SqliteDatabase::forget_replays(Duration age, std::size_t limit) {
  return write([&](SqliteTables& tables, Timestamp now) { return tables.replays.forget(now - age, limit); });
}

void SqliteDatabase::release_memory() {
  {
    const std::lock_guard lock(mutex_);
    writer_->connection.release_memory();
  }
  const auto release = [](SqliteTables& tables) { tables.connection.release_memory(); };
  readers_.each_free(release);
  engine_readers_.each_free(release);
}

}  // namespace sqlite

Result<std::unique_ptr<SqliteStore>> open_sqlite(const SqliteOptions& options, Clock& clock) {
  using namespace sqlite;
  auto lock = FileLock::acquire(options.path);
  if (!lock) return lock.error();
  make_private(options.path);
  return sql::guarded([&]() -> Result<std::unique_ptr<SqliteStore>> {
    auto writer = std::make_unique<SqliteTables>(
        options.path, SqliteConnection::Settings{FileAccess::create, writer_cache_kib, not_mapped});
    migrate(writer->connection);
    write_spellings(writer->connection);
    return std::unique_ptr<SqliteStore>(
        std::make_unique<SqliteDatabase>(options, clock, std::move(*lock), std::move(writer)));
  });
}

}  // namespace sagactl
