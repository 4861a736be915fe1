// `topics`, and how a command learns of Kafka and Redis: flags, variables, files and contexts.
#include <gmock/gmock.h>

#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(CliTopics, AreListedByRoleWithoutBrokers) {
  CliSandbox sandbox;
  const CommandResult nodes = sandbox.run({"topics", "list"});
  EXPECT_EQ(nodes.code, 0) << nodes.err;
  EXPECT_THAT(nodes.out, AllOf(HasSubstr("order-events"), Not(HasSubstr("payment-commands"))));
  EXPECT_THAT(sandbox.run({"topics", "list", "--payment", "remote"}).out, HasSubstr("payment-commands"));
  const Json all = sandbox.run({"topics", "list", "--every-role", "-o", "json"}).json();
  EXPECT_GT(all["topics"].size(), 30u);
  EXPECT_EQ(all["topics"][0]["wantedPartitions"], 6);
}

TEST(CliTopics, AreCheckedAndCreatedOnlyWhereBrokersAreNamed) {
  CliSandbox sandbox;
  for (const char* verb : {"check", "create"}) {
    const CommandResult outcome = sandbox.run({"topics", verb});
    EXPECT_EQ(outcome.code, 4);
    EXPECT_THAT(outcome.err, HasSubstr("no Kafka brokers are configured"));
  }
  const CommandResult away = sandbox.run({"topics", "check", "--kafka", "127.0.0.1:1", "--timeout", "100ms"});
  EXPECT_EQ(away.code, 5);
  EXPECT_THAT(away.err, HasSubstr("127.0.0.1:1"));
}

TEST(CliTopics, WrongFlagsAreNamed) {
  CliSandbox sandbox;
  for (const auto& [flags, said] : std::vector<std::pair<std::vector<std::string>, const char*>>{
           {{"--setting", "retention.ms"}, "'retention.ms' is not a setting of a topic"},
           {{"--partitions", "0"}, "--partitions"},
           {{"--replicas", "x"}, "--replicas"},
           {{"--role", "all"}, "--role"},
           {{"--kafka-sasl", "md5"}, "--kafka-sasl"},
           {{"--kafka", "127.0.0.1:1", "--kafka-sasl", "plain"}, "--kafka-user"},
           {{"--kafka", "127.0.0.1:1", "--kafka-user", "saga"}, "--kafka-sasl plain"},
           {{"--kafka", "127.0.0.1:1", "--kafka-sasl", "plain", "--kafka-user", "saga"}, "KAFKA_SASL_PASSWORD"},
           {{"--kafka", "127.0.0.1:1", "--kafka-password-file", "none"}, "--kafka-password-file"},
           {{"--kafka", "127.0.0.1:1", "--kafka-ca", "none.pem"}, "none.pem"}}) {
    std::vector<std::string> command{"topics", "create"};
    command.insert(command.end(), flags.begin(), flags.end());
    const CommandResult outcome = sandbox.run(command);
    EXPECT_EQ(outcome.code, 4) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(said));
  }
}

TEST(CliServices, AreNamedOnceForAllCommandsInAFileAContextOrAVariable) {
  CliSandbox sandbox;
  const std::string wrong = "'b:x' is not a broker";
  sandbox.write("sagactl.toml", "kafka = \"a:1,b:x\"\nredis = \"nonsense\"\n");
  for (const auto& command : {std::vector<std::string>{"topics", "check"}, std::vector<std::string>{"doctor"},
                              std::vector<std::string>{"dead-letter", "list"}, std::vector<std::string>{"serve"}})
    EXPECT_THAT(sandbox.run(command).err + sandbox.run(command).out, HasSubstr("b:x")) << command[0];
  EXPECT_EQ(sandbox.run({"version"}).err, "") << "both are settings";
  sandbox.write("sagactl.toml", "");
  EXPECT_EQ(sandbox.run({"context", "set", "one", "--kafka", "a:1,b:x", "--kafka-tls"}).code, 0);
  EXPECT_THAT(sandbox.run({"topics", "check"}).err, AllOf(HasSubstr("context one"), HasSubstr(wrong)));
  const Json kept = sandbox.run({"context", "list", "-o", "json"}).json()["contexts"][0];
  EXPECT_EQ(kept["kafka"], "a:1,b:x");
  EXPECT_EQ(kept["kafka-tls"], "true");
  sandbox.run({"context", "remove", "one"});
  sandbox.variables["SAGACTL_KAFKA"] = "a:1,b:x";
  EXPECT_THAT(sandbox.run({"topics", "check"}).err, AllOf(HasSubstr("SAGACTL_KAFKA"), HasSubstr(wrong)));
}

TEST(CliServices, APasswordComesFromAFileOrTheEnvironmentAndIsShownNowhere) {
  CliSandbox sandbox;
  sandbox.write("word", "s3cret\n");
  Environment environment;
  environment.working_directory = sandbox.directory();
  KafkaFlags flags;
  flags.brokers = "127.0.0.1:1";
  flags.security.login = KafkaLogin::scram_sha_512;
  flags.security.user = "saga";
  flags.password_file = "word";
  EXPECT_EQ(kafka_of_flags(environment, flags)->security.password, "s3cret");
  flags.password_file.clear();
  environment.variables = {{"KAFKA_SASL_PASSWORD", "other"}};
  EXPECT_EQ(kafka_of_flags(environment, flags)->security.password, "other");
  environment.variables = {{"REDIS_URL", "redis+sentinel://:s3cret@a,b"}, {"REDIS_SENTINEL_PASSWORD", "s"}};
  const auto url = redis_url("", environment);
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message,
              AllOf(HasSubstr("REDIS_URL"), HasSubstr("the name of the master"), Not(HasSubstr("s3cret"))));
  EXPECT_EQ(redis_security({}, environment).sentinel_password, "s");
  environment.variables = {{"REDIS_URL", "redis://a"}, {"REDIS_HOST", "b"}};
  EXPECT_EQ(redis_url("", environment).value(), "redis://a");
}

}  // namespace
}  // namespace sagactl
