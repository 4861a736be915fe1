// What is read from outside may take a while, but not for ever, and never the engine's time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "server/adapters/postgres/postgres_store.hpp"
#include "server/adapters/sqlite/file/sqlite_connection.hpp"
#include "server/adapters/sqlite/file/sqlite_failure.hpp"
#include "tests/contract/postgres/postgres_subject.hpp"
#include "tests/contract/scratch.hpp"
#include "tests/contract/writing.hpp"

namespace sagactl {
namespace {

// A search for a text takes a second for each saga that it looks at.
class SlowSearch : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
    subject = std::make_unique<PostgresSubject>(*postgres_url());
    WriterNode node(*subject, "node-1");
    node.create({1, 2, 3});
    subject->sql().run(
        "CREATE FUNCTION strpos(text, text) RETURNS integer LANGUAGE plpgsql AS "
        "$$ BEGIN PERFORM pg_sleep(1); RETURN 0; END $$");
    store =
        open_postgres({.url = subject->url() + ",pg_catalog", .readers = 2, .lease = std::chrono::seconds(2)}).value();
    search.error_contains = "zzz";
  }

  std::unique_ptr<PostgresSubject> subject;
  std::unique_ptr<PostgresStore> store;
  SagaFilter search;
};

TEST_F(SlowSearch, IsEndedAndSaysWhatToDo) {
  const auto found = store->sagas(search, {});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::unavailable);
  EXPECT_EQ(found.error().members["code"], "LIST_TOO_LONG");
  EXPECT_TRUE(store->sagas({}, {})) << "the connection goes on";
}

TEST_F(SlowSearch, DoesNotHoldUpTheEngine) {
  std::atomic<bool> stop = false;
  std::atomic<int> ended = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i)
    clients.emplace_back([&] {
      for (; !stop; ++ended) (void)store->sagas(search, {});
    });
  while (store->connections()->in_use < 2) std::this_thread::yield();
  const Writer writer{"node-1", 1};
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(store->due_flows(1000));
    EXPECT_TRUE(store->backlogs(writer));
    EXPECT_TRUE(store->events_after("node-1", 0, 10));
    EXPECT_TRUE(store->forget_replays(48h, 10));
  }
  const int ended_meanwhile = ended;
  stop = true;
  for (std::thread& client : clients) client.join();
  EXPECT_LT(ended_meanwhile, 60) << "80 calls, each of which would have to wait until a search ends";
}

TEST(SqliteTimeLimit, EndsWhatTakesTooLongAndNothingElse) {
  ScratchDirectory directory;
  sqlite::SqliteConnection connection(directory.file("some.db"), {sqlite::FileAccess::create});
  const std::string endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  {
    const sqlite::TimeLimit limit(connection, std::chrono::milliseconds(50));
    const auto ended = sql::guarded([&]() -> Result<std::int64_t> { return connection.number(endless); });
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().members["code"], "LIST_TOO_LONG");
  }
  const sqlite::TimeLimit limit(connection, std::chrono::seconds(60));
  EXPECT_EQ(connection.number("SELECT count(*) FROM (" + endless.substr(0, endless.find("SELECT count")) +
                              " SELECT x FROM n LIMIT 300000)"),
            300'000);
}

}  // namespace
}  // namespace sagactl
