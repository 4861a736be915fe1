// What a PostgreSQL store does when the server is slow, frozen, restarted or unavailable. On a server of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <thread>

#include "common/log.hpp"
#include "common/text/text.hpp"
#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres/postgres_session.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/tcp_proxy.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class PostgresFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = PostgresServer::start().release(); }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }

  void SetUp() override {
    SAGACTL_NEEDS(server, "PostgreSQL's server program");
    name = "db" + std::to_string(++databases);
    store = open();
    ASSERT_TRUE(store);
  }

  std::unique_ptr<PostgresStore> open(Duration lease = 100s) {
    auto opened = open_postgres({.url = server->url(name), .readers = 2, .lease = lease});
    EXPECT_TRUE(opened) << opened.error().message;
    return opened ? std::move(*opened) : nullptr;
  }

  static Result<Commit> create(Store& at, NodeRegistration& registration, int number) {
    Loaded loaded;
    Flow flow;
    Event event;
    const Result<Commit> commit = at.transact(registration.writer, {}, loaded, [&](Timestamp now) {
      flow = new_flow(number, {registration.writer.node, registration.writer.epoch}, now);
      event.order = flow.order.id;
      event.aggregate = flow.order.id.uuid;
      event.version = 1;
      event.data = "{}";
      event.node = registration.writer.node;
      event.sequence = registration.last_sequence + 1;
      event.occurred_at = now;
      Changes changes;
      changes.new_orders = {&flow.order};
      changes.new_sagas = {&*flow.saga};
      changes.events = {&event};
      return changes;
    });
    if (commit && *commit == Commit::committed) ++registration.last_sequence;
    return commit;
  }

  PostgresSession session() { return PostgresSession(server->url(name)); }

  // Waits until the query says `wanted`.
  static void await(PostgresSession& sql, const std::string& query, const std::string& wanted) {
    ASSERT_TRUE(eventually([&] { return sql.text(query) == wanted; })) << query;
  }

  // Every commit that writes an order, or rows of that table, waits before it is on disk, until the gate is opened or
  // the server's time limit for it is over. That its client is gone does not end it.
  void close_gate(PostgresSession& sql, const std::string& table = "flow") {
    sql.text("SELECT pg_advisory_lock(7)");
    sql.run(
        "CREATE FUNCTION await_gate() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "PERFORM set_config('client_connection_check_interval', '0', true), set_config('lock_timeout', '0', true); "
        "PERFORM pg_advisory_xact_lock_shared(7); RETURN NULL; END$$; CREATE CONSTRAINT TRIGGER gate AFTER INSERT OR "
        "UPDATE ON " +
        table + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION await_gate()");
  }
  void open_gate(PostgresSession& sql) { sql.text("SELECT pg_advisory_unlock(7)"); }

  static inline PostgresServer* server = nullptr;
  static inline int databases = 0;
  std::string name;
  std::unique_ptr<PostgresStore> store;
};

const std::string writer_in_commit =
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sagactl node-1' AND query = 'COMMIT' AND state = "
    "'active'";

TEST_F(PostgresFaults, ACallAtAFrozenServerEndsAndTheStoreRecovers) {
  NodeRegistration node = store->register_node("node-1", "", 100s).value();
  ASSERT_TRUE(store->database_time());
  server->freeze();
  auto read = std::async(std::launch::async, [&] { return store->database_time(); });
  const auto written = create(*store, node, 1);
  const auto time = read.get();
  ASSERT_FALSE(time);
  EXPECT_EQ(time.error().code, ErrorCode::unavailable) << time.error().message;
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::unavailable) << written.error().message;

  EXPECT_FALSE(store->counts()) << "connecting to a frozen server";
  server->thaw();
  Result<Commit> commit = Error{};
  eventually([&] { return (commit = create(*store, node, 2)).ok(); });
  ASSERT_TRUE(commit) << commit.error().message;
  EXPECT_EQ(*commit, Commit::committed);
}

TEST_F(PostgresFaults, ARestartedServerIsUsedAgainWithoutAnError) {
  NodeRegistration node = store->register_node("node-1", "", 100s).value();
  ASSERT_EQ(create(*store, node, 1).value(), Commit::committed);
  ASSERT_TRUE(store->counts());
  server->restart();
  EXPECT_EQ(create(*store, node, 2).value(), Commit::committed);
  EXPECT_EQ(store->counts().value().orders.at(OrderStatus::pending), 2);
}

