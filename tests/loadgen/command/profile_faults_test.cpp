// What is wrong with a profile or a scenario file is reported at once.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include <fmt/format.h>

#include "common/text/text.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ProfileFaults : public testing::Test {
 protected:
  // The lines of what is wrong with the file, without its name.
  std::vector<std::string> faults_of(const std::string& text, const std::vector<std::string>& command) {
    sandbox_.write("shop.toml", text);
    std::vector<std::string> arguments = {"-o", "json"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    const CommandResult outcome = sandbox_.run(arguments);
    EXPECT_EQ(outcome.code, 4) << outcome.out << outcome.err;
    std::vector<std::string> lines;
    for (std::string& line : split(outcome.json()["error"]["message"].get<std::string>(), '\n')) {
      if (line.starts_with("shop.toml:")) line.erase(0, 10);
      lines.push_back(std::move(line));
    }
    return lines;
  }
  std::vector<std::string> of_profile(const std::string& text) {
    return faults_of(text, {"loadtest", "individual", "--profile", "shop.toml", "--dry-run"});
  }
  std::vector<std::string> of_scenario(const std::string& text) { return faults_of(text, {"loadtest", "shop.toml"}); }

  CliSandbox sandbox_;
};

TEST_F(ProfileFaults, AreReportedInTheOrderOfTheirLinesWhicheverRuleFindsThem) {
  EXPECT_THAT(of_profile("branches = { pays = 1, leaves = \"half\" }\n"
                         "[create]\n"
                         "path = \"buy\"\n"
                         "method = \"post\"\n"
                         "body = '{\"sku\":\"{prodct}\"}'\n"
                         "heders = {}\n"
                         "[answer]\n"
                         "order = \"id\"\n"
                         "[outcome]\n"
                         "accepted = [2001]\n"
                         "[status]\n"
                         "path = \"/orders\"\n"
                         "[[after]]\n"
                         "name = \"pay\"\n"
                         "path = \"/pay\"\n"
                         "branch = \"pay\"\n"
                         "until = { pointer = \"/state\", every = \"soon\" }\n"),
              ElementsAre(HasSubstr("1:12: branches 'leaves' must have a share such as 8"),
                          HasSubstr("3:8: create.path: must begin with /"),
                          HasSubstr("4:10: create.method: must be in capital letters, such as POST"),
                          HasSubstr("5:8: create.body: '{prodct}' is not a field; did you mean '{product}'?"),
                          HasSubstr("6:10: 'create.heders' is not a known member; did you mean 'create.headers'?"),
                          HasSubstr("8:9: answer.order: 'id' is not a JSON pointer"),
                          HasSubstr("10:12: outcome.accepted '2001' is not an HTTP status"),
                          HasSubstr("11:1: status.completed: or undone or ends is missing"),
                          HasSubstr("12:8: status.path: has no {order} for the order's id"),
                          HasSubstr("16:10: after[0].branch: 'pay' is not in branches; did you mean 'pays'?"),
                          HasSubstr("17:9: after[0].until.values: is missing: which values end the step?"),
                          HasSubstr("17:39: after.until.every")));
}

TEST_F(ProfileFaults, WhatFollowsFromAnotherIsNotReported) {
  const std::string answer = "[answer]\norder = \"/id\"\n";
  for (const std::string& misspelt :
       {"[creat]\npath = \"/buy\"\n" + answer, "[create]\npth = \"/buy\"\n" + answer, "[create]\npath = 5\n" + answer})
    EXPECT_EQ(of_profile(misspelt).size(), 1u) << misspelt;
  const std::string start = "[create]\npath = \"/buy\"\nbody = '{data:name}'\n" + answer;
  EXPECT_THAT(of_profile(start + "[[data]]\nfile = \"none.csv\"\n"),
              ElementsAre(HasSubstr("7:8: data.file none.csv cannot be read")));
  EXPECT_THAT(of_profile("[create]\npath = \"/buy\"\n" + answer + "[[after]]\nnam = \"pay\"\npath = \"/pay\"\n"),
              ElementsAre(HasSubstr("did you mean 'after.name'?")));
  EXPECT_THAT(of_profile("[create]\npath = \"/buy\"\n" + answer + "[[after]]\npath = \"/a\"\n[[after]]\npath=\"/b\"\n"),
              ElementsAre(HasSubstr("after[0].name: is missing"), HasSubstr("after[1].name: is missing")));
}

