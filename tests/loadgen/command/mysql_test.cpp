// Profiles whose queries are read from a MySQL or MariaDB database, alone and beside another database.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "cli/foreign/mysql_rows.hpp"
#include "cli/foreign/mysql_url.hpp"
#include "common/text/json.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"
#include "tests/services/mariadb_server.hpp"
#include "tests/services/services.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(MysqlUrl, HasUserPasswordPlaceAndDatabase) {
  const auto address = parse_mysql_url("mysql://ann:p%40ss@db.example:3307/shop?ssl-mode=verify-identity");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(address->user, "ann");
  EXPECT_EQ(address->password, "p@ss");
  EXPECT_EQ(address->host, "db.example");
  EXPECT_EQ(address->port, 3307);
  EXPECT_EQ(address->database, "shop");
  EXPECT_EQ(address->tls, MysqlTls::verify_identity);
}

TEST(MysqlUrl, IsEncryptedExceptOnThisMachine) {
  EXPECT_EQ(parse_mysql_url("mysql://db.example/shop")->tls, MysqlTls::required);
  EXPECT_EQ(parse_mysql_url("mariadb://127.0.0.1/shop")->tls, MysqlTls::disabled);
  EXPECT_EQ(parse_mysql_url("mysql://db.example/shop?ssl-mode=disabled")->tls, MysqlTls::disabled);
  EXPECT_EQ(parse_mysql_url("mysql://db.example/shop?ssl-ca=/ca.pem")->tls, MysqlTls::verify_identity);
}

TEST(MysqlUrl, SaysWhatIsWrongAndRepeatsNoPassword) {
  for (const char* text : {"mysql://ann:hidden@db", "mysql://ann:hidden@db/shop?tls=1", "mysql://ann:hidden@db:x/shop",
                           "mysql://ann:hidden@db/shop?ssl-mode=maybe"}) {
    const auto address = parse_mysql_url(text);
    ASSERT_FALSE(address) << text;
    EXPECT_THAT(address.error().message, HasSubstr("mysql://USER@HOST:PORT/DATABASE")) << text;
    EXPECT_THAT(address.error().message, Not(HasSubstr("hidden")));
  }
}

// One server for all tests of a program.
class Mysql : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = MariadbServer::start().release(); }
  static void TearDownTestSuite() { delete server; }
  void SetUp() override { SAGACTL_NEEDS_PROGRAM(server, "MariaDB"); }
  static MariadbServer* server;
};
MariadbServer* Mysql::server = nullptr;

std::vector<Json> rows_of(ForeignRows& rows, const std::string& sql) {
  std::vector<Json> list;
  const auto read = rows.each_row({"sql.orders", sql}, [&](const ForeignRow& row) -> Result<void> {
    list.push_back(row.json());
    return {};
  });
  EXPECT_TRUE(read) << (read ? "" : read.error().message);
  return list;
}

TEST_F(Mysql, ValuesAreTextAndBytesAreShown) {
  ASSERT_TRUE(
      server->run("SET time_zone = '+05:00';"
                  "CREATE TABLE kinds(n BIGINT, d DECIMAL(10,2), t TEXT, b BINARY(3), x DATETIME(6), "
                  "s TIMESTAMP(3) NULL, nothing INT);"
                  "INSERT INTO kinds VALUES (-5, 12.50, 'Äpfel', X'01FF41', '2026-11-20 13:04:07.137042', "
                  "'2026-11-20 18:04:07.137', NULL)"));
  const auto rows = open_mysql_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_THAT(*(*rows)->columns({"sql.orders", "SELECT n, d AS amount FROM kinds"}), ElementsAre("n", "amount"));
  const auto found = rows_of(**rows, "SELECT * FROM kinds");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0]["n"], "-5");
  EXPECT_EQ(found[0]["d"], "12.50");
  EXPECT_EQ(found[0]["t"], "Äpfel");
  EXPECT_EQ(found[0]["b"], "\\x01ff41");
  EXPECT_EQ(found[0]["x"], "2026-11-20 13:04:07.137042");
  EXPECT_EQ(found[0]["s"], "2026-11-20 13:04:07.137") << "in UTC";
  EXPECT_FALSE(found[0].contains("nothing"));
}

TEST_F(Mysql, AllQueriesSeeOneSnapshotAndChangeNothing) {
  ASSERT_TRUE(server->run("CREATE TABLE seen(n INT); INSERT INTO seen VALUES (1)"));
  const auto rows = open_mysql_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  EXPECT_EQ(rows_of(**rows, "SELECT n FROM seen").size(), 1u);
  ASSERT_TRUE(server->run("INSERT INTO seen VALUES (2)"));
  EXPECT_EQ(rows_of(**rows, "SELECT n FROM seen").size(), 1u);
  EXPECT_FALSE((*rows)->each_row({"sql.orders", "INSERT INTO seen VALUES (3)"},
                                 [](const ForeignRow&) { return Result<void>(); }));
  EXPECT_EQ(rows_of(**open_mysql_rows(server->url()), "SELECT n FROM seen").size(), 2u);
}

