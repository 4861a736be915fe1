// Load tests of servers that show a part of what they did: what is seen is judged, and what is not prevents PASS.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <mutex>

#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string create_and_status =
    "[create]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\" }\n[answer]\norder = \"/id\"\n"
    "[status]\npath = \"/o/{order}\"\npointer = \"/state\"\ncompleted = [\"done\"]\n";

// Numbers its orders from 1 and answers what it is asked about them with `show`: (path, orders so far).
class NumberingServer {
 public:
  using Show = std::function<TestAnswer(const std::string& path, const std::vector<std::string>& keys)>;
  explicit NumberingServer(Show show)
      : show_(std::move(show)), server_([this](const Received& request) {
          const std::lock_guard lock(mutex_);
          if (request.method != "POST") return show_(request.path, keys_);
          keys_.push_back(request.headers.at("request-key"));
          return answer(201, fmt::format(R"({{"id":{}}})", keys_.size()));
        }) {}
  std::string url() const { return server_.url(); }

  CommandResult loadtest(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"loadtest", "individual", "--profile", "shop.toml", "--orders",
                                          "5",        "--drain",    "1s",        "-o",        "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    if (std::find(more.begin(), more.end(), "--url") == more.end())
      arguments.insert(arguments.end(), {"--url", server_.url()});
    return sandbox.run(arguments);
  }
  CliSandbox sandbox;

 private:
  std::mutex mutex_;
  std::vector<std::string> keys_;
  const Show show_;
  ScriptedServer server_;
};

std::string ruling_and_reason(const Json& result, const char* name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name)
      return verdict["verdict"].get<std::string>() + ": " + verdict["reason"].get<std::string>();
  return "no verdict";
}

const auto is_done = [](const std::string&, const std::vector<std::string>&) {
  return answer(200, R"({"state":"done"})");
};

TEST(StatusPages, ThatFailHideNoOrderThatIsLost) {
  NumberingServer server([](const std::string& path, const std::vector<std::string>&) {
    if (path == "/o/1") return answer(500, "{}");
    return path == "/o/2" ? answer(404, "{}") : answer(200, R"({"state":"done"})");
  });
  server.sandbox.write("shop.toml", create_and_status);
  const Json result = server.loadtest().json();
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("FAIL: request"));
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("order 2, which is not on the server"));
  EXPECT_THAT(ruling_and_reason(result, "all-sagas-end"),
              HasSubstr("UNKNOWN: all 3 orders have ended; but the status of 1 of 5 orders is not known: GET /o/1 "
                        "returned HTTP 500"));
  EXPECT_EQ(result["exitCode"], 1);
  EXPECT_EQ(result["sagas"]["completed"], 3);
}

TEST(StatusPages, OfWhichTheServerKnowsNoneQuestionTheirPath) {
  NumberingServer server([](const std::string&, const std::vector<std::string>&) { return answer(404, "{}"); });
  server.sandbox.write("shop.toml", create_and_status);
  const Json result = server.loadtest().json();
  for (const char* name : {"no-lost-order", "all-sagas-end", "not-vacuous"})
    EXPECT_THAT(ruling_and_reason(result, name), Not(HasSubstr("FAIL"))) << name;
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("UNKNOWN: "));
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"),
              HasSubstr("the server knows none of 5 orders: GET /o/1 returned HTTP 404; is status.path right?"));
}

TEST(Answers, ThatNameNoOrderQuestionTheProfile) {
  NumberingServer server(is_done);
  server.sandbox.write("shop.toml",
                       "[create]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\" }\n[answer]\n"
                       "order = \"/nothing\"\n");
  const Json result = server.loadtest().json();
  EXPECT_EQ(ruling_and_reason(result, "answers-were-read"),
            "UNKNOWN: none of 5 accepting answers named its order: does answer.order point at it?");
  EXPECT_EQ(result["exitCode"], 2);
}

TEST(StatusPages, AreAskedForNoSoonerThanTheServerWants) {
  for (const char* after : {"30", "Fri, 31 Dec 2100 23:59:59 GMT"}) {
    std::atomic<int> asked = 0;
    NumberingServer server([&](const std::string&, const std::vector<std::string>&) {
      ++asked;
      return answer(429, "{}", fmt::format("Retry-After: {}\r\n", after));
    });
    server.sandbox.write("shop.toml", create_and_status + "created_at = \"/from\"\nended_at = \"/to\"\n");
    const Json result = server.loadtest().json();
    EXPECT_EQ(asked, 1) << after;
    EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("UNKNOWN: "));
    EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("returned HTTP 429"));
  }
}

TEST(StatusPages, AreAskedForAtAnotherNodeWhereOneDoesNotAnswer) {
  NumberingServer server(is_done);
  server.sandbox.write("shop.toml", create_and_status);
  const Json result = server.loadtest({"--url", server.url() + ",http://127.0.0.1:1", "--missing", "100%"}).json();
  const int accepted = result["requests"]["succeeded"].get<int>();
  EXPECT_GT(accepted, 0);
  EXPECT_EQ(result["sagas"]["completed"], accepted) << result["verdicts"];
  EXPECT_THAT(ruling_and_reason(result, "all-sagas-end"), HasSubstr("PASS"));
}

