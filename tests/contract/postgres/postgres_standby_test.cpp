// A synchronous standby is unavailable, or another session holds a lock that a start waits for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <mutex>
#include <thread>

#include "common/log.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres/postgres_session.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class StandbyAway : public testing::Test {
 protected:
  void SetUp() override {
    server = PostgresServer::start();
    SAGACTL_NEEDS(server, "PostgreSQL's server program");
    store = open_postgres({.url = server->url("shop"), .readers = 1, .lease = 1s}).value();
  }
  // As a primary whose only synchronous standby is unavailable.
  void set_standby(PostgresSession& sql, const std::string& names) {
    sql.run("ALTER SYSTEM SET synchronous_standby_names = '" + names + "'");
    sql.text("SELECT pg_reload_conf()");
    ASSERT_TRUE(eventually([&] { return sql.text("SHOW synchronous_standby_names") == names; }));
  }
  static std::string waiting(PostgresSession& sql) {
    return sql.text(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sagactl node-1' AND wait_event = 'SyncRep'");
  }

  std::unique_ptr<PostgresServer> server;
  std::unique_ptr<PostgresStore> store;
};

TEST_F(StandbyAway, ACommitThatWaitsForItIsNotEndedByTheNodesNextLife) {
  const NodeRegistration node = store->register_node("node-1", "", 500ms).value();
  PostgresSession sql(server->url("shop"));
  set_standby(sql, "*");
  Flow flow;
  int stored = 0;
  const auto write = [&] {
    Loaded loaded;
    return store->transact(node.writer, {}, loaded, [&](Timestamp now) {
      flow = new_flow(stored + 1, {"node-1", node.writer.epoch}, now);
      Changes changes;
      changes.new_orders = {&flow.order};
      return changes;
    });
  };
  // The server's processes hear of the setting one after the other.
  auto commit = write();
  for (; commit && stored < 500; commit = write()) ++stored;
  ASSERT_FALSE(commit);
  EXPECT_EQ(commit.error().code, ErrorCode::unknown_outcome);
  ASSERT_EQ(waiting(sql), "1");
  std::this_thread::sleep_for(std::chrono::milliseconds(600));  // the lease is over, by the server's clock
  const auto other = open_postgres({.url = server->url("shop"), .readers = 1, .lease = 1s}).value();
  const auto again = other->register_node("node-1", "", 1s);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::unavailable);
  EXPECT_THAT(again.error().message, HasSubstr("waits for a synchronous standby"));
  EXPECT_EQ(waiting(sql), "1") << "it waits as long as the standby is down";
  EXPECT_EQ(sql.text("SELECT count(*) FROM orders"), std::to_string(stored))
      << "what the standby does not have is not seen";

  set_standby(sql, "");
  ASSERT_TRUE(eventually([&] { return waiting(sql) == "0"; }));
  EXPECT_TRUE(other->register_node("node-1", "", 1s));
  EXPECT_EQ(sql.text("SELECT count(*) FROM orders"), std::to_string(stored + 1));
}

TEST_F(StandbyAway, ASessionThatIsStuckOtherwiseIsEnded) {
  const NodeRegistration node = store->register_node("node-1", "", 300ms).value();
  PostgresSession sql(server->url("shop"));
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  const auto other = open_postgres({.url = server->url("shop"), .readers = 1, .lease = 1s}).value();
  EXPECT_TRUE(other->register_node("node-1", "", 1s)) << "its holder stands still";
}

class MigrationLock : public StandbyAway {};

TEST_F(MigrationLock, ThatAnotherHoldsIsWaitedForAndItsHolderNamed) {
  PostgresSession sql(server->url("shop"));
  sql.run("SET application_name = 'a pooler'");
  sql.text("SELECT pg_advisory_lock(23146, hashtext(current_schema()))");
  std::mutex mutex;
  std::string log;
  set_log_sink([&](std::string_view line) {
    const std::lock_guard lock(mutex);
    log.append(line).append("\n");
  });
  const auto says = [&](const char* words) {
    const std::lock_guard lock(mutex);
    return log.find(words) != log.npos;
  };
  auto waiting = std::async(std::launch::async, [&] { return migrate_postgres(server->url("shop")); });
  EXPECT_TRUE(eventually([&] { return says("a pooler") && says("pg_terminate_backend("); }));
  sql.text("SELECT pg_advisory_unlock(23146, hashtext(current_schema()))");
  EXPECT_TRUE(waiting.get());
  set_log_sink({});
}

}  // namespace
}  // namespace sagactl
