#include "server/adapters/postgres/postgres_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "server/adapters/postgres/batch.hpp"
#include "server/adapters/postgres/database.hpp"
#include "server/adapters/postgres/event_table.hpp"
#include "server/adapters/postgres/migrations.hpp"
#include "server/adapters/postgres/replay_table.hpp"

namespace sagactl {
namespace postgres {
namespace {

// $4: what the database's time is expected to be, when its clock is behind that by $5.
const Statement sql_renew{
    "store_renew",
    "WITH present AS MATERIALIZED (SELECT CASE WHEN now_us() + $5::bigint < $4::bigint "
    "THEN greatest(database_now(), $4::bigint) ELSE database_now() END AS time, "
    "now_us() + $5::bigint < $4::bigint AS is_behind) "
    "UPDATE node SET lease_until = present.time + $3::bigint, "
    "last_time = CASE WHEN is_behind THEN greatest(last_time, present.time) ELSE last_time END "
    "FROM present WHERE name = $1 AND epoch = $2::bigint RETURNING present.time"};
const Statement sql_resign{"store_resign",
                           "UPDATE node SET epoch = epoch + 1, lease_until = least(lease_until, database_now()) "
                           "WHERE name = $1 AND epoch = $2::bigint"};
const Statement sql_set_fingerprint{"store_set_fingerprint", "UPDATE node SET secrets = nullif($2::text, '') WHERE name = $1"};
const Statement sql_lock_writer{"store_lock_writer",
                                "SELECT no, lease_until > database_now() FROM node WHERE name = $1 AND epoch = $2::bigint "
                                "FOR UPDATE"};
// Waits for a commit of that node that is under way, which holds its row.
const Statement sql_has_event{"store_has_event",
                              "SELECT last_sequence FROM node WHERE name = $1 FOR SHARE"};

// The owners of open sagas are found by hopping over the index from one to the next. What another adopter has
// locked is left to it; what its owner has locked is left for the next time, since that owner is alive or will be
// made to let go. Nothing here waits, so adopters cannot wait for each other in a circle.
const Statement sql_adopt{
    "store_adopt",
    R"(WITH RECURSIVE owner (node, epoch) AS (
         (SELECT owner_node, owner_epoch FROM flow
          WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND (owner_node, owner_epoch) > (-1::smallint, -1)
          ORDER BY owner_node, owner_epoch LIMIT 1)
         UNION ALL
         SELECT n.owner_node, n.owner_epoch FROM owner AS o CROSS JOIN LATERAL (
           SELECT owner_node, owner_epoch FROM flow
           WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND (owner_node, owner_epoch) > (o.node, o.epoch)
           ORDER BY owner_node, owner_epoch LIMIT 1) AS n),
       away AS MATERIALIZED (
         SELECT o.node, o.epoch FROM owner AS o
         WHERE (o.node, o.epoch) <> ($1::bigint, $2::bigint) AND NOT EXISTS (
           SELECT 1 FROM node WHERE no = o.node AND node.epoch = o.epoch
             AND ($4::bigint = 0 OR lease_until > database_now()))),
       orphan AS MATERIALIZED (
         SELECT f.id, f.owner_node, f.owner_epoch FROM away AS a CROSS JOIN LATERAL (
           SELECT id, owner_node, owner_epoch FROM flow
           WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND saga_status IN (0, 3)
             AND owner_node = a.node AND owner_epoch = a.epoch
           ORDER BY id LIMIT $3::bigint) AS f
         ORDER BY f.id LIMIT $3::bigint),
       dead AS MATERIALIZED (
         SELECT no, epoch FROM node WHERE no IN (SELECT owner_node FROM orphan) AND no <> $1::bigint
           AND $4::bigint <> 0 AND lease_until <= database_now()
         ORDER BY no FOR UPDATE SKIP LOCKED),
       fenced AS (
         UPDATE node SET epoch = node.epoch + 1 FROM dead
         WHERE node.no = dead.no AND EXISTS (
           SELECT 1 FROM orphan WHERE owner_node = dead.no AND owner_epoch = dead.epoch)),
       taken AS MATERIALIZED (
         SELECT f.id FROM flow AS f JOIN orphan AS o
           ON f.id = o.id AND f.owner_node = o.owner_node AND f.owner_epoch = o.owner_epoch
         WHERE f.saga_status IN (0, 3) AND (
           EXISTS (SELECT 1 FROM dead WHERE no = o.owner_node)
           OR EXISTS (SELECT 1 FROM node WHERE no = o.owner_node AND epoch > o.owner_epoch))
         ORDER BY f.id FOR UPDATE OF f SKIP LOCKED)
       UPDATE flow SET owner_node = $1::bigint, owner_epoch = $2::bigint FROM taken WHERE flow.id = taken.id
       RETURNING flow.id)"};

const Statement sql_expired{"store_expired",
                            "SELECT id FROM flow WHERE expires_at IS NOT NULL AND expires_at <= (SELECT "
                            "database_now()) ORDER BY expires_at, id LIMIT $1::bigint"};
const Statement sql_backlogs{"store_backlogs",
                             "SELECT name, published, last_sequence FROM node WHERE name = $1 OR (lease_until <= database_now() AND "
                             "published < last_sequence) ORDER BY name"};
const Statement sql_published_through{"store_published_through", "SELECT published FROM node WHERE name = $1"};
const Statement sql_events_after{
    "store_events_after",
    fmt::format("SELECT {}, e.after_event FROM event AS e WHERE e.node = (SELECT no FROM node WHERE name = $1) AND e.sequence > "
                "$2::bigint ORDER BY e.sequence LIMIT $3::bigint",
                event_columns)};
// Nobody waits for the disk: a checkpoint that is lost with the server only has some events published again, and an
// adoption that is lost before the adopted sagas move is made again.
const Statement sql_need_not_last{"store_need_not_last", "SET LOCAL synchronous_commit = off"};
const Statement sql_set_published{"store_set_published",
                                  "UPDATE node SET published = greatest(published, $2::bigint) WHERE name = $1"};

std::int64_t sql_limit(std::size_t limit) {
  return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int32_t>::max()));
}

