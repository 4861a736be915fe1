// Databases that the build before users' sagas wrote, and its statements on the schema of today: its nodes go on
// running while new ones start. And what people's SQL sees of users' sagas.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "common/text/text.hpp"
#include "embedded/postgres_schema.hpp"
#include "embedded/sqlite_schema.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sql/schema_migration.hpp"
#include "server/adapters/sqlite/sqlite_store.hpp"
#include "server/ports/saga_keys.hpp"
#include "tests/contract/postgres/postgres_subject.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/sqlite/sql_session.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

constexpr int newest_before = 8;  // of PostgreSQL's migrations; SQLite has one more
constexpr int newest_before_groups = 17, newest_before_groups_of_files = 14;

enum class Dialect { sqlite, postgres };

std::string quoted(std::string text) {
  replace_all(text, "'", "''");
  return "'" + text + "'";
}

std::string literal(const Uuid& id, Dialect dialect) {
  std::string text = id.text();
  if (dialect == Dialect::postgres) return quoted(text);
  replace_all(text, "-", "");
  return "x'" + text + "'";
}

// The columns and values of a running order's flow, as that build wrote them: those of its order, and its saga's state.
struct OldRow {
  std::string columns, values, state_columns, state_values;
};

OldRow old_row(const Flow& flow, Dialect dialect) {
  const Order& order = flow.order;
  const Saga& saga = *flow.saga;
  const bool is_sqlite = dialect == Dialect::sqlite;
  const std::string yes = is_sqlite ? "1" : "true", no = is_sqlite ? "0" : "false";
  OldRow row;
  row.columns = fmt::format(
      "{}id, {}, items, total, address, idempotency_key, fencing_token, order_node, order_created, customer, "
      "order_status, holds_key, payment_id, cancel_reason, order_version, order_updated, definition, correlation, "
      "trace_parent, saga_created, ",
      is_sqlite ? "no, " : "", is_sqlite ? "user" : "user_id");
  row.values = fmt::format(
      "{}{}, {}, {}, {}, {}, {}, {}, (SELECT no FROM node WHERE name = 'node-1'), {}, NULL, 0, {}, NULL, NULL, 1, {}, "
      "(SELECT no FROM definition WHERE name = 'OrderProcessingSaga'), NULL, NULL, {}, ",
      is_sqlite ? "1, " : "", literal(order.id.uuid, dialect), literal(order.user.uuid, dialect),
      quoted(to_json(order.items).dump()), order.total.cents, quoted(order.address), quoted(order.idempotency_key),
      order.fencing_token, order.created_at.us, yes, order.updated_at.us, saga.created_at.us);
  row.state_columns =
      "saga_status, steps, step_errors, error, manual, wake_at, retries, owner_node, owner_epoch, tries, "
      "saga_version, saga_updated";
  row.state_values = fmt::format(
      "0, '[[2,1,1,0,0,0,1],[1,1,1,1,0,null,1],[0,0,0,0,null,null,0]]', {}, NULL, {}, {}, NULL, "
      "(SELECT no FROM node WHERE name = 'node-1'), 1, 1, 1, {}",
      quoted(R"(["","the gateway did not \"answer\"",""])"), no, saga.wake_at->us, saga.updated_at.us);
  return row;
}

Flow old_flow() {
  Flow flow = new_flow(1, {"node-1", 1}, SimulatedClock::epoch);
  flow.payments.clear();
  flow.barriers.clear();
  return flow;
}

// The rows of a node and of a flow.
std::string old_inserts(Dialect dialect) {
  const OldRow row = old_row(old_flow(), dialect);
  const bool is_sqlite = dialect == Dialect::sqlite;
  return fmt::format("INSERT INTO flow ({}{}, {}reservations, expires_at{}) VALUES ({}{}, {}NULL, NULL{})", row.columns,
                     row.state_columns, is_sqlite ? "" : "payments, barriers, ", is_sqlite ? ", last_writer" : "",
                     row.values, row.state_values, is_sqlite ? "" : "NULL, NULL, ", is_sqlite ? ", NULL" : "");
}

