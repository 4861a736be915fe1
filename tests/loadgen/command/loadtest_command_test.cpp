// The complete command with injected streams, against servers in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <thread>

#include "cli/loadtest/profile_file.hpp"
#include "loadgen/answers/order_answer.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/loadgen/order_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoadtestCommand : public testing::Test {
 protected:
  CommandResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "loadtest");
    arguments.insert(arguments.end(), {"--url", servers_.node(0).url(), "--token", "given", "-o", "json"});
    return sandbox_.run(arguments);
  }

  CliSandbox sandbox_;
  OrderServers servers_{1};
};

TEST_F(LoadtestCommand, AScenarioFileReplacesFlagsAndTheCommandLineTakesPrecedence) {
  sandbox_.write("smoke.toml",
                 "scenario = \"individual\"\norders = 30\nseed = 7\nthreshold = [\"errors<1%\", \"max<9s\"]\n"
                 "fresh-connections = true\n");
  const Json by_name = run({"smoke.toml"}).json();
  EXPECT_EQ(by_name["requests"]["sent"], 30);
  EXPECT_EQ(by_name["scenario"], "individual");
  EXPECT_EQ(by_name["seed"], 7);
  EXPECT_EQ(by_name["thresholds"].size(), 2u);
  const Json over = run({"duplicate", "--scenario-file", "smoke.toml", "--orders", "20"}).json();
  EXPECT_EQ(over["requests"]["sent"], 20);
  EXPECT_EQ(over["scenario"], "duplicate");
  EXPECT_EQ(over["seed"], 7);
}

TEST_F(LoadtestCommand, FaultsOfAScenarioFileAreReportedWithLineAndMember) {
  struct Row {
    const char* text;
    const char* said;
  };
  for (const Row& row :
       {Row{"scenario = \"all\"\norder = 3\n",
            "bad.toml:2:9: 'order' is not a flag of loadtest; did you mean 'orders'?"},
        Row{"scenario = \"all\"\n\nrate = \"fast\"\n", "bad.toml:3:8: --rate"},
        Row{"scenario = \"most\"\n", "bad.toml:1:12: there is no scenario 'most'"},
        Row{"scenario = \"all\"\nrate = { a = 1 }\n", "bad.toml:2:8: 'rate' must be a value or a list of values"},
        Row{"scenario = \"all\"\nhttp2 = \"maybe\"\n", "bad.toml:2:9: --http2: 'maybe' is not true or false"},
        Row{"orders = 3\n", "a scenario is required"},
        Row{"orders = [\n", "bad.toml:1:12: in an array: the file ends, in the line: orders = ["}}) {
    sandbox_.write("bad.toml", row.text);
    const CommandResult outcome = run({"bad.toml"});
    EXPECT_EQ(outcome.code, 4) << row.text;
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(row.said));
  }
  EXPECT_EQ(run({"missing.toml"}).code, 4);
  EXPECT_EQ(servers_.taken().size(), 0u) << "nothing was sent";
}

