// A URL with several hosts: each is given its own time, and none hides another.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "server/adapters/postgres/connection/address.hpp"
#include "server/adapters/postgres/connection/hosts.hpp"
#include "server/adapters/postgres/postgres_diagnosis.hpp"
#include "server/adapters/postgres/postgres_migrations.hpp"
#include "server/adapters/postgres/postgres_store.hpp"
#include "tests/services/postgres_server.hpp"
#include "tests/services/services.hpp"
#include "tests/services/tcp_proxy.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<std::string> names_of(const std::string& url) {
  std::vector<std::string> names;
  for (const postgres::CandidateHost& host : postgres::candidate_hosts(postgres::PostgresAddress::parse(url).value()))
    names.push_back(host.name);
  return names;
}

TEST(PostgresHosts, AreTriedAsTheyAreWrittenEachWithItsPort) {
  EXPECT_THAT(names_of("postgres://me@127.0.0.1:6000,127.0.0.2:6001/shop"),
              ElementsAre("127.0.0.1:6000", "127.0.0.2:6001"));
  EXPECT_THAT(names_of("postgres://me@127.0.0.1,127.0.0.2/shop"), ElementsAre("127.0.0.1:5432", "127.0.0.2:5432"));
  EXPECT_THAT(names_of("postgres://me@/shop?host=/run/a,127.0.0.1"), ElementsAre("/run/a", "127.0.0.1:5432"));
  EXPECT_THAT(names_of("postgres://me@db-1,db-2/shop?hostaddr=127.0.0.1,127.0.0.2&port=6000"),
              ElementsAre("db-1 (127.0.0.1):6000", "db-2 (127.0.0.2):6000"));
  const auto one = postgres::candidate_hosts(
      postgres::PostgresAddress::parse("postgres://me@127.0.0.1:1,127.0.0.2:2/shop").value())[1];
  EXPECT_EQ(one.address.get("host"), "127.0.0.2");
  EXPECT_EQ(one.address.get("port"), "2");
}

TEST(PostgresHosts, AreAllNamedWithTheirPortsInMessages) {
  EXPECT_EQ(postgres::PostgresAddress::parse("postgres://me:secret@h1:1,h2:2/shop")->text(), "shop at me@h1:1,h2:2");
  EXPECT_EQ(postgres::PostgresAddress::parse("postgres://me:secret@h1,h2/shop?port=7")->text(), "shop at me@h1:7,h2:7");
  EXPECT_EQ(shown_postgres_url("postgres://me:secret@h1:1,h2/shop"), "postgres://me@h1:1,h2:5432/shop");
}

TEST(PostgresHosts, OneThatWasSilentComesLastForAWhile) {
  const std::string url = "postgres://me@127.0.0.41:1,127.0.0.42:1,127.0.0.43:1/shop";
  postgres::note_timeout(postgres::candidate_hosts(postgres::PostgresAddress::parse(url).value()).front());
  EXPECT_THAT(names_of(url), ElementsAre("127.0.0.42:1", "127.0.0.43:1", "127.0.0.41:1"));
}

TEST(PostgresHosts, HaveTheTimeThatTheUrlGivesThem) {
  const auto time = [](const std::string& url) {
    return postgres::connect_timeout_of(postgres::PostgresAddress::parse(url).value(), 2).count();
  };
  EXPECT_EQ(time("postgres://me@a,b/shop?connect_timeout=7"), 7'000);
  EXPECT_EQ(time("postgres://me@a,b/shop"), 2'000);
  EXPECT_EQ(time("postgres://me@a,b/shop?connect_timeout=9999"), 30'000);
}

// A server behind a proxy that stops forwarding, and the same server as the second host.
class SilentHost : public testing::Test {
 protected:
  void SetUp() override {
    server = PostgresServer::start();
    SAGACTL_NEEDS(server, "PostgreSQL's server program");
    proxy = TcpProxy::start(0, server->port()).value();
  }
  std::string url(const std::string& parameters = "", bool second_too = true) const {
    return "postgres://" + std::string(PostgresServer::user) + ":" + PostgresServer::password +
           "@127.0.0.1:" + std::to_string(proxy->port()) +
           (second_too ? ",127.0.0.1:" + std::to_string(server->port()) : ",127.0.0.1:1") + "/shop" + parameters;
  }

  std::unique_ptr<PostgresServer> server;
  std::unique_ptr<TcpProxy> proxy;
};

TEST_F(SilentHost, GivesWayToTheNextForNodesAndForCommands) {
  proxy->set(TcpProxy::Mode::black_hole);
  for (const char* parameters : {"", "?target_session_attrs=read-write", "?target_session_attrs=prefer-standby"}) {
    const auto store = open_postgres({.url = url(parameters), .readers = 1});
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(names_of(url(parameters)).back(), fmt::format("127.0.0.1:{}", proxy->port()))
        << "its silence is remembered";
    EXPECT_TRUE((*store)->register_node("node-1", "", 1s)) << parameters;
    EXPECT_TRUE((*store)->snapshot());
    EXPECT_TRUE(postgres_migrations(url(parameters)));
    EXPECT_TRUE(diagnose_postgres(url(parameters), [] { return Timestamp{}; }));
  }
}

TEST_F(SilentHost, GivesWayWhileANodeRuns) {
  const auto store = open_postgres({.url = url(), .readers = 1}).value();
  const Writer writer = store->register_node("node-1", "", 100s)->writer;
  proxy->set(TcpProxy::Mode::black_hole);
  EXPECT_TRUE(eventually([&] { return store->renew(writer, 100s).ok(); }));
  EXPECT_TRUE(store->database_time());
}

TEST_F(SilentHost, IsNamedWithWhatHappenedThereAndSoAreTheOthers) {
  proxy->set(TcpProxy::Mode::black_hole);
  const auto store = open_postgres({.url = url("?connect_timeout=1", false)});
  ASSERT_FALSE(store);
  const std::string silent = "127.0.0.1:" + std::to_string(proxy->port());
  EXPECT_THAT(store.error().message, HasSubstr(silent + ": no answer within 1000 ms"));
  EXPECT_THAT(store.error().message, HasSubstr("127.0.0.1:1: Connection refused"));
  EXPECT_THAT(store.error().message, Not(HasSubstr(PostgresServer::password)));
}

}  // namespace
}  // namespace sagactl
