// `serve`: errors before anything starts, start and stop. More in tests/e2e.
#include <gmock/gmock.h>
#include <unistd.h>

#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

struct WrongFlag {
  const char* name;
  std::vector<std::string> flags;
  const char* error;
};

class CliServeFlag : public testing::TestWithParam<WrongFlag> {};

TEST_P(CliServeFlag, ThatIsWrongIsExplained) {
  CliSandbox sandbox;
  std::vector<std::string> arguments = {"serve"};
  arguments.insert(arguments.end(), GetParam().flags.begin(), GetParam().flags.end());
  const CommandResult outcome = sandbox.run(arguments);
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Flags, CliServeFlag,
    testing::Values(
        WrongFlag{"Port", {"--port", "65536"}, "--port: '65536' is not a whole number from 0 to 65535"},
        WrongFlag{"NodeId", {"--node-id", "import-nestjs-cqrs"}, "is the name under which sagactl imports"},
        WrongFlag{"Delay", {"--payment-delay", "2s..1s"}, "--payment-delay: '2s..1s' is not a duration or a range"},
        WrongFlag{"Success", {"--payment-success", "80"}, "--payment-success: '80' is not a ratio from 0 to 1"},
        WrongFlag{"Redis", {"--redis", "localhost:6379"}, "--redis: 'localhost:6379' is not the address of a Redis"},
        WrongFlag{"RedisCaWithoutTls",
                  {"--redis", "redis://r", "--redis-ca", "/etc/passwd"},
                  "--redis-ca needs TLS: write the address as rediss://"},
        WrongFlag{"RedisCa", {"--redis", "rediss://r", "--redis-ca", "none.pem"}, "--redis-ca: cannot read "},
        WrongFlag{"Kafka", {"--kafka", "a:1,b:x"}, "--kafka: 'b:x' is not a broker"},
        WrongFlag{"RemotePaymentWithoutKafka", {"--payment", "remote"}, "--kafka host:port"},
        WrongFlag{"PaymentRoleWithoutKafka", {"--role", "payment"}, "--kafka host:port"},
        WrongFlag{"TossUrl", {"--toss-url", "api.tosspayments.com"}, "does not begin with https:// or http://"},
        WrongFlag{"TossOverHttp",
                  {"--payment", "toss", "--toss-url", "http://10.0.0.1/v1"},
                  "would carry the secret key in the clear"},
        WrongFlag{"TossWithoutSecret", {"--payment", "toss"}, "--toss-secret-file"},
        WrongFlag{"TossSecretMissing",
                  {"--payment", "toss", "--toss-secret-file", "none.key"},
                  "none.key: No such file or directory"},
        WrongFlag{"TossSecretAsClientKey", {"--toss-client-key", "test_sk_1"}, "must not be shown to buyers"},
        WrongFlag{"TossClientKey", {"--toss-client-key", "\"><script>"}, "this is no client key such as test_ck_..."},
        WrongFlag{"Pages", {"--port", "0", "--pages", "nowhere"}, "nowhere: there is no such directory"},
        WrongFlag{"Dedupe", {"--dedupe", "key"}, "--dedupe: 'key' is not one of product, key-only"}),
    [](const auto& tested) { return tested.param.name; });

TEST(CliServe, RejectsASecretKeyThatOthersCanReadOrThatIsMalformed) {
  CliSandbox sandbox;
  const std::vector<std::string> command = {"serve",   "--port", "0", "--payment", "toss", "--toss-secret-file",
                                            "toss.key"};
  const auto error_of = [&](const std::string& text, std::filesystem::perms mode) {
    sandbox.write("toss.key", text);
    std::filesystem::permissions(sandbox.directory() / "toss.key", mode);
    const CommandResult outcome = sandbox.run(command);
    EXPECT_EQ(outcome.code, 4);
    EXPECT_EQ(outcome.err.find("test_sk"), std::string::npos) << outcome.err;
    return outcome.err;
  };
  using std::filesystem::perms;
  const perms owner = perms::owner_read | perms::owner_write;
  EXPECT_THAT(error_of("test_sk_1\n", owner | perms::others_read), HasSubstr("chmod 600"));
  EXPECT_THAT(error_of("\n", owner), HasSubstr("does not hold one"));
  EXPECT_THAT(error_of("test_sk_1:\n", owner), HasSubstr("one word without a colon"));
  EXPECT_THAT(error_of("test_sk_1\ntest_sk_2\n", owner), HasSubstr("one word"));
  EXPECT_FALSE(std::filesystem::exists(sandbox.directory() / "sagactl-data"));
}