TEST_F(ProfileFaults, OfFaultsBesideALoadAreAsComplete) {
  EXPECT_THAT(of_profile("[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n"
                         "[[fault]]\naction = \"brake\"\nat = \"soon\"\nfor = \"5s\"\n"
                         "[[proxy_fault]]\naction = \"slow\"\ndelay = \"1s\"\nof = \"much\"\n"
                         "[[proxy_fault]]\naction = \"delay\"\nstatus = 503\nfrom = \"9s\"\nto = \"5s\"\n"),
              ElementsAre(HasSubstr("6:10: fault.action must be pause, kill, restart or run"),
                          HasSubstr("7:6: fault.at is wrong"), HasSubstr("10:10: proxy_fault.action is wrong"),
                          HasSubstr("12:6: proxy_fault.of is wrong"),
                          HasSubstr("13:1: proxy_fault.delay is missing, such as \"200ms\""),
                          HasSubstr("15:10: proxy_fault.status belongs to action = \"answer\""),
                          HasSubstr("17:6: proxy_fault.to is wrong: it ends before it begins")));
}

TEST_F(ProfileFaults, OfAnOrderThatIsMeantToFailAreFoundBeforeItIsSent) {
  const std::string shop =
      "[create]\npath = \"/buy\"\nbody = '{\"card\":\"{card}\"}'\nfields = { card = \"OK\" }\n"
      "[answer]\norder = \"/id\"\n[[fail]]\n";
  EXPECT_THAT(of_profile(shop + "fields = { card = \"{nothing}\" }\n"),
              ElementsAre(HasSubstr("8:10: fail[0].fields: '{nothing}' is not a field")));
  EXPECT_THAT(of_profile(shop + "fields = { card = \"{env:NO_SUCH}\" }\n"),
              ElementsAre(HasSubstr("8:10: fail[0].fields: the environment has no variable NO_SUCH")));
}

TEST_F(ProfileFaults, AVariableOfTheEnvironmentIsFoundBesideAFieldOfTheProfilesOwn) {
  sandbox_.variables["GOOD_CARD"] = "4000";
  sandbox_.variables["BAD_CARD"] = "4001";
  sandbox_.write("shop.toml",
                 "[create]\npath = \"/buy\"\nbody = '{\"card\":\"{card}\",\"other\":\"{env:GOOD_CARD}\"}'\n"
                 "fields = { card = \"OK\" }\n[answer]\norder = \"/id\"\n"
                 "[[fail]]\nfields = { card = \"{env:BAD_CARD}\" }\n");
  const CommandResult outcome =
      sandbox_.run({"loadtest", "individual", "--fail-share", "0.5", "--profile", "shop.toml", "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"card\":\"OK\""));
  EXPECT_THAT(outcome.out, HasSubstr("{env:BAD_CARD}")) << "a variable is shown by its name";
}

// Fields as k6, Postman and Docker Compose spell them are sent as they stand, which is said and no mistake.
TEST_F(ProfileFaults, FieldsAsOtherProgramsSpellThemAreRemarked) {
  sandbox_.write("shop.toml",
                 "[create]\npath = \"/buy/{env.REGION}\"\n"
                 "headers = { \"X-Key\" = \"${API_KEY}\", \"X-Id\" = \"{{$guid}}\" }\n"
                 "body = '{\"sku\":\"{{product}}\",\"at\":\"{{ start_time }}\",\"u\":\"${user}\"}'\n"
                 "[answer]\norder = \"/id\"\n"
                 "[[after]]\nname = \"pay\"\npath = \"/pay\"\nmethod = \"POST\"\nbody = \"#{order_id}\"\n");
  const CommandResult outcome = sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--dry-run"});
  for (const char* said :
       {"shop.toml:2:8: create.path: '{env.REGION}' is not how a variable is named here: write {env:REGION}",
        "shop.toml:3:23: create.headers.X-Key: '${API_KEY}' is sent as it stands: write {env:API_KEY} for",
        "shop.toml:3:46: create.headers.X-Id: '{{$guid}}' is sent as it stands: write {uuid}",
        "shop.toml:4:8: create.body: '{{product}}' is sent with its outer braces: write {product}",
        "shop.toml:4:8: create.body: '{{ start_time }}' is sent as it stands",
        "shop.toml:4:8: create.body: '${user}' is sent with its $: write {user}",
        "after.body: '#{order_id}' is sent as it stands"})
    EXPECT_THAT(outcome.err, HasSubstr(said));
  const CommandResult quiet = sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--dry-run", "-q"});
  EXPECT_THAT(quiet.err, Not(HasSubstr("is sent")));
}

