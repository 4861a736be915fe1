#include "server/adapters/postgres/postgres_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/adapters/postgres/migrations.hpp"
#include "server/adapters/postgres/pipeline/postgres_batch.hpp"
#include "server/adapters/postgres/postgres_database.hpp"
#include "server/adapters/postgres/tables/event_table.hpp"
#include "server/adapters/postgres/tables/own_saga_tables.hpp"
#include "server/adapters/postgres/tables/replay_table.hpp"
#include "server/adapters/sql/sql_limit.hpp"
#include "server/adapters/sql/table_rows.hpp"
#include "server/ports/writer_errors.hpp"

namespace sagactl {
namespace postgres {
namespace {

// $4: what the database's time is expected to be, when its clock is behind that by $5.
const PostgresStatement sql_renew{
    "store_renew",
    "WITH present AS MATERIALIZED (SELECT CASE WHEN now_us() + $5::bigint < $4::bigint "
    "THEN greatest(database_now(), $4::bigint) ELSE database_now() END AS time, "
    "now_us() + $5::bigint < $4::bigint AS is_behind) "
    "UPDATE node SET lease_until = present.time + $3::bigint, "
    "last_time = CASE WHEN is_behind THEN greatest(last_time, present.time) ELSE last_time END "
    "FROM present WHERE name = $1 AND epoch = $2::bigint RETURNING present.time"};
const PostgresStatement sql_resign{
    "store_resign",
    "UPDATE node SET epoch = epoch + 1, lease_until = least(lease_until, database_now()) "
    "WHERE name = $1 AND epoch = $2::bigint"};
const PostgresStatement sql_set_fingerprint{"store_set_fingerprint",
                                            "UPDATE node SET secrets = nullif($2::text, '') WHERE name = $1"};
const PostgresStatement sql_lock_writer{"store_lock_writer",
                                        "SELECT no FROM node WHERE name = $1 AND epoch = $2::bigint FOR UPDATE"};
const PostgresStatement sql_has_lease{"store_has_lease",
                                      "SELECT lease_until > database_now() FROM node WHERE no = $1::bigint"};
// Waits for a commit of that node in progress, which has locked its row.
const PostgresStatement sql_has_event{"store_has_event", "SELECT last_sequence FROM node WHERE name = $1 FOR SHARE"};

// First the owners of open sagas that write no more, found by a loose index scan: one lookup for each owner, however
// many sagas it has. $1 and $2 are the writer's number and epoch; $4: 0 leaves out nodes whose lease has expired.
// Rows that another adopter has locked are left to it; rows that their owner has locked are left for the next time,
// since that owner is live, or the server will release its locks. Nothing here waits for a lock, so adopters cannot
// deadlock.
const PostgresStatement sql_adopt{"store_adopt", R"(WITH RECURSIVE owner (node, epoch) AS (
         (SELECT owner_node, owner_epoch FROM flow
          WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND (owner_node, owner_epoch) > (-1::smallint, -1)
          ORDER BY owner_node, owner_epoch LIMIT 1)
         UNION ALL
         SELECT n.owner_node, n.owner_epoch FROM owner AS o CROSS JOIN LATERAL (
           SELECT owner_node, owner_epoch FROM flow
           WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND (owner_node, owner_epoch) > (o.node, o.epoch)
           ORDER BY owner_node, owner_epoch LIMIT 1) AS n),
       unavailable AS MATERIALIZED (
         SELECT o.node, o.epoch FROM owner AS o
         WHERE (o.node, o.epoch) <> ($1::bigint, $2::bigint) AND NOT EXISTS (
           SELECT 1 FROM node WHERE no = o.node AND node.epoch = o.epoch
             AND ($4::bigint = 0 OR lease_until > database_now()))),
       orphan AS MATERIALIZED (
         SELECT f.id, f.owner_node, f.owner_epoch FROM unavailable AS a CROSS JOIN LATERAL (
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
// $1: the writer's name. No row: it is fenced. Sagas that were left behind are looked for in the gaps between the
// owners that write, in the order of the index: those that they own are not read, nor the entries of the many that have
// ended.
const PostgresStatement sql_left_behind{"store_left_behind", R"(
WITH own AS MATERIALIZED (SELECT no, lease_until FROM node WHERE name = $1 AND epoch = $2::bigint),
     present AS MATERIALIZED (SELECT database_now() AS time),
     writing (node, epoch) AS (
       SELECT no, $2::bigint FROM own
       UNION SELECT no, epoch FROM node CROSS JOIN present WHERE $3::bigint = 0 OR lease_until > present.time
       UNION SELECT -1::smallint, -1::bigint),
     gap AS MATERIALIZED (
       SELECT node, epoch, lead(node, 1, 32767::smallint) OVER next AS next_node,
         lead(epoch, 1, 9223372036854775807) OVER next AS next_epoch
       FROM writing WINDOW next AS (ORDER BY node, epoch))
SELECT own.lease_until > present.time,
  EXISTS (SELECT 1 FROM gap CROSS JOIN LATERAL (
    SELECT 1 FROM flow WHERE (saga_status IN (0, 3) OR order_status IN (0, 1)) AND saga_status IN (0, 3)
      AND (owner_node, owner_epoch) > (gap.node, gap.epoch)
      AND (owner_node, owner_epoch) < (gap.next_node, gap.next_epoch)
    ORDER BY owner_node, owner_epoch LIMIT 1) AS f),
  EXISTS (SELECT 1 FROM node WHERE published < last_sequence AND name <> $1 AND lease_until <= present.time),
  others.nodes, others.next_expiry
FROM own CROSS JOIN present CROSS JOIN LATERAL (
  SELECT count(*) AS nodes, coalesce(min(lease_until - present.time), 0) AS next_expiry
  FROM node WHERE name <> $1 AND lease_until > present.time) AS others)"};

const PostgresStatement sql_expired{"store_expired",
                                    "SELECT id FROM flow WHERE expires_at IS NOT NULL AND expires_at <= (SELECT "
                                    "database_now()) ORDER BY expires_at, id LIMIT $1::bigint"};
const PostgresStatement sql_backlogs{
    "store_backlogs",
    "SELECT name, published, last_sequence FROM node WHERE name = $1 OR (lease_until <= database_now() AND "
    "published < last_sequence) ORDER BY name"};
const PostgresStatement sql_published_through{"store_published_through", "SELECT published FROM node WHERE name = $1"};
const PostgresStatement sql_events_after{"store_events_after",
                                         fmt::format("SELECT {}, e.after_event FROM (SELECT * FROM event_group WHERE "
                                                     "node = (SELECT no FROM node WHERE name = $1) AND sequence > "
                                                     "$2::bigint ORDER BY sequence LIMIT $3::bigint) AS g {} WHERE "
                                                     "e.sequence > $2::bigint ORDER BY g.sequence, e.sequence LIMIT "
                                                     "$3::bigint",
                                                     event_columns, each_of_group)};
// Does not wait for the disk: when the server crashes, a lost checkpoint only has some events published again, and a
// lost adoption is done again.
const PostgresStatement sql_asynchronous_commit{"store_asynchronous_commit", "SET LOCAL synchronous_commit = off"};
// sql/postgres/0012_adoption.sql, 0013_lras.sql and 0014_nested_lras.sql
const PostgresStatement sql_adopts_users_sagas{"store_adopts_users_sagas", "SET LOCAL sagactl.users_sagas = 'adopt'"};
const PostgresStatement sql_adopts_lras{"store_adopts_lras", "SET LOCAL sagactl.lras = 'adopt'"};
const PostgresStatement sql_adopts_nested_lras{"store_adopts_nested_lras", "SET LOCAL sagactl.nested_lras = 'adopt'"};
const PostgresStatement sql_set_published{
    "store_set_published", "UPDATE node SET published = greatest(published, $2::bigint) WHERE name = $1"};

Parameters values_of(const Writer& writer) {
  Parameters parameters;
  parameters.add(std::string_view(writer.node)).add(writer.epoch);
  return parameters;
}

// Locks the writer's row, and returns its number. Throws `conflict` when it is fenced, and with `needs_lease` `retry`
// when its lease has expired.
std::int64_t lock_writer(PostgresConnection& connection, const Writer& writer, bool needs_lease = false) {
  PostgresRows row = connection.run(sql_lock_writer, values_of(writer));
  if (!row.next()) throw sql::DatabaseFailure{writer_fenced(writer)};
  const std::int64_t number = row.integer();
  if (!needs_lease) return number;
  PostgresRows lease = connection.run(sql_has_lease, Parameters().add(number));
  if (!lease.next() || lease.integer() == 0) throw sql::DatabaseFailure{writer_lease_expired(writer)};
  return number;
}

}  // namespace

PostgresDatabase::PostgresDatabase(const PostgresOptions& options, PostgresAddress address)
    : options_(options),
      address_(std::move(address)),
      readers_(options.readers, [&] { return std::make_unique<PostgresReader>(address_, ReadBy::requests); }),
      engine_readers_(1, [&] { return std::make_unique<PostgresReader>(address_, ReadBy::engines); }) {}

NodeSession& PostgresDatabase::session_of(const NodeName& node) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<NodeSession>& session = sessions_[node];
  if (!session) session = std::make_unique<NodeSession>(address_, node, options_.lease);
  return *session;
}

Result<NodeRegistration> PostgresDatabase::register_node(const NodeName& name, const std::string& url, Duration lease) {
  return write(name, [&](NodeSession& session) { return session.register_node(url, lease); });
}

Result<void> PostgresDatabase::set_fingerprint(const NodeName& name, const std::string& fingerprint) {
  return write(name, [&](NodeSession& session) {
    session.connection().run(sql_set_fingerprint,
                             Parameters().add(std::string_view(name)).add(std::string_view(fingerprint)));
  });
}

Result<bool> PostgresDatabase::renew(const Writer& writer, Duration lease) {
  return write(writer.node, [&](NodeSession& session) {
    session.hold_node_lock();
    Parameters parameters = values_of(writer);
    parameters.add(lease.count()).add(session.time().expected()).add(ServerClockEstimate::behind.count());
    PostgresRows row = session.connection().run(sql_renew, parameters);
    if (!row.next()) return false;
    session.time().observe(row.time());
    return true;
  });
}

Result<void> PostgresDatabase::resign(const Writer& writer) {
  return write(writer.node, [&](NodeSession& session) {
    session.connection().run(sql_resign, values_of(writer));
    session.release_node_lock();
  });
}

Result<Commit> PostgresDatabase::transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                                          const std::function<Changes(Timestamp now)>& decide) {
  bool recheck_new = false;
  return write(writer.node, [&](NodeSession& session) {
    try {
      return transact_once(session, writer, keys, loaded, decide, recheck_new);
    } catch (const sql::DatabaseFailure& failure) {
      recheck_new |= failure.state == state_unique_violation;
      throw;
    }
  });
}

Commit PostgresDatabase::transact_once(NodeSession& session, const Writer& writer, const BatchKeys& keys,
                                       Loaded& loaded, const std::function<Changes(Timestamp now)>& decide,
                                       bool recheck_new) {
  PostgresTransaction transaction(session.connection(), PostgresTransaction::Kind::write);
  PostgresBatch batch(session, writer, recheck_new);
  if (!batch.load(keys, loaded)) return Commit::fenced;
  batch.write(decide(batch.time()));
  transaction.commit();
  return Commit::committed;
}

Result<bool> PostgresDatabase::has_event(const NodeName& node, std::int64_t sequence) {
  return write(node, [&](NodeSession& session) {
    PostgresRows row = session.connection().run(sql_has_event, Parameters().add(std::string_view(node)));
    return row.next() && sequence > 0 && sequence <= row.integer();
  });
}

Result<std::vector<OrderId>> PostgresDatabase::adopt(const Writer& writer, Owners owners, std::size_t limit) {
  return write(writer.node, [&](NodeSession& session) {
    PostgresConnection& connection = session.connection();
    PostgresTransaction transaction(connection, PostgresTransaction::Kind::write);
    connection.send(sql_asynchronous_commit);
    connection.send(sql_adopts_users_sagas);
    connection.send(sql_adopts_lras);
    connection.send(sql_adopts_nested_lras);
    const std::int64_t number = lock_writer(connection, writer, owners == Owners::dead);
    const std::int64_t of_dead = owners == Owners::dead ? 1 : 0;
    connection.send(sql_adopt, Parameters().add(number).add(writer.epoch).add(sql::sql_limit(limit)).add(of_dead));
    std::vector<PostgresRows> results = transaction.commit();
    std::vector<OrderId> adopted;
    while (results.front().next()) adopted.push_back({results.front().uuid()});
    std::sort(adopted.begin(), adopted.end());
    return adopted;
  });
}

Result<LeftBehind> PostgresDatabase::left_behind(const Writer& writer, Owners owners) {
  const bool of_dead = owners == Owners::dead;
  return read_for_engine([&](PostgresReader& reader) {
    Parameters parameters = values_of(writer);
    PostgresRows row = reader.connection.run(sql_left_behind, parameters.add(std::int64_t{of_dead}));
    if (!row.next()) throw sql::DatabaseFailure{writer_fenced(writer)};
    const bool has_lease = row.integer() != 0;
    if (of_dead && !has_lease) throw sql::DatabaseFailure{writer_lease_expired(writer)};
    LeftBehind found;
    found.sagas = row.integer() != 0;
    found.events = row.integer() != 0;
    found.others = static_cast<std::size_t>(row.integer());
    found.next_expiry = Duration{row.integer()};
    return found;
  });
}

Result<std::vector<OrderId>> PostgresDatabase::due_flows(std::size_t limit) {
  return read_for_engine([&](PostgresReader& reader) {
    PostgresRows row = reader.connection.run(sql_expired, Parameters().add(sql::sql_limit(limit)));
    std::vector<OrderId> expired;
    while (row.next()) expired.push_back({row.uuid()});
    return expired;
  });
}

Result<std::vector<Backlog>> PostgresDatabase::backlogs(const Writer& writer) {
  return read_for_engine([&](PostgresReader& reader) {
    PostgresRows row = reader.connection.run(sql_backlogs, Parameters().add(std::string_view(writer.node)));
    return sql::read_all(row, sql::read_backlog<PostgresRows>);
  });
}

Result<std::vector<Event>> PostgresDatabase::events_after(const NodeName& node, std::int64_t sequence,
                                                          std::size_t limit) {
  return read_for_engine([&](PostgresReader& reader) {
    Parameters parameters;
    parameters.add(std::string_view(node)).add(sequence).add(sql::sql_limit(limit));
    return read_events_with_places(reader.connection.run(sql_events_after, parameters), reader.names);
  });
}

Result<std::int64_t> PostgresDatabase::published_through(const NodeName& node) {
  return read_for_engine([&](PostgresReader& reader) {
    PostgresRows row = reader.connection.run(sql_published_through, Parameters().add(std::string_view(node)));
    return row.next() ? row.integer() : std::int64_t{0};
  });
}

Result<void> PostgresDatabase::set_published(const Writer& writer, const std::vector<Backlog>& backlogs) {
  std::vector<Backlog> sorted = backlogs;
  std::sort(sorted.begin(), sorted.end(), [](const Backlog& a, const Backlog& b) { return a.node < b.node; });
  return write(writer.node, [&](NodeSession& session) {
    PostgresConnection& connection = session.connection();
    PostgresTransaction transaction(connection, PostgresTransaction::Kind::write);
    connection.send(sql_asynchronous_commit);
    lock_writer(connection, writer);
    for (const Backlog& backlog : sorted)
      connection.send(sql_set_published, Parameters().add(std::string_view(backlog.node)).add(backlog.published));
    transaction.commit();
  });
}

Result<PublishedDefinition> PostgresDatabase::publish(const std::string& name, const std::string& text) {
  if (const auto checked = check_publishable(name, text); !checked) return checked.error();
  return read([&](PostgresReader& reader) {
    try {
      return publish_definition(reader.connection, reader.names, name, text);
    } catch (const sql::DatabaseFailure&) {
      reader.names.forget();
      throw;
    }
  });
}

Result<bool> PostgresDatabase::retire(const std::string& name) {
  return read([&](PostgresReader& reader) { return retire_definition(reader.connection, name); });
}

Result<std::size_t> PostgresDatabase::forget_replays(Duration age, std::size_t limit) {
  return read_for_engine([&](PostgresReader& reader) {
    PostgresConnection& connection = reader.connection;
    const PostgresRows rows =
        connection.run(sql_forget_replays, Parameters().add(age.count()).add(sql::sql_limit(limit)));
    return static_cast<std::size_t>(rows.changed());
  });
}

}  // namespace postgres

Result<std::unique_ptr<PostgresStore>> open_postgres(const PostgresOptions& options) {
  using namespace postgres;
  auto address = PostgresAddress::parse(options.url);
  if (!address) return address.error();
  if (auto migrated = migrate(*address); !migrated) return migrated.error();
  return std::unique_ptr<PostgresStore>(std::make_unique<PostgresDatabase>(options, std::move(*address)));
}

}  // namespace sagactl