constexpr const char* old_names =
    "INSERT INTO node (name) VALUES ('node-1');"
    "INSERT INTO definition (name, version) VALUES ('OrderProcessingSaga', 1);";

// The update of a saga: it waits longer.
std::string old_update(Dialect dialect, Flow flow) {
  flow.saga->wake_at = *flow.saga->wake_at + 1min;
  const OldRow row = old_row(flow, dialect);
  return fmt::format("UPDATE flow SET ({}) = ({}) WHERE id = {}", row.state_columns, row.state_values,
                     literal(flow.order.id.uuid, dialect));
}

// The schema as it was: the first migrations, recorded.
template <class Session>
void make_old_schema(Session& sql, const std::vector<EmbeddedFile>& files, int last) {
  sql.run(
      "CREATE TABLE schema_migration (number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, "
      "applied_at bigint NOT NULL DEFAULT 1)");
  for (int i = 0; i < last; ++i) {
    const EmbeddedFile& file = files[static_cast<std::size_t>(i)];
    sql.run(std::string(file.text));
    sql.run(fmt::format("INSERT INTO schema_migration VALUES ({}, '{}', '{}', 1)", i + 1, file.name,
                        sql::checksum_of(file)));
  }
}

// Reads the row, changes it as the build before does, and reads it again.
template <class Session>
void expect_old_row(Queries& queries, Session& sql, Dialect dialect) {
  Flow flow = old_flow();
  const auto found = queries.flow(flow.order.id);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(describe(**found), describe(flow));
  sql.run(old_update(dialect, flow));
  flow.saga->wake_at = flow.saga->steps[1].wake_at = *flow.saga->wake_at + 1min;
  EXPECT_EQ(describe(*queries.flow(flow.order.id).value()), describe(flow));
}

TEST(OldSchema, OfAFileIsReadAfterItsMigration) {
  const ScratchDirectory directory;
  const std::string path = directory.file("sagactl.db");
  SqlSession sql(path);
  make_old_schema(sql, embedded::sqlite_schema(), newest_before + 1);
  sql.run(old_names);
  sql.run(old_inserts(Dialect::sqlite));
  SimulatedClock clock;
  auto store = open_sqlite({.path = path}, clock);
  ASSERT_TRUE(store) << store.error().message;
  expect_old_row(**store, sql, Dialect::sqlite);
}

TEST(OldSchema, OfADatabaseIsReadAfterItsMigration) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  const std::string schema = fresh_schema_name(), url = url_of_schema(*postgres_url(), schema);
  PostgresSession(*postgres_url()).run("CREATE SCHEMA " + schema);
  PostgresSession sql(url);
  make_old_schema(sql, embedded::postgres_schema(), newest_before);
  sql.run(old_names);
  sql.run(old_inserts(Dialect::postgres));
  {
    auto store = open_postgres({.url = url, .readers = 1, .lease = 2s});
    ASSERT_TRUE(store) << store.error().message;
    expect_old_row(**store, sql, Dialect::postgres);
  }
  sql.run("SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE");
}

TEST(OldSchema, EventsOfAFileOfBeforeAreReadAsTheyWere) {
  const ScratchDirectory directory;
  const std::string path = directory.file("sagactl.db");
  SqlSession sql(path);
  make_old_schema(sql, embedded::sqlite_schema(), newest_before_groups_of_files);
  sql.run(old_names);
  sql.run(old_inserts(Dialect::sqlite));
  sql.run(
      "INSERT INTO event (key, flow, type, aggregate_type, aggregate, version, occurred_at, data) VALUES "
      "((1 << 40) + 3, 1, 2, 0, NULL, 5, 7, '{\"x\": 1}'), "
      "((1 << 40) + 4, 1, 4, 1, x'000102030405060708090a0b0c0d0e0f', 1, 7, '{}'); "
      "UPDATE node SET last_sequence = 4");
  SimulatedClock clock;
  auto store = open_sqlite({.path = path}, clock);
  ASSERT_TRUE(store) << store.error().message;
  const auto events = (*store)->flow_events(old_flow().order.id).value();
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].sequence, 3);
  EXPECT_EQ(events[0].data, R"({"x": 1})");
  EXPECT_EQ((*store)->events_after("node-1", 3, 10).value().size(), 1u);
  EXPECT_EQ(sql.text(R"(SELECT sequence, "aggregateId", "eventData" FROM event_store)"),
            fmt::format("3|{}|{{\"x\": 1}}\n4|00010203-0405-0607-0809-0a0b0c0d0e0f|{{}}", old_flow().order.id.text()));
  sql.run("DELETE FROM event_store WHERE sequence = 3");
  EXPECT_EQ((*store)->flow_events(old_flow().order.id).value().size(), 1u);
}

