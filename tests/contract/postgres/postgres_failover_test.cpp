// A standby behind a pooler: a node says what it has reached, and goes on as soon as there is a primary.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres/postgres_session.hpp"
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

  // An order with an event of that number.
  Result<Commit> write_event(std::int64_t sequence) {
    Loaded loaded;
    Flow flow;
    Event event;
    return store->transact(node.writer, {}, loaded, [&](Timestamp now) {
      flow = new_flow(++orders, {"node-1", node.writer.epoch}, now);
      event.order = flow.order.id;
      event.aggregate = flow.order.id.uuid;
      event.version = 1;
      event.data = "{}";
      event.node = "node-1";
      event.sequence = sequence;
      event.occurred_at = now;
      Changes changes;
      changes.new_orders = {&flow.order};
      changes.events = {&event};
      return changes;
    });
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

// The primary acknowledged what the standby has not got: the node has to ask before its events have numbers again.
TEST_F(PostgresFailover, AStandbyThatWasBehindTakesTheNumbersOfLostEventsFromANodeThatRegistersAgain) {
  ASSERT_EQ(write_event(1).value(), Commit::committed);
  PostgresSession copy(standby->url());
  const auto has_followed = [&] {
    return copy.text("SELECT count(*) FROM pg_class WHERE relname = 'node'") == "1" &&
           copy.text("SELECT last_sequence FROM node WHERE name = 'node-1'") == "1";
  };
  ASSERT_TRUE(eventually(has_followed));
  standby->stop();
  ASSERT_EQ(write_event(2).value(), Commit::committed);
  primary->kill();
  standby->start_again();
  standby->promote();
  pooler->lead_to(*standby);
  Result<bool> has_last = Error{};
  ASSERT_TRUE(eventually([&] { return (has_last = store->has_event("node-1", 2)).ok(); }));
  EXPECT_FALSE(*has_last);
  EXPECT_TRUE(store->has_event("node-1", 1).value());
  EXPECT_EQ(write_event(3).error().code, ErrorCode::bug);
  node = store->register_node("node-1", "", 1h).value();
  EXPECT_EQ(node.last_sequence, 1);
  EXPECT_EQ(write_event(2).value(), Commit::committed);
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
