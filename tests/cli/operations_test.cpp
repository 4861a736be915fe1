// `doctor`, `top`, `migrate`, and the commands that read a database: with nothing there, and with little.
#include <gmock/gmock.h>

#include "tests/cli/support/answers.hpp"
#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

Json finding(const CommandResult& outcome, const std::string& name) {
  const Json body = outcome.json();
  for (const Json& check : body["checks"])
    if (check["name"] == name) return check;
  return nullptr;
}

const Json healthy = {
    {"status", "ok"},
    {"nodeId", "node-1"},
    {"dependencies",
     {{"database", {{"status", "up"}, {"required", true}, {"latencyMs", 0.5}}},
      {"committer", {{"status", "up"}, {"required", true}, {"commits", 7}, {"queueDepth", 2}}},
      {"bus", {{"status", "up"}, {"required", false}, {"unpublishedEvents", 3}}}}}};

TEST(CliDoctor, FindsNothingWrongWhereNothingIsYet) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_EQ(finding(outcome, "data directory")["result"], "ok");
  EXPECT_EQ(finding(outcome, "database")["result"], "ok");
  EXPECT_EQ(finding(outcome, "node 127.0.0.1:1")["result"], "warn");
}

TEST(CliDoctor, FailsWhenOthersMayReadASecret) {
  CliSandbox sandbox;
  sandbox.write("sagactl-data/operator.token", "secret");
  std::filesystem::permissions(sandbox.directory() / "sagactl-data/operator.token",
                               std::filesystem::perms(0644));
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(finding(outcome, "secrets")["result"], "fail");
  EXPECT_THAT(finding(outcome, "secrets")["advice"].get<std::string>(), HasSubstr("chmod 600"));
}

TEST(CliDoctor, FailsWhenTheDatabaseIsNone) {
  CliSandbox sandbox;
  sandbox.write("sagactl-data/saga.db", "this is no database at all, only a text of some length");
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 1) << outcome.out;
  EXPECT_EQ(finding(outcome, "integrity")["result"], "fail");
}

TEST(CliDoctor, TellsAClockThatIsWrongAndADependencyThatIsDown) {
  CliSandbox sandbox;
  FakeNode node;
  Json health = healthy;
  health["timestamp"] = "2020-01-01T00:00:00.000Z";
  health["dependencies"]["bus"] = {{"status", "down"}, {"required", false}, {"error", "no broker"}};
  node.answer("GET /health/detailed", 200, health);
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(finding(outcome, "clock of node-1")["result"], "fail");
  EXPECT_EQ(finding(outcome, "bus of node-1")["result"], "warn");
  EXPECT_EQ(finding(outcome, "database of node-1")["result"], "ok");
}

TEST(CliDoctor, TakesTheBrokersFromTheFlagBeforeTheEnvironment) {
  CliSandbox sandbox;
  sandbox.variables["KAFKA_BROKER"] = "127.0.0.1:1";
  const auto kafka = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"doctor", "-o", "json", "--url", "http://127.0.0.1:1", "--timeout", "100ms"});
    return finding(sandbox.run(flags), "kafka")["found"].get<std::string>();
  };
  EXPECT_THAT(kafka({}), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(kafka({"--kafka", "127.0.0.1:2", "--role", "order", "--payment", "remote"}), HasSubstr("127.0.0.1:2"));
  EXPECT_THAT(kafka({"--kafka", "127.0.0.1:x"}), HasSubstr("--kafka"));
}

TEST(CliDoctor, SaysHowManyConnectionsDescriptorsAllow) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_THAT(finding(outcome, "descriptors")["found"].get<std::string>(), HasSubstr("may be open at a time"));
}