Parameters who(const Writer& writer) {
  Parameters parameters;
  parameters.add(std::string_view(writer.node)).add(writer.epoch);
  return parameters;
}

// The writer's number, and its row locked; or throws a `conflict`, or `retry` when its lease is over and it may not be.
std::int64_t lock_writer(Connection& connection, const Writer& writer, bool with_lease = false) {
  Rows row = connection.run(sql_lock_writer, who(writer));
  if (!row.next())
    throw Failure{Error{ErrorCode::conflict,
                        fmt::format("node {} in its life {} has been replaced", writer.node, writer.epoch)},
                  {}, false, false, false};
  const std::int64_t number = row.integer();
  if (with_lease && row.integer() == 0)
    throw Failure{Error{ErrorCode::retry, fmt::format("node {} has not renewed its own lease", writer.node)},
                  {}, false, false, false};
  return number;
}

}  // namespace

Database::Database(const PostgresOptions& options, Address address)
    : options_(options),
      address_(std::move(address)),
      readers_(address_, options.readers, ReadBy::requests),
      engine_readers_(address_, 1, ReadBy::engines) {}

Session& Database::session_of(const NodeName& node) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Session>& session = sessions_[node];
  if (!session) session = std::make_unique<Session>(address_, node, options_.lease);
  return *session;
}

Result<NodeRegistration> Database::register_node(const NodeName& name, const std::string& url, Duration lease) {
  auto registration = write(name, [&](Session& session) { return session.register_node(url, lease); });
  if (!registration) return registration.error();
  return std::move(*registration);
}