TEST(OldSchema, EventsOfBeforeAreReadAsTheyWereByWhoeverMight) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  const std::string schema = fresh_schema_name(), url = url_of_schema(*postgres_url(), schema);
  PostgresSession(*postgres_url()).run("CREATE SCHEMA " + schema);
  PostgresSession sql(url);
  make_old_schema(sql, embedded::postgres_schema(), newest_before_groups);
  const OrderId order = old_flow().order.id;
  sql.run(old_names);
  sql.run(fmt::format(
      "INSERT INTO event (node, sequence, flow, type, aggregate_type, version, occurred_at, data) SELECT no, "
      "3, '{}', 2, 0, 5, 7, '{{\"x\": 1}}' FROM node; UPDATE node SET last_sequence = 3; "
      "GRANT SELECT, INSERT ON event TO PUBLIC",
      order.text()));
  {
    auto store = open_postgres({.url = url, .readers = 1, .lease = 2s});
    ASSERT_TRUE(store) << store.error().message;
    const auto events = (*store)->flow_events(order).value();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].sequence, 3);
    EXPECT_EQ(events[0].data, R"({"x": 1})");
    EXPECT_EQ((*store)->events_after("node-1", 2, 10).value().size(), 1u);
  }
  EXPECT_EQ(sql.text("SELECT string_agg(DISTINCT p, ' ') FROM unnest(ARRAY['SELECT', 'INSERT', 'DELETE']) AS p WHERE "
                     "has_table_privilege('public', 'event', p)"),
            "INSERT SELECT");
  sql.run("SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE");
}

// A backup reads a table for long, so that a migration has to wait for it, and its other locks are in the way of nodes.
TEST(OldSchema, ANodeOfTheBuildBeforeWritesWhileAMigrationWaitsForABackup) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  const std::string schema = fresh_schema_name(), url = url_of_schema(*postgres_url(), schema);
  PostgresSession(*postgres_url()).run("CREATE SCHEMA " + schema);
  PostgresSession sql(url), backup(url), node(url);
  make_old_schema(sql, embedded::postgres_schema(), newest_before_groups);
  sql.run(old_names);
  backup.run("BEGIN; SELECT count(*) FROM event");
  auto migrating = std::async(std::launch::async, [&] { return migrate_postgres(url); });
  EXPECT_TRUE(eventually([&] {
    return sql.text("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'event'::regclass") == "1";
  }));
  node.run("SET statement_timeout = '20s'; UPDATE node SET lease_until = 7");
  EXPECT_EQ(node.text("SELECT lease_until FROM node"), "7");
  backup.run("ROLLBACK");
  const auto migrated = migrating.get();
  ASSERT_TRUE(migrated) << migrated.error().message;
  EXPECT_EQ(migrated->size(), 1u);
  sql.run("SET client_min_messages = warning; DROP SCHEMA " + schema + " CASCADE");
}

TEST(OldSchema, StatementsOfTheBuildBeforeWorkOnTheNewSchema) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  PostgresSubject subject(*postgres_url());
  PostgresSession& sql = subject.sql();
  sql.run("INSERT INTO node (name) VALUES ('node-1')");
  sql.run("INSERT INTO definition (name, version) VALUES ('OrderProcessingSaga', 1) ON CONFLICT DO NOTHING");
  sql.run(old_inserts(Dialect::postgres));
  expect_old_row(subject.queries(), sql, Dialect::postgres);
}