TEST_F(Mysql, AWrongQueryNamesItselfAndTheNextOneWorks) {
  const auto rows = open_mysql_rows(server->url());
  ASSERT_TRUE(rows) << rows.error().message;
  const auto columns = (*rows)->columns({"sql.steps", "SELECT * FROM nowhere"});
  ASSERT_FALSE(columns);
  EXPECT_THAT(columns.error().message, HasSubstr("the profile's query sql.steps: "));
  EXPECT_THAT(columns.error().message, HasSubstr("nowhere"));
  // A loop that ends early leaves no rows behind.
  const Error enough{ErrorCode::invalid, "enough"};
  EXPECT_FALSE((*rows)->each_row({"sql.orders", "SELECT 1 UNION SELECT 2"},
                                 [&](const ForeignRow&) -> Result<void> { return enough; }));
  EXPECT_EQ(rows_of(**rows, "SELECT 1 AS one").size(), 1u);
}

TEST_F(Mysql, AWrongPasswordIsRefusedWithoutShowingIt) {
  std::string url = server->url();
  url.replace(url.find("s3cret"), 6, "wrong!");
  const auto rows = open_mysql_rows(url);
  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().code, ErrorCode::unavailable);
  EXPECT_THAT(rows.error().message, HasSubstr("Access denied"));
  EXPECT_THAT(rows.error().message, Not(HasSubstr("wrong!")));
}

// The library itself goes on unencrypted when the server offers nothing else.
TEST_F(Mysql, AServerWithoutTlsIsReadOnlyWhereThatIsAskedFor) {
  const auto refused = open_mysql_rows(server->url() + "?ssl-mode=required");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("does not encrypt"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("s3cret")));
  EXPECT_THAT(refused.error().members["hint"].get<std::string>(), HasSubstr("ssl-mode=disabled"));
  EXPECT_TRUE(open_mysql_rows(server->url() + "?ssl-mode=disabled"));
}

// Takes orders, and writes them into the tables `sale` and `paid` unless they are to be lost. Its pages show all as
// done.
class MysqlShop {
 public:
  MysqlShop(const MariadbServer& database, bool loses_one)
      : server_([this, &database, loses_one](const Received& request) {
          if (request.method == "GET") return answer(200, R"({"status":"done"})");
          const int number = ++numbers_;
          const std::string key = request.headers.at("request-key");
          const bool is_lost = loses_one && number == 3;
          const std::string sql =
              fmt::format("INSERT INTO sale VALUES ({0}, '{1}', 'done', NOW(6)); INSERT INTO paid VALUES ({0}, 12.50)",
                          number, key);
          if (!is_lost && !database.run(sql)) return answer(500, "{}");
          return answer(201, fmt::format("{{\"id\":{}}}", number));
        }) {
    const bool made = database.run(
        "DROP TABLE IF EXISTS sale, paid; CREATE TABLE sale(id INT, request_key VARCHAR(80), state VARCHAR(20), "
        "placed TIMESTAMP(6)); CREATE TABLE paid(sale INT, amount DECIMAL(10,2))");
    EXPECT_TRUE(made);
  }

  CommandResult loadtest(const std::vector<std::string>& further) {
    sandbox.write("shop.toml", R"(
[create]
path = "/buy"
headers = { "Request-Key" = "{key}" }
[answer]
order = "/id"
[status]
path = "/orders/{order}"
completed = ["done"]
[sql]
orders = "SELECT id AS order_id, placed AS created_at, request_key AS `key`, state AS status, 12.50 AS amount FROM sale WHERE request_key LIKE '{prefix}%'"
payments = "SELECT sale AS order_id, 'capture' AS kind, amount FROM paid"
)");
    std::vector<std::string> all = {"loadtest",    "individual",    "--profile", "shop.toml", "--orders", "6",  "--url",
                                    server_.url(), "--concurrency", "1",         "--drain",   "1s",       "-o", "json"};
    all.insert(all.end(), further.begin(), further.end());
    return sandbox.run(all);
  }
  CliSandbox sandbox;

 private:
  std::atomic<int> numbers_{0};
  ScriptedServer server_;
};

std::string ruling_in(const Json& result, const char* name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name) return verdict["verdict"];
  return {};
}

TEST_F(Mysql, HoldsTheOrdersOfALoadTest) {
  MysqlShop shop(*server, false);
  const CommandResult passed = shop.loadtest({"--database", server->url()});
  EXPECT_EQ(passed.code, 0) << passed.out << passed.err;
  EXPECT_EQ(ruling_in(passed.json(), "money-balances"), "PASS");
  EXPECT_EQ(passed.json()["sagas"]["completed"], 6);
  EXPECT_THAT(passed.out, Not(HasSubstr("s3cret")));
  MysqlShop losing(*server, true);
  const CommandResult lost = losing.loadtest({"--database", server->url()});
  EXPECT_EQ(lost.code, 1) << lost.err;
  EXPECT_EQ(ruling_in(lost.json(), "no-lost-order"), "FAIL");
}

TEST_F(Mysql, MayBeOneOfSeveralDatabases) {
  MysqlShop shop(*server, false);
  shop.sandbox.write("empty.db", "");
  const CommandResult both = shop.loadtest({"--database", server->url(), "--database-of", "payments=" + server->url()});
  EXPECT_EQ(both.code, 0) << both.out << both.err;
  EXPECT_EQ(ruling_in(both.json(), "money-balances"), "PASS");
  const CommandResult elsewhere =
      shop.loadtest({"--database", server->url(), "--database-of", "payments=empty.db", "--dry-run"});
  EXPECT_EQ(elsewhere.code, 4) << "its query is tried there";
  EXPECT_THAT(elsewhere.err + elsewhere.out, HasSubstr("sql.payments: no such table: paid"));
}

}  // namespace
}  // namespace sagactl
