// The connection that goes through libpqxx: its time limit, and that its failures mean what those of the pipelined
// connection mean. On a server of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/pipeline/postgres_connection.hpp"
#include "tests/contract/writing.hpp"
#include "tests/services/postgres_server.hpp"

namespace sagactl::postgres {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds timeout{700};

class PqxxConnections : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = PostgresServer::start().release(); }
  static void TearDownTestSuite() {
    delete server;
    server = nullptr;
  }
  void SetUp() override { SAGACTL_NEEDS(server, "PostgreSQL's server program"); }

  static PostgresAddress address() { return PostgresAddress::parse(server->url()).value(); }
  static PqxxConnection connect(milliseconds limit = milliseconds(10'000)) {
    return PqxxConnection(address(), {"sagactl test", {}}, limit);
  }

  template <class Work>
  static sql::DatabaseFailure failure_of(const Work& work) {
    try {
      work();
    } catch (const sql::DatabaseFailure& failure) {
      return failure;
    }
    ADD_FAILURE() << "no failure";
    return {};
  }

  inline static PostgresServer* server = nullptr;
};

TEST_F(PqxxConnections, ReadTheColumnsOfARowInTheirOrder) {
  PqxxConnection connection = connect();
  PqxxRows row =
      connection.run("SELECT 7::smallint, true, false, NULL::bigint, 'a''b', '" + Uuid{}.text() + "'::uuid, -1");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(), 7);
  EXPECT_EQ(row.integer(), 1);
  EXPECT_EQ(row.integer(), 0);
  EXPECT_TRUE(row.is_null());
  EXPECT_EQ(row.integer(), 0);
  EXPECT_EQ(row.text(), "a'b");
  EXPECT_EQ(row.uuid(), Uuid{});
  EXPECT_EQ(row.integer(), -1);
  EXPECT_FALSE(row.next());
}

TEST_F(PqxxConnections, FailWithTheStateThatThePipelineFailsWith) {
  PqxxConnection connection = connect();
  PostgresConnection pipelined(address(), {{"sagactl test", {}}});
  for (const std::string sql : {"SELECT * FROM missing", "SELECT 1 / 0", "SELECT FROM WHERE", "SELECT 'x'::integer"}) {
    const sql::DatabaseFailure failure = failure_of([&] { connection.run(sql); });
    const sql::DatabaseFailure expected = failure_of([&] { pipelined.run({{}, sql}); });
    EXPECT_EQ(failure.state, expected.state) << sql;
    EXPECT_EQ(failure.error.code, expected.error.code) << sql;
    EXPECT_EQ(failure.error.message, expected.error.message);
    EXPECT_FALSE(failure.lost) << sql;
  }
}

TEST_F(PqxxConnections, AreRefusedForTheSameReasons) {
  PostgresAddress other_user = address();
  other_user.set("password", "wrong");
  EXPECT_EQ(failure_of([&] {
              PqxxConnection(other_user, {"sagactl test", {}}, timeout);
            }).error.code,
            ErrorCode::invalid);
  EXPECT_EQ(failure_of([&] {
              PqxxConnection(address().with_database("missing"), {"sagactl test", {}}, timeout);
            }).state,
            "3D000");
}

TEST_F(PqxxConnections, AreLostWhenTheServerEndsTheirSession) {
  PqxxConnection connection = connect();
  const sql::DatabaseFailure failure =
      failure_of([&] { connection.run("SELECT pg_terminate_backend(pg_backend_pid())"); });
  EXPECT_EQ(failure.error.code, ErrorCode::unavailable) << failure.error.message;
  EXPECT_TRUE(failure.lost);
  EXPECT_TRUE(failure_of([&] { connection.run("SELECT 1"); }).lost);
}

TEST_F(PqxxConnections, EndACallThatAFrozenServerDoesNotAnswer) {
  PqxxConnection connection = connect(timeout), idle = connect(timeout);
  idle.begin_snapshot();
  server->freeze();
  const sql::DatabaseFailure failure = failure_of([&] { connection.run("SELECT 1"); });
  server->thaw();
  EXPECT_TRUE(failure.timed_out);
  EXPECT_TRUE(failure.lost);
  EXPECT_EQ(failure.error.code, ErrorCode::unavailable);
  EXPECT_THAT(failure.error.message, HasSubstr("no answer within 700 ms"));
}

TEST_F(PqxxConnections, RunAScriptInOneTransaction) {
  PqxxConnection connection = connect();
  connection.run("CREATE TABLE scripted (n integer PRIMARY KEY)");
  EXPECT_EQ(failure_of([&] {
              connection.run_script("INSERT INTO scripted VALUES (1); INSERT INTO scripted VALUES (1);");
            }).state,
            "23505");
  EXPECT_EQ(connection.run("SELECT * FROM scripted").size(), 0u);
  connection.run_script("INSERT INTO scripted VALUES (1); INSERT INTO scripted VALUES (2);");
  EXPECT_EQ(connection.run("SELECT * FROM scripted").size(), 2u);
}

TEST_F(PqxxConnections, SeeInASnapshotTheDatabaseAsItWas) {
  PqxxConnection writer = connect(), reader = connect();
  writer.run("CREATE TABLE seen (n integer)");
  reader.begin_snapshot();
  EXPECT_EQ(reader.run("SELECT * FROM seen").size(), 0u);
  writer.run("INSERT INTO seen VALUES (1)");
  EXPECT_EQ(reader.run("SELECT * FROM seen").size(), 0u);
  EXPECT_EQ(failure_of([&] { reader.run("INSERT INTO seen VALUES (2)"); }).state, "25006");
}

TEST_F(PqxxConnections, KeepASnapshotThroughAFailureAtASavepoint) {
  PqxxConnection writer = connect(), reader = connect();
  writer.run("CREATE TABLE kept (n integer)");
  reader.begin_snapshot();
  EXPECT_EQ(reader.run("SELECT * FROM kept").size(), 0u);
  writer.run("INSERT INTO kept VALUES (1)");
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(failure_of([&] { reader.run_and_roll_back([&] { reader.run("SELECT missing FROM kept"); }); }).state,
              "42703");
  reader.run_and_roll_back([&] { reader.run("DECLARE rows CURSOR FOR SELECT 1"); });
  reader.run_and_roll_back([&] { reader.run("DECLARE rows CURSOR FOR SELECT 1"); });
  EXPECT_EQ(reader.run("SELECT * FROM kept").size(), 0u);
}

TEST_F(PqxxConnections, QuoteWhatIsNotTheirs) {
  PqxxConnection connection = connect();
  const std::string text = "it's \\ \"quoted\"; --";
  PqxxRows row = connection.run("SELECT " + connection.quote(text));
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.text(), text);
}

}  // namespace
}  // namespace sagactl::postgres
