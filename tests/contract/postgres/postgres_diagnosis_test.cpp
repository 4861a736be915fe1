// What `sagactl doctor` finds out about a PostgreSQL server.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>
#include <vector>

#include "server/adapters/postgres/connection/session_names.hpp"
#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/contract/postgres/postgres_session.hpp"
#include "tests/contract/postgres/postgres_subject.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A role that has what docs/postgres.md grants, in a schema of a store.
class PostgresRights : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
    subject = std::make_unique<PostgresSubject>(*postgres_url());
    schema = subject->sql().text("SELECT current_schema()");
    run("CREATE ROLE {0} LOGIN PASSWORD 'p'; GRANT USAGE ON SCHEMA {1} TO {0};"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {1} TO {0};"
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {1} TO {0}");
  }
  void TearDown() override {
    if (subject) run("DROP OWNED BY {0}; DROP ROLE {0}");
  }
  void run(const char* sql) { subject->sql().run(fmt::format(fmt::runtime(sql), role, schema)); }
  std::vector<std::string> missing() {
    const std::string url = "postgres://" + role + ":p" + subject->url().substr(subject->url().find('@'));
    const auto found = diagnose_postgres(url, [] { return Timestamp{}; });
    if (!found) ADD_FAILURE() << found.error().message;
    return found ? found->rights_missing : std::vector<std::string>{};
  }

  std::unique_ptr<PostgresSubject> subject;
  const std::string role = fresh_schema_name();
  std::string schema;
};

TEST_F(PostgresRights, ThatTheDocumentationGrantsAreAll) {
  EXPECT_THAT(missing(), IsEmpty());
}

TEST_F(PostgresRights, AreMissedOnEveryTableAndSequence) {
  const auto revoked = [&](const char* sql) {
    run(sql);
    return missing();
  };
  EXPECT_THAT(revoked("REVOKE SELECT ON {1}.stock FROM {0}"), Contains("SELECT on stock"));
  EXPECT_THAT(revoked("REVOKE INSERT ON {1}.spelling FROM {0}"), Contains("INSERT on spelling"));
  EXPECT_THAT(revoked("REVOKE ALL ON {1}.definition, {1}.step FROM {0}"), Contains("SELECT on step"));
  EXPECT_THAT(revoked("REVOKE SELECT ON {1}.schema_migration FROM {0}"), Contains("SELECT on schema_migration"));
  EXPECT_THAT(revoked("REVOKE USAGE ON ALL SEQUENCES IN SCHEMA {1} FROM {0}"), Contains("USAGE on node_no_seq"));
}

TEST_F(PostgresRights, OfAnothersTableInTheSchemaAreNotAskedFor) {
  run("CREATE TABLE {1}.of_another (x integer)");
  EXPECT_THAT(missing(), IsEmpty());
}

TEST(PostgresHosts, AreEachTriedByThemselves) {
  SAGACTL_NEEDS(postgres_url(), "PostgreSQL");
  std::string url = *postgres_url();
  const std::size_t host = url.find('@') + 1;
  url.insert(host, "127.0.0.1:1,");
  const auto hosts = diagnose_postgres_hosts(url);
  ASSERT_TRUE(hosts) << hosts.error().message;
  ASSERT_EQ(hosts->size(), 2u);
  EXPECT_FALSE(hosts->at(0).opened.ok());
  EXPECT_TRUE(hosts->at(1).opened.ok());
}

TEST(PostgresProcesses, ANodeIdIsUsedTwiceOnlyWhereTwoWriteUnderIt) {
  const auto server = PostgresServer::start();
  SAGACTL_NEEDS(server, "PostgreSQL's server program");
  std::vector<std::unique_ptr<PostgresSession>> sessions;
  const auto open = [&](std::string name) {
    name.replace(name.find(' '), 1, "%20");
    sessions.push_back(std::make_unique<PostgresSession>(server->url() + "?application_name=" + name));
  };
  const auto used_twice = [&] { return diagnose_postgres(server->url(), [] { return Timestamp{}; })->ids_twice; };
  for (const char* name : postgres::sessions_beside_nodes)
    for (int process = 0; process < 2; ++process) open(name);
  open("sagactl node-1");
  open("sagactl node-2");
  EXPECT_THAT(used_twice(), IsEmpty());
  open("sagactl node-2");
  EXPECT_THAT(used_twice(), ElementsAre("node-2"));
}

TEST(PostgresBesideAnother, ASchemaOfItsOwnIsEnoughAsTheErrorSays) {
  const auto server = PostgresServer::start();
  SAGACTL_NEEDS(server, "PostgreSQL's server program");
  PostgresSession(server->url()).run("CREATE TABLE event_store (x integer); CREATE SCHEMA sagactl");
  const auto refused = open_postgres({.url = server->url(), .readers = 1});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("another program's table event_store"), HasSubstr("?options=-csearch_path%3Dsagactl")));
  const std::string url = server->url() + "?options=-csearch_path%3Dsagactl";
  const auto store = open_postgres({.url = url, .readers = 1});
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE((*store)->register_node("node-1", "", 1s));
  EXPECT_EQ(PostgresSession(server->url()).text("SELECT count(*) FROM sagactl.node"), "1");
}

}  // namespace
}  // namespace sagactl