TEST_F(LoadtestCommand, FaultsOfAProfileAreReportedWithLineAndMember) {
  struct Row {
    const char* text;
    const char* said;
  };
  const std::string good = "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n";
  for (const Row& row :
       {Row{"[create]\npth = \"/buy\"\n",
            "bad.toml:2:7: 'create.pth' is not a known member; did you mean 'create.path'?"},
        Row{"[create]\npath = 3\n", "bad.toml:2:8: create.path must be a string"},
        Row{"[outcome]\naccepted = [9]\n", "'9' is not an HTTP status"},
        Row{"[create]\npath = \"/buy\"\nbody = \"{prise}\"\n[answer]\norder = \"/id\"\n",
            "bad.toml:3:8: create.body: '{prise}' is not a field"},
        Row{"[create]\npath = \"/buy\"\nfields = { price = \"1\" }\n[answer]\norder = \"/id\"\n",
            "bad.toml:3:10: create.fields: '{price}' is a built-in field"},
        Row{"duplicates_by = \"colour\"\n", "must be key or product"},
        Row{"[sql]\nsteps = \"select 1\"\n", "sql.orders is missing"},
        Row{"[sql]\nordrs = \"select 1\"\n", "'sql.ordrs' is not a known member; did you mean 'sql.orders'?"},
        Row{"[create]\npath = \"/p/{items}\"\n[answer]\norder = \"/id\"\n",
            "create.path: '{items}' is not allowed here: it belongs to the body of [create]"},
        Row{"[create]\npath = \"/buy\"\nbody = \"mutation{buy(sku:1){id}}\"\n[answer]\norder = \"/id\"\n",
            "(for literal text, write { id })"},
        Row{"[[create]]\npath = \"/a\"\n[[create]]\npath = \"/b\"\n[answer]\norder = \"/id\"\n",
            "bad.toml:3:1: create is there twice: which one counts?"},
        Row{"[create]\npath = \"/buy\"\n[answer]\nstatus = \"/s\"\norder = \"id\"\n",
            "bad.toml:5:9: answer.order: 'id' is not a JSON pointer: write /order/id"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/a~b\"\n",
            "bad.toml:4:9: answer.order: '/a~b' is not a JSON pointer: in a name, write ~0 for ~ and ~1 for /"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[[fail]]\nfields = { card = \"x\" }\n",
            "bad.toml:6:10: fail[0].fields: 'card' is not in create.fields"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[[fail]]\nquantity = 9223372036854775807\n",
            "bad.toml:6:12: fail.quantity must be from -1000000000 to 1000000000"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[status]\npath = \"/o/{order}\"\ncompleted = []\n",
            "bad.toml:7:13: status.completed: or undone or ends is missing: which values are final?"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[status]\npath = \"/o/{order}\"\n",
            "bad.toml:5:1: status.completed: or undone or ends is missing"},
        Row{"[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[[product]]\nid = \"a\"\n[[product]]\nid = \"a\"\n",
            "bad.toml:8:6: product[1].id: 'a' is there twice"}}) {
    sandbox_.write("bad.toml", row.text);
    const CommandResult outcome = run({"individual", "--profile", "bad.toml"});
    EXPECT_EQ(outcome.code, 4) << row.text;
    EXPECT_THAT(outcome.out, HasSubstr(row.said));
  }
  EXPECT_THAT(run({"individual", "--system", "shop"}).out, HasSubstr("checkout-choreography"));
  sandbox_.write("good.toml", good);
  EXPECT_THAT(run({"individual", "--profile", "good.toml", "--publish"}).out,
              HasSubstr("--publish: the server of a profile has no dashboard"));
}

TEST_F(LoadtestCommand, AProfileOfOurOwnPathsIsTheSameLoad) {
  sandbox_.write("orders.toml",
                 "duplicates_by = \"product\"\n[create]\npath = \"/orders\"\nbody = '{\"items\":[{items}]}'\n"
                 "item = '{\"productId\":\"{product}\",\"quantity\":{quantity}}'\n"
                 "headers = { X-Correlation-ID = \"{correlation}\" }\n"
                 "[answer]\norder = [\"/id\", \"/existingOrderId\"]\n");
  const Json result = run({"duplicate", "--profile", "orders.toml", "--orders", "50"}).json();
  EXPECT_EQ(result["system"], "orders");
  EXPECT_EQ(result["requests"]["succeeded"], 10);
  EXPECT_EQ(result["requests"]["duplicates"], 40);
  EXPECT_EQ(result["verdicts"][0]["name"], "one-order-per-duplicate-group");
  EXPECT_EQ(result["verdicts"][0]["verdict"], "PASS") << "by the answers alone";
  EXPECT_EQ(result["verdict"], "UNKNOWN") << "without a database";
}

TEST_F(LoadtestCommand, ADryRunShowsWhatWouldBeSentAndSendsNothing) {
  sandbox_.write(
      "shop.toml",
      "[create]\npath = \"/buy\"\nbody = '{\"card\":\"{card}\",\"cents\":{cents}}'\nfields = { card = \"OK\" }\n"
      "[[fail]]\nfields = { card = \"DECLINE\" }\n[answer]\norder = \"/id\"\n");
  const CommandResult dry = run({"mixed", "--profile", "shop.toml", "--fail-share", "0.1", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.out << dry.err;
  const Json requests = dry.json()["requests"];
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_THAT(requests[0]["request"].get<std::string>(), HasSubstr("POST /buy HTTP/1.1\r\n"));
  EXPECT_THAT(requests[0]["request"].get<std::string>(), HasSubstr("{\"card\":\"OK\",\"cents\":"));
  EXPECT_THAT(requests[2]["request"].get<std::string>(), HasSubstr("DECLINE"));
  EXPECT_THAT(dry.out, Not(HasSubstr("given"))) << "no token is shown";
  EXPECT_EQ(servers_.taken().size(), 0u);
}

TEST_F(LoadtestCommand, AMistakeInAQueryIsReportedBeforeAnythingIsSent) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((sandbox_.directory() / "shop.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "CREATE TABLE sale (id TEXT, made TEXT)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  const std::string head = "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[sql]\n";
  struct Row {
    const char* queries;
    const char* said;
  };
  for (const Row& row :
       {Row{"orders = \"select idd as order_id, made as created_at from sale\"",
            "query sql.orders: no such column: idd"},
        Row{"orders = \"select id as order_id, made from sale\"",
            "sql.orders returns no column created_at or created_us; it returns order_id, made"},
        Row{"orders = \"select id as order_id, made as created_at from sale\"\nstock = \"select 1 as initial\"",
            "sql.stock returns no column product"}}) {
    sandbox_.write("shop.toml", head + row.queries + "\n");
    const CommandResult outcome = run({"individual", "--profile", "shop.toml", "--database", "shop.db"});
    EXPECT_EQ(outcome.code, 4) << row.queries;
    EXPECT_THAT(outcome.out, HasSubstr(row.said));
  }
  EXPECT_EQ(servers_.taken().size(), 0u);
}

TEST_F(LoadtestCommand, MissingFilesAndServersAreReportedWithAdvice) {
  sandbox_.write("shop.toml",
                 "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[sql]\norders = \"select 1 as order_id\"\n");
  const CommandResult no_file = sandbox_.run({"loadtest", "individual", "--profile", "shopp.toml"});
  EXPECT_EQ(no_file.code, 4);
  EXPECT_THAT(no_file.err, HasSubstr("cannot read shopp.toml: No such file"));
  const CommandResult no_database =
      sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--database", "shopp.db"});
  EXPECT_EQ(no_database.code, 4);
  EXPECT_THAT(no_database.err, HasSubstr("shopp.db; set --database to the SQLite file"));
  const CommandResult no_server =
      sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(no_server.code, 5);
  EXPECT_THAT(no_server.err,
              HasSubstr("check that the server of the profile 'shop' is running at the address in --url"));
  EXPECT_THAT(no_server.err, Not(HasSubstr("sagactl serve")));
}

TEST_F(LoadtestCommand, ServerErrorsOfOtherServersAreIndeterminate) {
  sandbox_.write("shop.toml", "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n");
  const auto profile = read_profile(sandbox_.directory() / "shop.toml", "shop.toml", {});
  ASSERT_TRUE(profile);
  const AnswerPlan plan(*profile);
  EXPECT_EQ(plan.outcome_of(503, {}), RequestOutcome::indeterminate) << "a proxy may have forwarded it";
  EXPECT_EQ(plan.outcome_of(500, {}), RequestOutcome::indeterminate);
  EXPECT_EQ(plan.outcome_of(429, {}), RequestOutcome::rejected);
  sandbox_.write("sure.toml",
                 "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[outcome]\nrejected = [\"4xx\", 503]\n");
  const auto sure = read_profile(sandbox_.directory() / "sure.toml", "sure.toml", {});
  ASSERT_TRUE(sure);
  EXPECT_EQ(AnswerPlan(*sure).outcome_of(503, {}), RequestOutcome::rejected);
}

TEST(OrderStatus, IsQueriedWithTheHeadersOfAllOrders) {
  ScriptedServer server([](const Received& request) {
    const auto header = [&](const char* name) {
      const auto found = request.headers.find(name);
      return found == request.headers.end() ? std::string() : found->second;
    };
    if (header("x-api") != "k") return answer(401, "{}");
    if (request.method == "POST") return answer(201, R"({"id":")" + header("request-key") + "\"}");
    return header("request-key").empty() ? answer(200, R"({"state":"done"})") : answer(400, "{}");
  });
  CliSandbox sandbox;
  const auto load = [&](const std::string& headers) {
    sandbox.write("shop.toml",
                  "[create]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\"" + headers +
                      " }\n[answer]\norder = \"/id\"\n[status]\npath = \"/o/{order}\"\npointer = \"/state\"\n"
                      "completed = [\"done\"]\n");
    return sandbox
        .run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--drain", "2s", "--url",
              server.url(), "-o", "json"})
        .json();
  };
  const Json result = load(", \"X-Api\" = \"k\"");
  EXPECT_EQ(result["sagas"]["completed"], 5) << result["verdicts"];
  EXPECT_THAT(json_text(load("")["verdicts"]),
              HasSubstr("401 Unauthorized x 5; give --token, the required header in create.headers"));
}

// The page takes as long as that of a busy server.
TEST(OrderStatus, OrdersForWhichTheTimeWasTooShortAreCounted) {
  std::atomic<int> orders = 0;
  ScriptedServer server([&](const Received& request) {
    if (request.method == "POST") return answer(201, fmt::format(R"({{"id":{}}})", ++orders));
    std::this_thread::sleep_for(100ms);
    return answer(200, R"({"state":"done"})");
  });
  CliSandbox sandbox;
  sandbox.write("shop.toml",
                "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[status]\npath = \"/o/{order}\"\n"
                "pointer = \"/state\"\ncompleted = [\"done\"]\n");
  const Json result = sandbox
                          .run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "40", "--drain",
                                "500ms", "--url", server.url(), "-o", "json"})
                          .json();
  EXPECT_THAT(
      json_text(result["verdicts"]),
      testing::ContainsRegex("the status of [0-9]+ of 40 orders is not known: there was no time to ask for them"));
}