TEST(Lists, ThatBreakOffAreJudgedByWhatTheyHaveAndByTheStatusOfTheOthers) {
  std::atomic<int> lost = 0;
  NumberingServer server([&](const std::string& path, const std::vector<std::string>& keys) {
    if (path.starts_with("/o/"))
      return path == fmt::format("/o/{}", lost.load()) ? answer(404, "{}") : answer(200, R"({"state":"done"})");
    if (!path.ends_with("page=1")) return answer(502, "{}");
    Json page = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(2, keys.size()); ++i)
      page.push_back(Json{{"id", i + 1}, {"key", keys[i]}, {"state", "done"}});
    return answer(200, page.dump());
  });
  server.sandbox.write("shop.toml", create_and_status +
                                        "[list]\npath = \"/orders?page={page}\"\norders = \"\"\norder_id = \"/id\"\n"
                                        "key = \"/key\"\nstatus = \"/state\"\n");
  const Json broken_off = server.loadtest().json();
  EXPECT_THAT(ruling_and_reason(broken_off, "no-lost-order"),
              HasSubstr("UNKNOWN: of 3 accepted orders it is not known whether they are in the server's list: the "
                        "server's list could not be read to its end: GET /orders?page=2 returned HTTP 502"));
  EXPECT_THAT(ruling_and_reason(broken_off, "no-phantom-order"), HasSubstr("UNKNOWN: "));
  lost = 9;  // of the next run, which is on no page that can be read
  EXPECT_THAT(ruling_and_reason(server.loadtest().json(), "no-lost-order"), HasSubstr("FAIL: request"));
}

// Of the orders from `first` on, at most two.
Json page_of(const std::vector<std::string>& keys, std::size_t first) {
  Json page = Json::array();
  for (std::size_t i = first; i < std::min(first + 2, keys.size()); ++i)
    page.push_back(Json{{"id", i + 1}, {"key", keys[i]}, {"state", "done"}});
  return page;
}

const std::string create_and_pages =
    create_and_status +
    "[list]\npath = \"/orders?page={page}\"\norders = \"\"\norder_id = \"/id\"\nkey = \"/key\"\nstatus = \"/state\"\n";

std::size_t number_of_page(const std::string& path) {
  return std::stoul(path.substr(path.find('=') + 1));
}

TEST(Lists, EndWhereAPageIsMissingOrTheSameAgain) {
  NumberingServer missing([](const std::string& path, const std::vector<std::string>& keys) {
    if (path.starts_with("/o/")) return answer(200, R"({"state":"done"})");
    const Json page = page_of(keys, 2 * (number_of_page(path) - 1));
    return page.empty() ? answer(404, R"({"detail":"Invalid page."})") : answer(200, page.dump());
  });
  NumberingServer without_pages([](const std::string& path, const std::vector<std::string>& keys) {
    if (path.starts_with("/o/")) return answer(200, R"({"state":"done"})");
    Json all = Json::array();
    for (std::size_t i = 0; i < keys.size(); ++i)
      all.push_back(Json{{"id", i + 1}, {"key", keys[i]}, {"state", "done"}});
    return answer(200, all.dump());
  });
  for (NumberingServer* server : {&missing, &without_pages}) {
    server->sandbox.write("shop.toml", create_and_pages);
    const Json result = server->loadtest().json();
    EXPECT_EQ(result["verdict"], "PASS") << result["verdicts"].dump(1);
    EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("PASS: all 5 accepted orders are in"));
  }
}

TEST(Lists, WhosePagesShiftHaveEachOrderOnce) {
  NumberingServer server([](const std::string& path, const std::vector<std::string>& keys) {
    if (path.starts_with("/o/")) return answer(200, R"({"state":"done"})");
    const std::size_t page = number_of_page(path);
    return answer(200, page_of(keys, page == 1 ? 0 : 2 * (page - 1) - 1).dump());
  });
  server.sandbox.write("shop.toml", create_and_pages);
  const Json result = server.loadtest().json();
  EXPECT_EQ(result["verdict"], "PASS") << result["verdicts"].dump(1);
}

TEST(Lists, ThatRefuseAPageAreNotReadUntilTheDrainIsOver) {
  std::atomic<int> asked = 0;
  NumberingServer server([&](const std::string& path, const std::vector<std::string>& keys) {
    if (path.starts_with("/o/")) return answer(200, R"({"state":"done"})");
    if (number_of_page(path) == 1) return answer(200, page_of(keys, 0).dump());
    ++asked;
    return answer(403, "{}");
  });
  server.sandbox.write("shop.toml", create_and_pages);
  EXPECT_THAT(ruling_and_reason(server.loadtest().json(), "no-phantom-order"), HasSubstr("UNKNOWN: "));
  EXPECT_LE(asked, 3);
}