TEST(CliServe, SaysThatItsDataDirectoryIsAFileOrCannotBeWritten) {
  CliSandbox sandbox;
  sandbox.write("orders.db", "");
  const CommandResult file = sandbox.run({"serve", "--port", "0", "--data", "orders.db"});
  EXPECT_EQ(file.code, 4);
  EXPECT_THAT(file.err, HasSubstr("orders.db is a file, not a directory"));
  EXPECT_THAT(file.err, HasSubstr("--database names such a file"));
  const CommandResult below =
      sandbox.run({"serve", "--port", "0", "--data", "orders.db/a", "--database", "postgres://127.0.0.1:1/shop"});
  EXPECT_EQ(below.code, 4);
  EXPECT_THAT(below.err, HasSubstr("orders.db is a file, not a directory"));
  if (::geteuid() == 0) return;  // who may write everywhere
  const auto closed = sandbox.directory() / "closed";
  std::filesystem::create_directories(closed);
  std::filesystem::permissions(closed, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  const CommandResult locked = sandbox.run({"serve", "--port", "0", "--data", "closed"});
  EXPECT_EQ(locked.code, 4);
  EXPECT_THAT(locked.err, HasSubstr("closed is not writable"));
  EXPECT_THAT(locked.err, HasSubstr("choose another directory with --data"));
}

TEST(CliServe, PrintsOneLinePerNodeAndStopsOnASignal) {
  CliSandbox sandbox;
  sandbox.interrupted = true;
  const CommandResult outcome = sandbox.run({"serve", "--port", "0", "--nodes", "2", "--node-id", "n"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out,
              testing::ContainsRegex("accepts requests at http://127.0.0.1:[0-9]+\n.*accepts requests at "));
}

TEST(CliServe, ReadsPortNodeIdAndTokenLifetimeFromTheEnvironment) {
  CliSandbox sandbox;
  sandbox.interrupted = true;
  sandbox.variables = {{"PORT", "0"}, {"NODE_ID", "pod-7"}, {"JWT_EXPIRES_IN", "7d"}};
  const CommandResult outcome = sandbox.run({"serve", "-o", "json"});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(outcome.json()["nodes"][0]["node"], "pod-7");
}

TEST(CliServe, NamesTheVariableThatIsWrong) {
  CliSandbox sandbox;
  sandbox.variables = {{"PORT", "http"}};
  EXPECT_THAT(sandbox.run({"serve"}).err, HasSubstr("environment variable PORT: --port: 'http'"));
  sandbox.variables = {{"REDIS_HOST", "r"}, {"REDIS_PORT", "none"}, {"REDIS_PASSWORD", "s3cret"}};
  const std::string error = sandbox.run({"serve", "--port", "0"}).err;
  EXPECT_THAT(error, HasSubstr("REDIS_PORT"));
  EXPECT_EQ(error.find("s3cret"), error.npos);
  sandbox.variables = {{"JWT_EXPIRES_IN", "soon"}};
  EXPECT_THAT(sandbox.run({"serve", "--port", "0"}).err, HasSubstr("environment variable JWT_EXPIRES_IN: 'soon'"));
  sandbox.variables = {{"JWT_REFRESH_EXPIRES_IN", "0s"}};  // its tokens would be expired when they are issued
  EXPECT_THAT(sandbox.run({"serve", "--port", "0"}).err, HasSubstr("variable JWT_REFRESH_EXPIRES_IN: '0s'"));
}

}  // namespace
}  // namespace sagactl
