// A standby behind a pooler: a node says what it has reached, and goes on as soon as there is a primary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/pgbouncer.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class PostgresFailover : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_PGBOUNCER();
    primary = PostgresServer::start();
    SAGACTL_NEEDS(primary, "PostgreSQL's server program");
    standby = primary->make_standby();
    pooler = std::make_unique<PgBouncer>(*primary, "session", "server_login_retry = 1\n");
    store = open_postgres({.url = pooler->url(), .readers = 1, .lease = 1s}).value();
    node = store->register_node("node-1", "", 1h).value();
  }
  Result<void> write() {
    Loaded loaded;
    Flow flow;
    const auto commit = store->transact(node.writer, {}, loaded, [&](Timestamp now) {
      flow = new_flow(++orders, {"node-1", node.writer.epoch}, now);
      Changes changes;
      changes.new_orders = {&flow.order};
      return changes;
    });
    return commit ? Result<void>() : Result<void>(commit.error());
  }

  std::unique_ptr<PostgresServer> primary, standby;
  std::unique_ptr<PgBouncer> pooler;
  std::unique_ptr<PostgresStore> store;
  NodeRegistration node;
  int orders = 0;
};

TEST_F(PostgresFailover, ASessionThatHasReachedAStandbyIsLeftForThePrimary) {
  primary->wait_for_standbys(true);
  ASSERT_TRUE(write().ok());
  primary->demote();
  Result<void> written;
  const auto is_refused_as_read_only = [&] {
    written = write();
    return !written && written.error().message.find("is read-only (is it a standby?)") != std::string::npos;
  };
  EXPECT_TRUE(eventually(is_refused_as_read_only)) << written.error().message;
  EXPECT_EQ(written.error().code, ErrorCode::unavailable);
  standby->promote();
  pooler->lead_to(*standby);
  EXPECT_TRUE(eventually([&] { return (written = write()).ok(); })) << written.error().message;
}

TEST_F(PostgresFailover, AStandbyIsNamedAsOneByWhateverWantsToWrite) {
  const auto opened = open_postgres({.url = standby->url(), .readers = 1});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::unavailable);
  EXPECT_THAT(opened.error().message, HasSubstr("is read-only (is it a standby?)"));
  const auto migrated = migrate_postgres(standby->url("template1"));
  ASSERT_FALSE(migrated);
  EXPECT_THAT(migrated.error().message, HasSubstr("is read-only (is it a standby?)"));
}

}  // namespace
}  // namespace sagactl