TEST_F(PostgresFaults, ACommitWhoseSessionIsEndedIsInDoubtAndTheEventSaysThatItWasNot) {
  NodeRegistration node = store->register_node("node-1", "", 100s).value();
  PostgresSession sql = session();
  close_gate(sql);
  auto commit = std::async(std::launch::async, [&] { return create(*store, node, 1); });
  await(sql, writer_in_commit, "1");
  sql.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sagactl node-1'");
  const auto result = commit.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unknown_outcome) << result.error().message;
  EXPECT_FALSE(store->has_event("node-1", 1).value());
}

TEST_F(PostgresFaults, ACommitWhoseAnswerIsLostIsInDoubtAndTheEventIsAskedForWhenItIsOver) {
  const auto proxy = TcpProxy::start(0, server->port()).value();
  auto far = open_postgres({.url = PostgresServer::url(name, proxy->port())}).value();
  NodeRegistration node = far->register_node("node-1", "", 100s).value();
  PostgresSession sql = session();
  close_gate(sql);
  auto commit = std::async(std::launch::async, [&] { return create(*far, node, 1); });
  await(sql, writer_in_commit, "1");
  proxy->set(TcpProxy::Mode::cut);
  const auto result = commit.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unknown_outcome) << result.error().message;
  EXPECT_EQ(sql.text("SELECT count(*) FROM event"), "0") << "the commit goes on";
  proxy->set(TcpProxy::Mode::pass);
  Result<bool> there = Error{};
  auto asked =
      std::async(std::launch::async, [&] { eventually([&] { return (there = far->has_event("node-1", 1)).ok(); }); });
  open_gate(sql);
  asked.get();
  ASSERT_TRUE(there) << there.error().message;
  // On a busy machine the server's time limit may have ended the commit.
  await(sql, writer_in_commit, "0");
  EXPECT_EQ(*there, sql.text("SELECT count(*) FROM event") == "1") << "the answer waits for the commit";
}