TEST_F(ProfileFaults, TextsThatAreRightAreNotRemarkedAsFieldsOfOtherPrograms) {
  sandbox_.write(
      "shop.toml",
      "[create]\npath = \"/buy\"\nfields = { members = '\"a\":1' }\n"
      "body = "
      "'{\"a\":{\"b\":{\"c\":{quantity}}},\"price\":\"${price}\",\"o\":{{members}},\"e\":{},\"k\":\"{env:A}\"}'\n"
      "[answer]\norder = \"/id\"\n"
      "[[before]]\nname = \"cart\"\npath = \"/cart\"\nkeep = { link = { match = '\\{\\{(x_y)\\}\\}' } }\n"
      "[[fault]]\naction = \"run\"\ncommand = \"kill ${SHOP_PID}\"\nat = \"1s\"\n");
  sandbox_.variables["A"] = "b";
  const CommandResult outcome = sandbox_.run({"loadtest", "individual", "--profile", "shop.toml", "--dry-run"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.err, Not(HasSubstr("shop.toml:"))) << outcome.err;
}

TEST_F(ProfileFaults, OfMoreThanTwentyTheOthersAreCounted) {
  std::string text = "[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n";
  for (int i = 0; i < 27; ++i) text += fmt::format("[[after]]\nname = \"step {}\"\npath = \"pay\"\n", i);
  const std::vector<std::string> faults = of_profile(text);
  ASSERT_EQ(faults.size(), 21u);
  EXPECT_THAT(faults[0], HasSubstr("7:8: after[0].path: must begin with /"));
  EXPECT_EQ(faults[20], "and 7 more");
}

TEST_F(ProfileFaults, OfAScenarioFileAreReportedAtOnce) {
  EXPECT_THAT(
      of_scenario("scenario = \"mixt\"\nrate = \"fast\"\nordrs = 10\nusers = 0\nduration = { s = 1 }\n"),
      ElementsAre(HasSubstr("1:12: there is no scenario 'mixt'"), HasSubstr("2:8: --rate: 'fast' is not a rate"),
                  HasSubstr("3:9: 'ordrs' is not a flag of loadtest; did you mean 'orders'?"),
                  HasSubstr("4:9: --users: '0' is not a whole number"),
                  HasSubstr("5:12: 'duration' must be a value or a list of values")));
}

TEST_F(ProfileFaults, OfAllQueriesAreReportedAtOnce) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((sandbox_.directory() / "shop.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "CREATE TABLE sale (id TEXT, made TEXT); INSERT INTO sale VALUES ('1', 'today')",
                         nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  EXPECT_THAT(
      faults_of("[create]\npath = \"/buy\"\n[answer]\norder = \"/id\"\n[sql]\n"
                "orders = \"select id as order_id, made as created_at from sale\"\n"
                "steps = \"select idd as order_id from sale\"\n"
                "stock = \"select 1 as initial\"\n"
                "payments = \"select id as order_id, 'capture' as kind, '1.50' as amount from sale\"\n",
                {"loadtest", "individual", "--profile", "shop.toml", "--database", "shop.db", "--dry-run"}),
      ElementsAre(HasSubstr("sql.orders returns 'today' as created_at"), HasSubstr("sql.steps: no such column: idd"),
                  HasSubstr("sql.stock returns no column product, and no column available; it returns initial")));
}

}  // namespace
}  // namespace sagactl