// A server that takes orders and lists them in pages of two, by a cursor.
class ListingServer {
 public:
  explicit ListingServer(int list_status = 200)
      : server_([this, list_status](const Received& request) {
          const std::lock_guard lock(mutex_);
          if (request.method == "POST") {
            keys_.push_back(request.headers.at("request-key"));
            return answer(201, "");
          }
          if (list_status != 200) return answer(list_status, "{}");
          const std::size_t from = std::stoul("0" + request.path.substr(request.path.rfind('=') + 1));
          Json page{{"orders", Json::array()}, {"cursor", nullptr}};
          for (std::size_t i = from; i < std::min(from + 2, keys_.size()); ++i)
            page["orders"].push_back(Json{{"no", i}, {"key", keys_[i]}, {"state", i == stuck ? "open" : "done"}});
          if (from + 2 < keys_.size()) page["cursor"] = std::to_string(from + 2);
          return answer(200, page.dump());
        }) {}

  Json loadtest() {
    CliSandbox sandbox;
    sandbox.write("shop.toml",
                  "[create]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\" }\n"
                  "[list]\npath = \"/orders?of={prefix}&after={next}\"\norders = \"/orders\"\n"
                  "next = \"/cursor\"\norder_id = \"/no\"\nkey = \"/key\"\nstatus = \"/state\"\n"
                  "[status]\npath = \"/none/{order}\"\ncompleted = [\"done\"]\n");
    return sandbox
        .run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--drain", "1s", "--url",
              server_.url(), "-o", "json"})
        .json();
  }
  std::size_t stuck = 100;

 private:
  std::mutex mutex_;
  std::vector<std::string> keys_;
  ScriptedServer server_;
};