// The record is written, and the connection is lost before the answer. The next try goes past the proxy.
TEST_F(PostgresFaults, ARecordIsKnownToBeOnesOwnWhenTheAnswerToItsWriterWasLost) {
  PostgresSession sql = session();
  close_gate(sql, "record");
  const auto write_and_lose_answer = [&](const std::function<Result<bool>(RecordStore&)>& write) {
    const auto proxy = TcpProxy::start(0, server->port()).value();
    std::string url = PostgresServer::url(name, proxy->port());
    const std::string near = fmt::format("127.0.0.1:{}", proxy->port());
    replace_all(url, near, fmt::format("{},127.0.0.1:{}", near, server->port()));
    auto far = open_postgres({.url = url, .readers = 1, .lease = 100s}).value();
    auto written = std::async(std::launch::async, [&] { return write(*far); });
    await(sql, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 7", "1");
    proxy->set(TcpProxy::Mode::cut);
    await(sql, "SELECT count(*) FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted", "1");
    open_gate(sql);
    const Result<bool> is_own = written.get();
    sql.text("SELECT pg_advisory_lock(7)");
    return is_own;
  };
  const auto added = write_and_lose_answer([](auto& records) { return records.add_record("job", "a", R"({"n":1})"); });
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_TRUE(*added);
  const auto replaced =
      write_and_lose_answer([](auto& records) { return records.replace_record("job", "a", 1, R"({"n":2})"); });
  ASSERT_TRUE(replaced) << replaced.error().message;
  EXPECT_TRUE(*replaced);
  open_gate(sql);
  EXPECT_FALSE(store->add_record("job", "a", R"({"n":1})").value()) << "it is there";
  EXPECT_FALSE(store->replace_record("job", "a", 1, R"({"n":2})").value()) << "it was replaced";
}

TEST_F(PostgresFaults, AWriterThatStandsStillInATransactionIsMadeToLetGoAndIsFenced) {
  store = open(1s);  // after which the server ends a session that stands still
  NodeRegistration paused = store->register_node("paused", "", 300ms).value();
  ASSERT_EQ(create(*store, paused, 1).value(), Commit::committed);
  const auto other = open();
  const Writer adopter = other->register_node("adopter", "", 100s)->writer;
  Loaded loaded;
  std::vector<OrderId> adopted;
  const BatchKeys keys{.flows = {order_id(1)}};
  const auto commit = store->transact(paused.writer, keys, loaded, [&](Timestamp) {
    eventually([&] {
      adopted = other->adopt(adopter, Owners::dead, 10).value();
      return !adopted.empty();
    });
    return Changes{};
  });
  EXPECT_EQ(adopted, (std::vector<OrderId>{order_id(1)}));
  // Its transaction was rolled back, and the next one finds that its epoch has been replaced.
  ASSERT_TRUE(commit) << commit.error().message;
  EXPECT_EQ(*commit, Commit::fenced);
  EXPECT_EQ(create(*store, paused, 2).value(), Commit::fenced);
}

TEST_F(PostgresFaults, TwoNodesThatClaimOneKeyAtOnceMakeOneOrder) {
  const auto other = open();
  std::vector<std::future<int>> placed;
  std::atomic<int> deciding = 0;
  for (PostgresStore* at : {store.get(), other.get()}) {
    placed.push_back(std::async(std::launch::async, [&, at] {
      const std::string node = at == store.get() ? "one" : "two";
      const NodeRegistration registration = at->register_node(node, "", 100s).value();
      Loaded loaded;
      Flow flow;
      Claim claim;
      int orders = 0, tries = 0;
      const auto commit =
          at->transact(registration.writer, {.claims = {digest_of_key("k")}}, loaded, [&](Timestamp now) {
            // Both have seen that the key is free before either writes.
            ++deciding;
            if (tries++ == 0) eventually([&] { return deciding >= 2; });
            Changes changes;
            orders = loaded.claims.empty() ? 1 : 0;
            if (orders == 0) return changes;
            flow = new_flow(node == "one" ? 1 : 2, {node, 1}, now);
            claim = {digest_of_key("k"), flow.order.id, true};
            changes.new_orders = {&flow.order};
            changes.claims = {&claim};
            return changes;
          });
      EXPECT_TRUE(commit) << commit.error().message;
      return orders;
    }));
  }
  EXPECT_EQ(placed[0].get() + placed[1].get(), 1);
  EXPECT_GE(deciding, 3) << "the loser decided again";
  EXPECT_EQ(store->counts().value().orders.at(OrderStatus::pending), 1);
}

// The row exists, so the second node waits for the first, and must see the order that was placed meanwhile.
TEST_F(PostgresFaults, AKeyThatWasGivenBackIsClaimedByOneOfTwoNodesAtOnce) {
  const auto other = open();
  const KeyDigest key = digest_of_key("k");
  const auto place = [&](PostgresStore& at, const NodeName& node, int number, bool live,
                         const std::function<void()>& before) {
    const NodeRegistration registration = at.register_node(node, "", 100s).value();
    Loaded loaded;
    Flow flow;
    Claim claim;
    std::vector<Claim> seen;
    const auto commit = at.transact(registration.writer, {.claims = {key}}, loaded, [&](Timestamp now) {
      before();
      seen = loaded.claims;
      Changes changes;
      if (!seen.empty() && seen.front().live) return changes;
      flow = new_flow(number, {node, 1}, now);
      claim = {key, flow.order.id, live};
      changes.new_orders = {&flow.order};
      changes.claims = {&claim};
      return changes;
    });
    EXPECT_TRUE(commit) << commit.error().message;
    return seen;
  };
  place(*store, "zero", 1, false, [] {});
  std::future<std::vector<Claim>> second;
  PostgresSession sql = session();
  place(*store, "one", 2, true, [&] {
    second = std::async(std::launch::async, [&] { return place(*other, "two", 3, true, [] {}); });
    await(sql, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
          "1");
  });
  const std::vector<Claim> seen = second.get();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].order, order_id(2));
  EXPECT_TRUE(seen[0].live) << "it would take the key for free, and place a second order";
}

