// PgBouncer between a node and its server, as it is installed: sessions of the node's own are enough, and where it
// gives them to others after each transaction, that is said before anything is done.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/postgres/connection/pqxx_connection.hpp"
#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/services/pgbouncer.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class PostgresPooler : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_PGBOUNCER();
    server = PostgresServer::start();
    SAGACTL_NEEDS(server, "PostgreSQL's server program");
  }
  static std::string refusal(const std::string& url) {
    const auto opened = open_postgres({.url = url, .readers = 1});
    return opened ? "it was let in" : opened.error().message;
  }

  std::unique_ptr<PostgresServer> server;
};

TEST_F(PostgresPooler, InSessionModeNeedsNoSettingAndKeepsThoseOfTheNode) {
  const PgBouncer pooler(*server, "session");
  const auto migrations = postgres_migrations(pooler.url());
  ASSERT_TRUE(migrations) << migrations.error().message;
  const auto store = open_postgres({.url = pooler.url(), .readers = 2});
  ASSERT_TRUE(store) << store.error().message;
  const auto registered = (*store)->register_node("node-1", "", 1s);
  ASSERT_TRUE(registered) << registered.error().message;
  const auto found = diagnose_postgres(pooler.url(), wall_clock_now);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->rights_missing.empty());
  const auto address = postgres::PostgresAddress::parse(pooler.url()).value();
  postgres::PqxxConnection session(address, {"a test", {{"statement_timeout", "12345"}, {"jit", "off"}}}, 5s);
  postgres::PqxxRows rows = session.run(
      "SELECT current_setting('statement_timeout'), current_setting('jit'), "
      "current_setting('application_name')");
  rows.next();
  EXPECT_EQ(rows.text(), "12345ms");
  EXPECT_EQ(rows.text(), "off");
  EXPECT_EQ(rows.text(), "a test");
}

TEST_F(PostgresPooler, InTransactionModeIsRefusedBeforeAnythingIsWritten) {
  for (const char* mode : {"transaction", "statement"}) {
    const PgBouncer pooler(*server, mode);
    for (int again = 0; again < 2; ++again)
      EXPECT_THAT(refusal(pooler.url()),
                  AllOf(HasSubstr("pooler in transaction mode"), HasSubstr("pool_mode = session")))
          << mode;
    EXPECT_THAT(postgres_migrations(pooler.url()).error().message, HasSubstr("pooler in transaction mode"));
    const auto diagnosis = diagnose_postgres(pooler.url(), wall_clock_now);
    ASSERT_FALSE(diagnosis);
    EXPECT_EQ(diagnosis.error().code, ErrorCode::invalid);
  }
  const auto direct = postgres_migrations(server->url()).value();
  for (const auto& migration : direct) EXPECT_FALSE(migration.applied);
}

TEST_F(PostgresPooler, WhatItSaysIsWhatTheUserReads) {
  const PgBouncer pooler(*server, "session");
  std::string url = pooler.url();
  url.replace(url.find(PostgresServer::password), std::string(PostgresServer::password).size(), "wrong");
  EXPECT_THAT(refusal(url), AllOf(HasSubstr("SASL authentication failed"), Not(HasSubstr("wrong"))));
  EXPECT_THAT(refusal(pooler.url() + "?options=-c%20jit%3Doff"), HasSubstr("unsupported startup parameter"));
}

TEST_F(PostgresPooler, IsNotTakenForOneWhereTheServerAnswersItself) {
  EXPECT_THAT(refusal(server->url()), HasSubstr("it was let in"));
  std::string url = server->url();
  url.replace(url.find(PostgresServer::password), std::string(PostgresServer::password).size(), "wrong");
  EXPECT_THAT(refusal(url), AllOf(HasSubstr("SQLSTATE 28P01"),
                                  HasSubstr("FATAL: password authentication failed for "
                                            "user \"saga\""),
                                  Not(HasSubstr("LOCATION"))));
}

}  // namespace
}  // namespace sagactl