TEST(CliTop, ShowsOneViewWithRates) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /health/detailed", 200, healthy);
  Json counts = {{"sagas", {{"total", 10}, {"completed", 5}, {"compensated", 2}, {"failed", 1}}},
                 {"orders", {{"total", 10}}}};
  node.answer("GET /saga/maintenance/saga-health", 200, counts);
  node.answer("GET /trace/active-flows?limit=1", 200, {{"totalActiveFlows", 2}, {"stuckFlows", 1}});
  const CommandResult outcome = sandbox.run({"top", "--once", "--interval", "1ms", "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  const Json view = outcome.json();
  EXPECT_EQ(view["sagas"]["active"], 2);
  EXPECT_EQ(view["sagas"]["stuck"], 1);
  EXPECT_EQ(view["ordersPerSecond"], 0.0);
  EXPECT_EQ(view["nodes"][0]["node"], "node-1");
  EXPECT_EQ(view["nodes"][0]["unpublishedEvents"], 3);
}

TEST(CliTop, SaysWhenNothingAnswers) {
  CliSandbox sandbox;
  EXPECT_EQ(sandbox.run({"top", "--once", "--url", "http://127.0.0.1:1"}).code, 5);
}

TEST(CliDatabase, ThatIsNotThereIsExitCode5WithAdvice) {
  CliSandbox sandbox;
  for (const char* command : {"verify", "analyze"}) {
    const CommandResult outcome = sandbox.run({command});
    EXPECT_EQ(outcome.code, 5) << command;
    EXPECT_THAT(outcome.err, HasSubstr("there is no database at"));
    EXPECT_THAT(outcome.err, HasSubstr("--data"));
  }
}

TEST(CliDatabase, OfPostgreSqlThatIsNotThereIsNamedWithoutItsPassword) {
  CliSandbox sandbox;
  sandbox.variables = {{"DATABASE_HOST", "127.0.0.1"}, {"DATABASE_PORT", "1"}, {"DATABASE_USERNAME", "us"},
                    {"DATABASE_PASSWORD", "hun/ter2"}};
  for (const char* command : {"verify", "analyze", "migrate"}) {
    const CommandResult outcome = sandbox.run({command});
    EXPECT_EQ(outcome.code, 5) << command;
    EXPECT_THAT(outcome.err, HasSubstr("nestjs_cqrs at us@127.0.0.1:1"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("ter2")));
  }
  const CommandResult flag = sandbox.run({"verify", "--database", "postgres://me:secret@127.0.0.1:2/other"});
  EXPECT_THAT(flag.err, HasSubstr("other at me@127.0.0.1:2")) << "the flag goes before the environment";
}

TEST(CliDatabase, OfAnotherKindIsAUsageError) {
  CliSandbox sandbox;
  for (const char* command : {"verify", "analyze", "migrate"})
    EXPECT_EQ(sandbox.run({command, "--database", "mysql://me:secret@db/x"}).code, 4) << command;
}

TEST(CliMigrate, MakesTheDatabaseAndShowsWhatWasApplied) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  const CommandResult first = sandbox.run({"migrate", "-o", "json"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_GE(first.json()["applied"].size(), 1u);
  const CommandResult second = sandbox.run({"migrate", "-o", "json"});
  EXPECT_EQ(second.json()["applied"].size(), 0u);
  EXPECT_EQ(second.json()["migrations"].size(), first.json()["applied"].size());
}

TEST(CliVerify, OfAnEmptyDatabaseIsUndecided) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  sandbox.run({"migrate"});
  const CommandResult outcome = sandbox.run({"verify", "-o", "json", "--junit", "v.xml", "--save", "v.json"});
  EXPECT_EQ(outcome.code, 2) << outcome.out;
  EXPECT_EQ(outcome.json()["verdict"], "UNKNOWN");
  EXPECT_THAT(sandbox.read("v.xml"), HasSubstr("<testsuite"));
}

TEST(CliAnalyze, ExplainsATimeThatIsNone) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  sandbox.run({"migrate"});
  const CommandResult outcome = sandbox.run({"analyze", "--since", "yesterday"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("--since: 'yesterday' is neither a time"));
}

TEST(CliLoadtest, SaysWhenNothingAnswers) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"loadtest", "duplicate", "-q", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl serve"));
}

TEST(CliLoadtest, ExplainsWhatIsWrong) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"loadtest", "duplciate"}).err,
              HasSubstr("'duplciate' is none of duplicate, individual"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--rate", "fast"}).err,
              HasSubstr("--rate: 'fast' is not a rate"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--threshold", "p99"}).err, HasSubstr("--threshold: "));
}

}  // namespace
}  // namespace sagactl