TEST(Lists, ThatCannotBeReadAtAllLeaveTheJudgementToTheStatusOfEachOrder) {
  NumberingServer server([&](const std::string& path, const std::vector<std::string>&) {
    return path.starts_with("/o/") ? answer(200, R"({"state":"done"})") : answer(400, R"({"message":"no filter"})");
  });
  server.sandbox.write("shop.toml", create_and_status +
                                        "[list]\npath = \"/orders?filter[key]={prefix}\"\norders = \"\"\norder_id = "
                                        "\"/id\"\nkey = \"/key\"\nstatus = \"/state\"\n");
  const Json result = server.loadtest().json();
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("PASS: "));
  EXPECT_THAT(ruling_and_reason(result, "all-sagas-end"), HasSubstr("PASS: "));
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("returned HTTP 400: no filter"));
}

TEST(Lists, AreAskedForByAddressesThatAUriMayHave) {
  std::atomic<bool> is_encoded = false;
  NumberingServer server([&](const std::string& path, const std::vector<std::string>&) {
    if (path.starts_with("/orders?filter%5Bkey%5D=LT-")) is_encoded = true;
    return answer(200, R"({"state":"done"})");
  });
  server.sandbox.write("shop.toml", create_and_status +
                                        "[list]\npath = \"/orders?filter[key]={prefix}\"\norders = \"\"\norder_id = "
                                        "\"/id\"\nkey = \"/key\"\nstatus = \"/state\"\n");
  server.loadtest();
  EXPECT_TRUE(is_encoded);
}

TEST(Databases, OfAKindThatIsNotReadAreNamedWithWhatToWriteInstead) {
  struct Row {
    const char* database;
    const char* said;
  };
  NumberingServer server(is_done);
  server.sandbox.write("shop.toml", create_and_status + "[sql]\norders = \"select 1\"\n");
  server.sandbox.write("shop.mv.db", "H:2,block:9,blockSize:1000,chunk:b,clean:1,created:19c, and so on");
  for (const Row& row : {Row{"shop.mv.db", "shop.mv.db is not an SQLite file; PostgreSQL, MySQL, MariaDB and MongoDB"},
                         Row{"jdbc:postgresql://db/shop", "; leave out jdbc:"},
                         Row{"mysql+pymysql://me:secret@db/shop", "; leave out +pymysql, the driver"},
                         Row{"sqlite:///shop.db", "; write the path of the file alone"},
                         Row{"jdbc:h2:file:./shop", "mysql://USER@HOST/DATABASE (also MariaDB) or mongodb://HOST"}}) {
    const CommandResult outcome = server.loadtest({"--database", row.database});
    EXPECT_EQ(outcome.code, 4) << row.database;
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(row.said)) << row.database;
    EXPECT_THAT(outcome.out + outcome.err, testing::Not(HasSubstr("secret")));
  }
}

void write_database(const std::filesystem::path& path, const char* statement) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, statement, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(SeveralDatabases, OfWhichOneIsGoneAfterTheLoadLeaveTheVerdictsOfTheOthers) {
  NumberingServer server(is_done);
  const std::filesystem::path folder = server.sandbox.directory(), payments = folder / "payments.db";
  write_database(folder / "orders.db", "create table o (id, k, at integer)");
  write_database(payments, "create table p (id, kind, amount)");
  server.sandbox.write("shop.toml", create_and_status +
                                        "[sql]\norders = \"select id as order_id, at as created_us, k as key from o\"\n"
                                        "payments = \"select id as order_id, kind, amount from p\"\n");
  std::atomic<bool> is_gone = false;
  ScriptedServer storing([&](const Received& request) {
    if (request.method != "POST") return answer(200, R"({"state":"done"})");
    if (!is_gone.exchange(true)) std::filesystem::remove(payments);
    const std::string key = request.headers.at("request-key");
    write_database(folder / "orders.db",
                   fmt::format("insert into o values ('{0}', '{0}', 1795179849000000)", key).c_str());
    return answer(201, R"({"id":")" + key + "\"}");
  });
  const CommandResult outcome = server.loadtest({"--url", storing.url(), "--database", "orders.db", "--database-of",
                                                 "payments=" + payments.string(), "--concurrency", "1"});
  const Json result = outcome.json();
  EXPECT_THAT(ruling_and_reason(result, "no-lost-order"), HasSubstr("PASS: all 5 accepted orders are in the database"));
  for (const char* name : {"money-balances", "one-capture-per-order"})
    EXPECT_THAT(ruling_and_reason(result, name), HasSubstr("UNKNOWN: the database could not be read: ")) << name;
  EXPECT_EQ(result["verdict"], "UNKNOWN");
}

TEST(Loadtest, SaysWhatItDoesBeforeTheLoad) {
  NumberingServer server(is_done);
  server.sandbox.write("shop.toml",
                       "users = [\"ann\", \"ben\"]\n[log_in]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"-\" "
                       "}\nbody = \"{user}\"\nexpect = [201]\n" +
                           create_and_status);
  EXPECT_THAT(server.loadtest({"--rate", "50/s"}).err,
              HasSubstr("prepare: connecting to 1 server, logging in 2 users\n"));
}

}  // namespace
}  // namespace sagactl