std::string reason_of(const Json& result, const char* name) {
  for (const Json& verdict : result["verdicts"])
    if (verdict["name"] == name)
      return verdict["verdict"].get<std::string>() + ": " + verdict["reason"].get<std::string>();
  return {};
}

TEST(OrderList, IsReadToItsLastPageAndFindsOrdersThatNoAnswerNamed) {
  ListingServer server;
  const Json result = server.loadtest();
  EXPECT_EQ(result["verdict"], "PASS") << result["verdicts"];
  EXPECT_EQ(result["sagas"]["completed"], 5);
  EXPECT_THAT(reason_of(result, "no-lost-order"),
              HasSubstr("all 5 accepted orders are in the server's list, 5 of them"));
}

TEST(OrderList, NamesAnOrderThatNeverEnds) {
  ListingServer server;
  server.stuck = 3;
  const Json result = server.loadtest();
  EXPECT_THAT(reason_of(result, "all-sagas-end"), HasSubstr("FAIL: order 3 is still open"));
  EXPECT_EQ(result["exitCode"], 1);
}

// Each user sees the own orders and those of the first page of the shop, which are everybody's.
TEST(OrderList, IsAskedForAsEachUserThatLoggedIn) {
  std::mutex mutex;
  std::vector<std::pair<std::string, std::string>> orders;  // user, key
  ScriptedServer server([&](const Received& request) {
    if (request.path == "/token") return answer(200, R"({"token":"t-)" + request.body + "\"}");
    const auto given = request.headers.find("authorization");
    if (given == request.headers.end()) return answer(401, "{}");
    const std::lock_guard lock(mutex);
    const bool sees_all = given->second == "Bearer admin";
    if (request.method == "POST") {
      orders.emplace_back(given->second, request.headers.at("request-key"));
      return answer(201, fmt::format(R"({{"id":{}}})", orders.size()));
    }
    Json page = Json::array();
    for (std::size_t i = 0; i < orders.size(); ++i)
      if (i == 0 || sees_all || orders[i].first == given->second)
        page.push_back(Json{{"id", i + 1}, {"key", orders[i].second}, {"state", "done"}});
    return answer(200, page.dump());
  });
  CliSandbox sandbox;
  sandbox.write(
      "shop.toml",
      "users = [\"ann\", \"ben\"]\n[log_in]\npath = \"/token\"\nbody = \"{user}\"\nbearer = \"/token\"\n[create]\n"
      "path = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\" }\n[answer]\norder = \"/id\"\n[list]\npath = "
      "\"/orders\"\norders = \"\"\norder_id = \"/id\"\nkey = \"/key\"\nstatus = \"/state\"\n[status]\npath = "
      "\"/o/{order}\"\ncompleted = [\"done\"]\n");
  const auto load = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"loadtest", "individual", "--profile", "shop.toml",  "--orders", "10",
                                          "--drain",  "1s",         "--url",     server.url(), "-o",       "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return sandbox.run(arguments).json();
  };
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, std::vector<std::string>{"--token", "admin"}}) {
    const Json result = load(more);
    EXPECT_THAT(reason_of(result, "no-lost-order"), HasSubstr("PASS: all 10 accepted orders are in the server's list"));
    EXPECT_EQ(result["sagas"]["completed"], 10) << result["verdicts"];
  }
}