Result<void> Database::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  const auto done = write(name, [&](Session& session) {
    session.connection().run(sql_set_fingerprint,
                             Parameters().add(std::string_view(name)).add(std::string_view(fingerprint)));
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<bool> Database::renew(const Writer& writer, Duration lease) {
  return write(writer.node, [&](Session& session) {
    session.keep_name();
    Parameters parameters = who(writer);
    parameters.add(lease.count()).add(session.time().expected()).add(ServerTime::behind.count());
    Rows row = session.connection().run(sql_renew, parameters);
    if (!row.next()) return false;
    session.time().told(row.time());
    return true;
  });
}

Result<void> Database::resign(const Writer& writer) {
  const auto done = write(writer.node, [&](Session& session) {
    session.connection().run(sql_resign, who(writer));
    session.let_go();
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<Commit> Database::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                  const std::function<Changes(Timestamp now)>& decide) {
  bool doubting = false;
  return write(writer.node, [&](Session& session) {
    try {
      return transact_once(session, writer, keys, loaded, decide, doubting);
    } catch (const Failure& failure) {
      doubting |= failure.state == state_unique_violation;
      throw;
    }
  });
}

Commit Database::transact_once(Session& session, const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                               const std::function<Changes(Timestamp now)>& decide, bool doubting) {
  Transaction transaction(session.connection(), Transaction::Kind::write);
  Batch batch(session.connection(), session.names(), session.time(), writer, doubting);
  if (!batch.load(keys, loaded)) return Commit::fenced;
  batch.write(decide(batch.time()));
  transaction.commit();
  return Commit::committed;
}

Result<bool> Database::has_event(const NodeName& node, std::int64_t sequence) {
  return write(node, [&](Session& session) {
    Rows row = session.connection().run(sql_has_event, Parameters().add(std::string_view(node)));
    return row.next() && sequence > 0 && sequence <= row.integer();
  });
}

Result<std::vector<OrderId>> Database::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  return write(writer.node, [&](Session& session) {
    Connection& connection = session.connection();
    Transaction transaction(connection, Transaction::Kind::write);
    connection.send(sql_need_not_last);
    const std::int64_t number = lock_writer(connection, writer, owners == Owners::dead);
    const std::int64_t of_dead = owners == Owners::dead ? 1 : 0;
    connection.send(sql_adopt, Parameters().add(number).add(writer.epoch).add(sql_limit(limit)).add(of_dead));
    std::vector<Rows> results = transaction.commit();
    std::vector<OrderId> adopted;
    while (results.front().next()) adopted.push_back({results.front().uuid()});
    std::sort(adopted.begin(), adopted.end());
    return adopted;
  });
}

Result<std::vector<OrderId>> Database::due_flows(std::size_t limit) {
  return read_for_engine([&](Reader& reader) {
    Rows row = reader.connection.run(sql_expired, Parameters().add(sql_limit(limit)));
    std::vector<OrderId> expired;
    while (row.next()) expired.push_back({row.uuid()});
    return expired;
  });
}

Result<std::vector<Backlog>> Database::backlogs(const Writer& writer) {
  return read_for_engine([&](Reader& reader) {
    Rows row = reader.connection.run(sql_backlogs, Parameters().add(std::string_view(writer.node)));
    std::vector<Backlog> list;
    while (row.next()) {
      Backlog& backlog = list.emplace_back();
      backlog.node = row.text();
      backlog.published = row.integer();
      backlog.last = row.integer();
    }
    return list;
  });
}

Result<std::vector<Event>> Database::events_after(const NodeName& node, std::int64_t sequence,
                                                  std::size_t limit) {
  return read_for_engine([&](Reader& reader) {
    Parameters parameters;
    parameters.add(std::string_view(node)).add(sequence).add(sql_limit(limit));
    return read_events_with_places(reader.connection.run(sql_events_after, parameters), reader.names);
  });
}

Result<std::int64_t> Database::published_through(const NodeName& node) {
  return read_for_engine([&](Reader& reader) {
    Rows row = reader.connection.run(sql_published_through, Parameters().add(std::string_view(node)));
    return row.next() ? row.integer() : std::int64_t{0};
  });
}

Result<void> Database::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  std::vector<Backlog> sorted = backlogs;
  std::sort(sorted.begin(), sorted.end(), [](const Backlog& a, const Backlog& b) { return a.node < b.node; });
  const auto done = write(writer.node, [&](Session& session) {
    Connection& connection = session.connection();
    Transaction transaction(connection, Transaction::Kind::write);
    connection.send(sql_need_not_last);
    lock_writer(connection, writer);
    for (const Backlog& backlog : sorted)
      connection.send(sql_set_published,
                      Parameters().add(std::string_view(backlog.node)).add(backlog.published));
    transaction.commit();
    return true;
  });
  if (!done) return done.error();
  return {};
}

Result<std::size_t> Database::forget_replays(Duration age, std::size_t limit) {
  return read_for_engine([&](Reader& reader) {
    Connection& connection = reader.connection;
    const Rows rows = connection.run(sql_forget_replays, Parameters().add(age.count()).add(sql_limit(limit)));
    return static_cast<std::size_t>(rows.changed());
  });
}

}  // namespace postgres

Result<std::unique_ptr<PostgresStore>> open_postgres(const PostgresOptions& options) {
  using namespace postgres;
  auto address = Address::parse(options.url);
  if (!address) return address.error();
  if (auto migrated = migrate(*address); !migrated) return migrated.error();
  return std::unique_ptr<PostgresStore>(std::make_unique<Database>(options, std::move(*address)));
}

}  // namespace sagactl