TEST_F(PostgresFaults, NodesThatAdoptAtOnceTakeEverySagaOnce) {
  constexpr int sagas = 200, adopters = 4;
  NodeRegistration dead = store->register_node("dead", "", 1ms).value();
  for (int number = 1; number <= sagas; ++number) ASSERT_EQ(create(*store, dead, number).value(), Commit::committed);
  std::vector<std::future<std::vector<OrderId>>> taken;
  for (int i = 0; i < adopters; ++i)
    taken.push_back(std::async(std::launch::async, [&, i] {
      const auto at = open();
      const Writer adopter = at->register_node("adopter" + std::to_string(i), "", 100s)->writer;
      std::vector<OrderId> all;
      for (int turns = 0; turns < 200; ++turns)
        for (const OrderId id : at->adopt(adopter, Owners::dead, 10).value()) all.push_back(id);
      return all;
    }));
  std::vector<OrderId> all;
  for (auto& each : taken)
    for (const OrderId id : each.get()) all.push_back(id);
  EXPECT_EQ(all.size(), static_cast<std::size_t>(sagas));
  std::sort(all.begin(), all.end());
  EXPECT_EQ(std::adjacent_find(all.begin(), all.end()), all.end());
  EXPECT_EQ(create(*store, dead, sagas + 1).value(), Commit::fenced);
}

TEST_F(PostgresFaults, ANodeIdThatAnotherProcessKeepsIsRefusedWithItsUrl) {
  const Writer live = store->register_node("node-1", "http://10.0.0.7:3000", 100s)->writer;
  std::atomic<bool> done = false;
  std::thread renewing([&] {
    while (!done) {
      EXPECT_TRUE(store->renew(live, 100s).value());
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  });
  const auto other = open();
  const auto registration = other->register_node("node-1", "http://10.0.0.8:3000", 100s);
  done = true;
  renewing.join();
  ASSERT_FALSE(registration);
  EXPECT_EQ(registration.error().code, ErrorCode::conflict);
  EXPECT_THAT(registration.error().message, HasSubstr("http://10.0.0.7:3000"));
  EXPECT_THAT(registration.error().message, HasSubstr("NODE_ID"));
  EXPECT_TRUE(store->renew(live, 100s).value()) << "the one that lives is not disturbed";
}

TEST_F(PostgresFaults, ANodeThatWasKilledComesBackAtOnceWithoutWaitingForItsLease) {
  NodeRegistration before = store->register_node("node-1", "", 1h).value();
  ASSERT_EQ(create(*store, before, 1).value(), Commit::committed);
  store.reset();  // its connections are closed, as the kernel does for a process that is killed; it has not resigned
  store = open();
  const auto after = store->register_node("node-1", "", 100s);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->writer.epoch, before.writer.epoch + 1);
  EXPECT_EQ(store->adopt(after->writer, Owners::dead, 10).value(), (std::vector<OrderId>{order_id(1)}));
}

TEST_F(PostgresFaults, ANodeThatStandsStillLosesItsIdWhenItsLeaseHasRunOut) {
  const Writer paused = store->register_node("node-1", "", 100ms)->writer;
  const auto other = open();
  const auto after = other->register_node("node-1", "", 100s);
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_FALSE(store->renew(paused, 100ms).value());
  EXPECT_EQ(store->register_node("node-1", "", 100ms).error().code, ErrorCode::conflict)
      << "it does not take the id back from one that lives";
}

TEST_F(PostgresFaults, ManyNodesThatStartAtOnceMigrateOnce) {
  const std::string url = server->url("fresh");
  std::vector<std::future<Result<std::vector<SchemaMigration>>>> all;
  for (int i = 0; i < 6; ++i) all.push_back(std::async(std::launch::async, [&] { return migrate_postgres(url); }));
  std::size_t applied = 0;
  for (auto& each : all) {
    const auto done = each.get();
    ASSERT_TRUE(done) << done.error().message;
    applied += done->size();
  }
  const auto known = postgres_migrations(url).value();
  EXPECT_EQ(applied, known.size());
  for (const SchemaMigration& migration : known) EXPECT_TRUE(migration.applied) << migration.name;
}

