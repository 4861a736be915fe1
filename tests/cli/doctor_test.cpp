// `doctor`: its findings in an empty directory, and with one thing wrong.
#include <gmock/gmock.h>

#include "cli/doctor/clock_difference.hpp"
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

TEST(CliDoctor, FindsNothingWrongInAnEmptyDirectory) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 0) << outcome.out;
  EXPECT_EQ(finding(outcome, "data directory")["result"], "ok");
  EXPECT_EQ(finding(outcome, "database")["result"], "ok");
  EXPECT_EQ(finding(outcome, "node 127.0.0.1:1")["result"], "warn");
}

TEST(CliDoctor, FailsWhenOthersCanReadASecret) {
  CliSandbox sandbox;
  sandbox.write("sagactl-data/operator.token", "secret");
  std::filesystem::permissions(sandbox.directory() / "sagactl-data/operator.token", std::filesystem::perms(0644));
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(finding(outcome, "secrets")["result"], "fail");
  EXPECT_THAT(finding(outcome, "secrets")["advice"].get<std::string>(), HasSubstr("chmod 600"));
}

TEST(CliDoctor, FailsWhenTheFileIsNotADatabase) {
  CliSandbox sandbox;
  sandbox.write("sagactl-data/saga.db", "not a database, only a text of some length");
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 1) << outcome.out;
  EXPECT_EQ(finding(outcome, "integrity")["result"], "fail");
}

TEST(CliDoctor, ReportsAWrongClockAndADependencyThatIsDown) {
  CliSandbox sandbox;
  FakeNode node;
  Json health = a_healthy_node();
  health["timestamp"] = "2020-01-01T00:00:00.000Z";
  health["dependencies"]["bus"] = {{"status", "down"}, {"required", false}, {"error", "no broker"}};
  node.answer("GET /health/detailed", 200, health);
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", node.url()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(finding(outcome, "clock of node-1")["result"], "fail");
  EXPECT_EQ(finding(outcome, "bus of node-1")["result"], "warn");
  EXPECT_EQ(finding(outcome, "database of node-1")["result"], "ok");
}

TEST(CliDoctor, NamesAParticipantThatFails) {
  CliSandbox sandbox;
  FakeNode node;
  node.answer("GET /health/detailed", 200, a_healthy_node());
  const auto participant = [](const char* name, bool is_open) {
    return Json{{"definition", "trip"}, {"participant", name}, {"calls", 30}, {"failures", 12}, {"isOpen", is_open}};
  };
  node.answer("GET /participants", 200,
              Json{{"nodeId", "node-1"}, {"participants", {participant("hotel", false), participant("bank", true)}}});
  const CommandResult outcome =
      sandbox.run({"doctor", "-o", "json", "--url", node.url(), "--token", "an-operators-token"});
  EXPECT_EQ(finding(outcome, "participant bank of node-1")["result"], "warn") << outcome.out;
  EXPECT_THAT(finding(outcome, "participant bank of node-1")["found"].get<std::string>(), HasSubstr("12 of 30 calls"));
  EXPECT_EQ(finding(outcome, "participant hotel of node-1"), nullptr);
}

TEST(CliDoctor, TheBrokersOfTheFlagOverrideTheEnvironment) {
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

TEST(CliDoctor, ReportsTheLimitOnDescriptors) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"doctor", "-o", "json", "--url", "http://127.0.0.1:1"});
  EXPECT_THAT(finding(outcome, "descriptors")["found"].get<std::string>(), HasSubstr("open files and connections"));
}

TEST(ClockDifference, IsCertainOnlyBeyondHalfTheRoundTripAndTheResolution) {
  const Timestamp asked = wall_clock_now(), answered = asked + 100ms;
  const ClockDifference ahead = clock_difference(asked + 2s, asked, answered, 1);
  EXPECT_DOUBLE_EQ(ahead.difference_ms, 1'950);
  EXPECT_DOUBLE_EQ(ahead.uncertainty_ms, 51);
  EXPECT_DOUBLE_EQ(ahead.certain_ms(), 1'899);
  EXPECT_EQ(ahead.text(), "+1950.0 ms from this machine's clock, +/- 51.0 ms");
  const ClockDifference behind = clock_difference(asked - 2s, asked, answered, 0);
  EXPECT_DOUBLE_EQ(behind.certain_ms(), 2'000);
  EXPECT_DOUBLE_EQ(clock_difference(asked + 30ms, asked, answered, 1).certain_ms(), 0);
}

}  // namespace
}  // namespace sagactl