// As the build before adopts, when no other adopter is there: the rows of a node that is dead.
constexpr const char* old_adoption = R"(
  WITH taken AS (SELECT id FROM flow WHERE saga_status IN (0, 3) ORDER BY id FOR UPDATE SKIP LOCKED)
  UPDATE flow SET owner_node = (SELECT no FROM node WHERE name = 'old'), owner_epoch = 1
  FROM taken WHERE flow.id = taken.id)";

// "saga|node", in that order.
std::string owners(PostgresSession& sql) {
  return sql.text(
      "SELECT d.name, n.name FROM flow AS f JOIN definition AS d ON d.no = f.definition JOIN node AS n ON n.no = "
      "f.owner_node ORDER BY 1, 2");
}

// A node of this build takes over from those that are dead.
void adopt_by_new_node(PostgresSubject& subject, std::size_t count) {
  subject.clock.advance(1s);
  WriterNode adopter(subject, "new", 100s);
  std::size_t adopted = 0;
  eventually([&] {
    EXPECT_TRUE(subject.store().renew(adopter.writer(), 100s).value());
    adopted += subject.store().adopt(adopter.writer(), Owners::dead, 10).value().size();
    return adopted >= count;
  });
}

// By a build that adopts users' sagas, and does not know LRAs.
TEST(OldSchema, ANodeOfABuildThatDoesNotKnowLrasLeavesThem) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  PostgresSubject subject(*postgres_url());
  PostgresSession& sql = subject.sql();
  {
    WriterNode dead(subject, "dead", 500ms);
    const Flow lra = new_own_flow(lra_definition(2), 3, dead.owner(), {});
    const Flow dtm = new_own_flow(dtm_definition("msg", 2, true, 5s), 7, dead.owner(), {});
    dead.write([&](ChangeList& list, Timestamp) {
      for (Flow flow : {lra, dtm}) list.create(flow);
    });
  }
  sql.run("INSERT INTO node (name) VALUES ('old')");
  sql.run(std::string("BEGIN; SET LOCAL sagactl.users_sagas = 'adopt';") + old_adoption + "; COMMIT");
  EXPECT_EQ(owners(sql), "dtm-msg|old\nlra|dead");

  adopt_by_new_node(subject, 1);
  EXPECT_THAT(owners(sql), testing::HasSubstr("lra|new"));
}

// By a build that adopts LRAs, and does not know that they may be nested.
TEST(OldSchema, ANodeOfABuildThatDoesNotKnowNestedLrasLeavesThem) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  PostgresSubject subject(*postgres_url());
  PostgresSession& sql = subject.sql();
  {
    WriterNode dead(subject, "dead", 500ms);
    const Flow nested = new_own_flow(lra_definition(2, true), 3, dead.owner(), {});
    const Flow dtm = new_own_flow(dtm_definition("msg", 2, true, 5s), 7, dead.owner(), {});
    const Flow alone = new_own_flow(lra_definition(2), 11, dead.owner(), {});
    dead.write([&](ChangeList& list, Timestamp) {
      for (Flow flow : {nested, dtm, alone}) list.create(flow);
    });
  }
  sql.run("INSERT INTO node (name) VALUES ('old')");
  sql.run(std::string("BEGIN; SET LOCAL sagactl.users_sagas = 'adopt'; SET LOCAL sagactl.lras = 'adopt';") +
          old_adoption + "; COMMIT");
  EXPECT_EQ(owners(sql), "dtm-msg|old\nlra|dead\nlra|old");

  adopt_by_new_node(subject, 1);
  EXPECT_THAT(owners(sql), testing::HasSubstr("lra|new"));
}