// A misspelled DATABASE_NAME leads to a new database, in which all that was stored seems to be gone.
TEST_F(PostgresFaults, ADatabaseThatIsCreatedIsNamedWithTheOneThatMayBeMeant) {
  std::string logged;
  set_log_sink([&](std::string_view line) { logged.append(line).append("\n"); });
  const auto migrate = [&](const char* database) {
    logged.clear();
    EXPECT_TRUE(migrate_postgres(server->url(database)));
    return logged;
  };
  EXPECT_THAT(migrate("webshop"), HasSubstr("event=\"the database did not exist and was created\""));
  const std::string misspelled = migrate("webshpo");
  EXPECT_THAT(migrate("webshpo"), Not(HasSubstr("was created"))) << "it is there";
  set_log_sink({});
  EXPECT_THAT(misspelled, HasSubstr("database=\"webshpo at "));
  EXPECT_THAT(misspelled, HasSubstr("similar=webshop"));
  const auto found = diagnose_postgres(server->url("webshpo"), [] { return Timestamp{}; });
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->is_empty);
  EXPECT_EQ(found->similar, "webshop");
}

TEST_F(PostgresFaults, ANewerSchemaAndAnotherTextAreRefused) {
  PostgresSession sql = session();
  sql.run("INSERT INTO schema_migration (number, name, checksum) VALUES (999, '0999_later.sql', '')");
  const auto newer = open_postgres({.url = server->url(name)});
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().code, ErrorCode::invalid);
  EXPECT_THAT(newer.error().message, HasSubstr("newer sagactl"));
  sql.run(
      "DELETE FROM schema_migration WHERE number = 999; UPDATE schema_migration SET checksum = 'x' WHERE number = 1");
  EXPECT_EQ(open_postgres({.url = server->url(name)}).error().code, ErrorCode::invalid);
}

TEST_F(PostgresFaults, AnotherProgramsTablesAreLeftAlone) {
  PostgresSession(server->url()).run("CREATE DATABASE theirs");
  PostgresSession(server->url("theirs")).run("CREATE TABLE orders (id integer)");
  const auto opened = open_postgres({.url = server->url("theirs")});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::invalid);
  EXPECT_THAT(opened.error().message, HasSubstr("orders"));
}

TEST_F(PostgresFaults, WhatIsWrongWithTheAddressIsSaidWithoutThePassword) {
  PostgresSession(server->url())
      .run(
          "DO $$BEGIN CREATE ROLE poor LOGIN PASSWORD 'hunter2'; EXCEPTION WHEN "
          "duplicate_object THEN NULL; END$$");
  const std::string at = "@127.0.0.1:" + std::to_string(server->port()) + "/";
  struct Row {
    std::string url;
    ErrorCode code;
    std::string says;
  };
  const Row rows[] = {
      {"postgres://saga:hunter2" + at + name, ErrorCode::invalid, "DATABASE_PASSWORD"},
      {"postgres://nobody:hunter2" + at + name, ErrorCode::invalid, "DATABASE_USER"},
      {"postgres://poor:hunter2" + at + "missing", ErrorCode::invalid, "does not exist"},
      {"postgres://saga:hunter2@127.0.0.1:1/x", ErrorCode::unavailable, "is the server running"},
      {"postgres://saga:hunter2@no-such-host.invalid/x", ErrorCode::unavailable, "are host and port right"},
  };
  for (const Row& row : rows) {
    const auto opened = open_postgres({.url = row.url});
    ASSERT_FALSE(opened) << row.url;
    EXPECT_EQ(opened.error().code, row.code) << opened.error().message;
    EXPECT_THAT(opened.error().message, HasSubstr(row.says));
    EXPECT_THAT(opened.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST_F(PostgresFaults, ThePoolIsBoundedAndSaysWhatIsOpen) {
  const DatabaseConnections before = store->connections().value();
  EXPECT_EQ(before.max, 3u);
  EXPECT_EQ(before.open, 0u);
  ASSERT_TRUE(store->register_node("node-1", "", 100s));
  std::vector<std::future<bool>> reads;
  for (int i = 0; i < 16; ++i) reads.push_back(std::async(std::launch::async, [&] { return store->counts().ok(); }));
  for (auto& read : reads) EXPECT_TRUE(read.get());
  const DatabaseConnections after = store->connections().value();
  EXPECT_EQ(after.max, 4u) << "two that read, one that reads for the engines, and one that writes";
  EXPECT_LE(after.open, 4u);
  EXPECT_GE(after.open, 2u);
  EXPECT_EQ(after.in_use, 0u);
  PostgresSession sql = session();
  EXPECT_LE(std::stoi(sql.text("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'sagactl%'")), 4);
}

}  // namespace
}  // namespace sagactl