TEST(OrderList, ThatCannotBeReadLeavesItsVerdictsUnknownAndSaysWhy) {
  const Json result = ListingServer(403).loadtest();
  EXPECT_EQ(result["verdict"], "UNKNOWN");
  EXPECT_THAT(reason_of(result, "no-lost-order"), HasSubstr("GET /orders?of=LT-"));
  EXPECT_THAT(reason_of(result, "no-lost-order"), HasSubstr("returned HTTP 403 (the request carried --token"));
}

TEST(OrderStatus, IsAskedForWithTheHeadersThatAreTheSameForAllOrders) {
  ScriptedServer server([](const Received& request) {
    const auto key = request.headers.find("x-api-key"), shop = request.headers.find("x-shop");
    if (key == request.headers.end() || key->second != "k-17") return answer(401, "{}");
    if (shop == request.headers.end() || shop->second != "shop north") return answer(403, "{}");
    if (request.method == "POST") return answer(201, R"({"id":")" + request.headers.at("request-key") + "\"}");
    return answer(200, R"({"state":"done"})");
  });
  CliSandbox sandbox;
  sandbox.variables["API_KEY"] = "k-17";
  sandbox.variables["SHOP"] = "north";
  sandbox.write("shop.toml",
                "[log_in]\napi_key = { header = \"X-Api-Key\", value = \"{env:API_KEY}\" }\n[create]\npath = "
                "\"/buy\"\nheaders = { \"Request-Key\" = \"{key}\", X-Shop = \"shop {env:SHOP}\" }\n[answer]\norder = "
                "\"/id\"\n[status]\npath = \"/o/{order}\"\npointer = \"/state\"\ncompleted = [\"done\"]\n");
  const Json result = sandbox
                          .run({"loadtest", "individual", "--profile", "shop.toml", "--orders", "5", "--drain", "1s",
                                "--url", server.url(), "-o", "json"})
                          .json();
  EXPECT_EQ(result["sagas"]["completed"], 5) << result["verdicts"];
  EXPECT_EQ(result["verdict"], "PASS") << result["verdicts"];
}