TEST(OldSchema, ANodeOfTheBuildBeforeAdoptsOrdersAndLeavesUsersSagas) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  PostgresSubject subject(*postgres_url());
  PostgresSession& sql = subject.sql();
  {
    WriterNode dead(subject, "dead", 500ms);
    ASSERT_TRUE(subject.store().publish(trip, trip_text(1)));
    const Flow own = new_own_flow(subject.queries().definition(trip, {}).value()->definition, 3, dead.owner(), {});
    const Flow dtm = new_own_flow(dtm_definition("msg", 2, true, 5s), 7, dead.owner(), {});
    dead.write([&](ChangeList& list, Timestamp now) {
      for (Flow flow : {own, dtm, new_flow(1, dead.owner(), now)}) list.create(flow);
    });
  }
  sql.run("INSERT INTO node (name) VALUES ('old')");
  sql.run(old_adoption);
  EXPECT_EQ(owners(sql), "OrderProcessingSaga|old\ndtm-msg|dead\ntrip|dead");

  adopt_by_new_node(subject, 2);
  EXPECT_THAT(owners(sql), testing::HasSubstr("dtm-msg|new\ntrip|new"));
}

// A published definition's saga and one of DTM's, in the views; and then deleted by them.
template <class Session>
void expect_views_of_own_sagas(StoreSubject& subject, Session& sql) {
  WriterNode node(subject, "node-1");
  ASSERT_TRUE(subject.store().publish(trip, trip_text(1)));
  const Flow own = new_own_flow(subject.queries().definition(trip, {}).value()->definition, 3, node.owner(), {});
  const Flow dtm = new_own_flow(dtm_definition("msg", 2, true, 5s), 7, node.owner(), {});
  node.write([&](ChangeList& list, Timestamp now) {
    for (Flow flow : {own, dtm}) {
      flow.saga->created_at = flow.saga->updated_at = now;
      flow.saga->steps.back() = {StepStatus::succeeded, 1, 1, false, now, now, "node-1", ""};
      list.create(flow).add(flow.order.id, call_record(flow, 1, now));
    }
  });
  std::string shown = sql.text(
      R"(SELECT "sagaType", "currentStep", "completedSteps", "compensationSteps" FROM saga_instances ORDER BY 1)");
  replace_all(shown, ", ", ",");  // as jsonb is printed
  EXPECT_EQ(shown,
            "dtm-msg|prepared|[\"01\",\"02\"]|[]\n"
            "trip|hotel|[\"flight\",\"approval\"]|[]");
  EXPECT_EQ(sql.text(R"(SELECT data ->> 'nights' FROM saga_instances ORDER BY "sagaType")"), "3\n3");
  EXPECT_EQ(sql.text("SELECT count(*) FROM participant_call"), "2");
  EXPECT_EQ(sql.text("SELECT count(*) FROM search_value"), "3");
  sql.run(R"(DELETE FROM saga_instances WHERE "sagaType" IN ('trip', 'dtm-msg'))");
  EXPECT_EQ(sql.text("SELECT count(*) FROM participant_call"), "0");
  EXPECT_EQ(sql.text("SELECT count(*) FROM search_value"), "0");
  EXPECT_FALSE(subject.queries().flow(own.order.id).value());
  Counts counts = subject.queries().counts().value();
  EXPECT_EQ((counts.sagas[{trip, SagaStatus::started}]), 0);
}

class FileSubject : public StoreSubject {
 public:
  Store& store() override { return *store_; }
  Queries& queries() override { return *store_; }
  HistorySource& history() override { return *store_; }
  RecordStore& records() override { return *store_; }
  void reopen() override { crash("these tests use one life of the store"); }
  const std::string& path() const { return path_; }

 private:
  ScratchDirectory directory_;
  const std::string path_ = directory_.file("sagactl.db");
  std::unique_ptr<SqliteStore> store_ = open_sqlite({.path = path_}, clock).value();
};

TEST(ViewsOfUsersSagas, OfAFileShowThemAndDeleteAllOfThem) {
  FileSubject subject;
  SqlSession sql(subject.path());
  expect_views_of_own_sagas(subject, sql);
}

TEST(ViewsOfUsersSagas, OfADatabaseShowThemAndDeleteAllOfThem) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  PostgresSubject subject(*postgres_url());
  expect_views_of_own_sagas(subject, subject.sql());
}

}  // namespace
}  // namespace sagactl