TEST(OrderWatch, TimesSomeSagasWhileTheLoadRuns) {
  std::mutex mutex;
  std::map<std::string, std::chrono::steady_clock::time_point> placed;
  ScriptedServer server([&](const Received& request) {
    const std::lock_guard lock(mutex);
    const auto now = std::chrono::steady_clock::now();
    if (request.method == "POST") {
      placed[request.headers.at("request-key")] = now;
      return answer(201, R"({"id":")" + request.headers.at("request-key") + "\"}");
    }
    const bool is_done = now - placed[request.path.substr(request.path.rfind('/') + 1)] > 100ms;
    return answer(200, is_done ? R"({"state":"done"})" : R"({"state":"open"})");
  });
  CliSandbox sandbox;
  sandbox.write("shop.toml",
                "[create]\npath = \"/buy\"\nheaders = { \"Request-Key\" = \"{key}\" }\n[answer]\norder = "
                "\"/id\"\n[status]\npath = \"/o/{order}\"\npointer = \"/state\"\ncompleted = [\"done\"]\n");
  const Json result = sandbox
                          .run({"loadtest", "individual", "--profile", "shop.toml", "--rate", "50/s", "--duration",
                                "1s", "--drain", "5s", "--url", server.url(), "-o", "json"})
                          .json();
  EXPECT_EQ(result["sagas"]["completed"], 50) << result["verdicts"];
  EXPECT_GE(result["sagaLatency"]["samples"], 1);
  EXPECT_LT(result["sagaLatency"]["samples"], 50) << "only those that were followed";
  EXPECT_GE(result["sagaLatency"]["p50"], 100.0);
  EXPECT_EQ(result["sagaTimes"], "as seen by asking for some");
}

TEST(OrderWatch, AsksWithWhatTheLogInOfTheOrdersUserGave) {
  std::atomic<int> number{0};
  ScriptedServer server([&](const Received& request) {
    if (request.path == "/token") return answer(200, R"({"token":"t-)" + request.body + "\"}");
    const auto given = request.headers.find("authorization");
    if (given == request.headers.end()) return answer(401, "{}");
    const std::string user = given->second.substr(7);
    if (request.method == "POST") return answer(201, fmt::format(R"({{"id":"{}-{}"}})", user, ++number));
    const bool is_theirs = request.path.starts_with("/o/" + user + "-");
    return is_theirs ? answer(200, R"({"state":"done"})") : answer(403, "{}");
  });
  CliSandbox sandbox;
  sandbox.write(
      "shop.toml",
      "users = [\"ann\", \"ben\"]\n[log_in]\npath = \"/token\"\nbody = \"{user}\"\nbearer = \"/token\"\n[create]\n"
      "path = \"/buy\"\n[answer]\norder = \"/id\"\n[status]\npath = \"/o/{order}\"\npointer = "
      "\"/state\"\ncompleted = [\"done\"]\n");
  const Json result = sandbox
                          .run({"loadtest", "individual", "--profile", "shop.toml", "--rate", "50/s", "--duration",
                                "1s", "--drain", "1s", "--url", server.url(), "-o", "json"})
                          .json();
  EXPECT_GE(result["sagaLatency"]["samples"], 1) << result["sagaLatency"];
}

TEST_F(LoadtestCommand, CapacityRefusesConflictingOptions) {
  EXPECT_THAT(run({"individual", "--capacity"}).out, HasSubstr("needs a --threshold"));
  EXPECT_THAT(run({"individual", "--capacity", "--threshold", "throughput>5/s"}).out, HasSubstr("throughput itself"));
  EXPECT_THAT(run({"individual", "--capacity", "--threshold", "saga-p99<5s"}).out, HasSubstr("what the client sees"));
  EXPECT_THAT(run({"all", "--capacity", "--threshold", "p99<5s"}).out, HasSubstr("one of duplicate"));
  EXPECT_EQ(run({"individual", "--capacity", "--orders", "5", "--threshold", "p99<5s"}).code, 4);
}

TEST_F(LoadtestCommand, StagesExcludeOtherRates) {
  EXPECT_EQ(run({"individual", "--stages", "100/s 300ms"}).json()["requests"]["sent"], 30);
  EXPECT_EQ(run({"individual", "--stages", "100/s 300ms", "--rate", "5/s"}).code, 4);
  EXPECT_THAT(run({"individual", "--stages", "100 per s"}).out, HasSubstr("ramp 0..500/s 30s"));
}

}  // namespace
}  // namespace sagactl
