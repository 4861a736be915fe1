// Precedence of flags, environment, contexts and files, and errors in them.
#include <gmock/gmock.h>
#include <CLI/CLI.hpp>
#include <functional>

#include "cli/commands.hpp"
#include "cli/configuration/contexts.hpp"
#include "cli/configuration/environment.hpp"
#include "cli/configuration/flag_sources.hpp"
#include "cli/configuration/global_settings.hpp"
#include "cli/dependencies/kafka.hpp"
#include "cli/dependencies/redis.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Which sources set --database, and which of them wins.
struct PrecedenceCase {
  bool flag, named_context, environment, project, current_context, user;
  const char* wins;
};

class Precedence : public testing::TestWithParam<PrecedenceCase> {};

TEST_P(Precedence, TheFirstSourceWins) {
  const PrecedenceCase& row = GetParam();
  CliSandbox sandbox;
  if (row.project) sandbox.write("sagactl.toml", "database = \"project\"\n");
  if (row.user) sandbox.write("home/.config/sagactl/config.toml", "database = \"user\"\n");
  Contexts contexts;
  contexts.by_name["named"]["database"] = "named context";
  contexts.by_name["current"]["database"] = "current context";
  if (row.current_context) contexts.current = "current";
  ASSERT_TRUE(contexts.save(sandbox.home() / ".config/sagactl"));
  Environment environment;
  environment.working_directory = sandbox.directory();
  environment.variables["HOME"] = sandbox.home().string();
  if (row.environment) environment.variables["SAGACTL_DATABASE"] = "environment";

  CLI::App root("", "sagactl");
  GlobalSettings settings;
  Commands commands;
  add_settings(root, settings);
  std::vector<std::string> arguments;
  if (row.flag) arguments = {"flag", "--database"};
  if (row.named_context) arguments.insert(arguments.end(), {"named", "--context"});
  root.parse(arguments);
  const auto filled = fill_flags(root, commands, environment);
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(settings.database, row.wins);
}

INSTANTIATE_TEST_SUITE_P(Table, Precedence,
                         testing::Values(PrecedenceCase{true, true, true, true, true, true, "flag"},
                                         PrecedenceCase{false, true, true, true, true, true, "environment"},
                                         PrecedenceCase{false, true, false, true, true, true, "named context"},
                                         PrecedenceCase{false, false, false, true, true, true, "project"},
                                         PrecedenceCase{false, false, false, false, true, true, "current context"},
                                         PrecedenceCase{false, false, false, false, false, true, "user"},
                                         PrecedenceCase{false, false, false, false, false, false, ""}));

TEST(Sources, SetTheFlagsOfCommandsFromTables) {
  CliSandbox sandbox;
  sandbox.write("sagactl.toml", "[work]\nsize = 7\nname = [\"a\", \"b\"]\n");
  CLI::App root("", "sagactl");
  GlobalSettings settings;
  Commands commands;
  add_settings(root, settings);
  CLI::App* work = root.add_subcommand("work");
  int size = 0, speed = 0;
  std::vector<std::string> names;
  work->add_option("--size", size);
  work->add_option("--name", names);
  commands.add_variables(Flag(work->add_option("--speed", speed)), {"SPEED"});
  Environment environment;
  environment.working_directory = sandbox.directory();
  environment.variables = {{"SPEED", "3"}, {"SAGACTL_WORK_SPEED", ""}};
  root.parse(std::vector<std::string>{"work"});
  const auto filled = fill_flags(root, commands, environment);
  ASSERT_TRUE(filled) << filled.error().message;
  EXPECT_EQ(size, 7);
  EXPECT_EQ(speed, 3);
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_TRUE(filled->warnings.empty());
}

TEST(Sources, NameTheFileAndLineThatIsWrong) {
  CliSandbox sandbox;
  sandbox.write("sagactl.toml", "url = \"http://x\"\ntimeout = = 3\n");
  const CommandResult outcome = sandbox.run({"saga", "list"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl.toml:2:11: "));
}

TEST(Sources, NameTheVariableWhoseValueIsWrong) {
  CliSandbox sandbox;
  sandbox.variables["SAGACTL_TIMEOUT"] = "soon";
  const CommandResult outcome = sandbox.run({"saga", "list"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("environment variable SAGACTL_TIMEOUT"));
}

// A way in which a source can be wrong.
struct BrokenCase {
  const char* name;
  std::function<void(CliSandbox&)> breaks;
};

class BrokenSource : public testing::TestWithParam<BrokenCase> {};

TEST_P(BrokenSource, DoesNotStopCommandsThatNeedNoneOrRepairIt) {
  const std::vector<std::vector<std::string>> commands = {{"version"},
                                                          {"--version"},
                                                          {"completion", "bash"},
                                                          {"man"},
                                                          {"help", "saga"},
                                                          {"context", "set", "other", "--url", "http://127.0.0.1:9"},
                                                          {"context", "list"},
                                                          {"context", "use", "other"},
                                                          {"context", "remove", "other"}};
  CliSandbox sandbox;
  GetParam().breaks(sandbox);
  ASSERT_EQ(sandbox.run({"saga", "list"}).code, 4);
  for (const auto& command : commands) {
    const CommandResult outcome = sandbox.run(command);
    EXPECT_EQ(outcome.code, 0) << command[0] << ": " << outcome.err;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sources, BrokenSource,
    testing::Values(
        BrokenCase{"ContextOfTheEnvironment",
                   [](CliSandbox& sandbox) { sandbox.variables["SAGACTL_CONTEXT"] = "gone"; }},
        BrokenCase{"ContextOfAFile",
                   [](CliSandbox& sandbox) { sandbox.write("sagactl.toml", "context = \"gone\"\n"); }},
        BrokenCase{
            "CurrentContext",
            [](CliSandbox& sandbox) { sandbox.write("home/.config/sagactl/contexts.json", R"({"current": "gone"})"); }},
        BrokenCase{"ValueInAContext",
                   [](CliSandbox& sandbox) {
                     sandbox.write("home/.config/sagactl/contexts.json",
                                   R"({"current": "a", "contexts": {"a": {"timeout": "soon", "url": "x"}}})");
                   }},
        BrokenCase{"NoJson", [](CliSandbox& sandbox) { sandbox.write("home/.config/sagactl/contexts.json", "{"); }},
        BrokenCase{
            "OtherJson",
            [](CliSandbox& sandbox) { sandbox.write("home/.config/sagactl/contexts.json", R"({"contexts": [1]})"); }},
        BrokenCase{"ProjectFile", [](CliSandbox& sandbox) { sandbox.write("sagactl.toml", "url = = 1\n"); }},
        BrokenCase{"UsersFile",
                   [](CliSandbox& sandbox) { sandbox.write("home/.config/sagactl/config.toml", "url = = 1\n"); }},
        BrokenCase{"Variable", [](CliSandbox& sandbox) { sandbox.variables["SAGACTL_TIMEOUT"] = "soon"; }},
        BrokenCase{"FileOfTheToken", [](CliSandbox& sandbox) { sandbox.variables["SAGACTL_TOKEN_FILE"] = "gone"; }}),
    [](const auto& test) { return test.param.name; });

TEST(Sources, AMalformedContextsFileIsKept) {
  CliSandbox sandbox;
  sandbox.write("home/.config/sagactl/contexts.json", "{ of somebody");
  const CommandResult outcome = sandbox.run({"context", "set", "one", "--url", "http://127.0.0.1:9"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("contexts.json.broken"));
  EXPECT_EQ(sandbox.read("home/.config/sagactl/contexts.json.broken"), "{ of somebody");
  EXPECT_EQ(sandbox.run({"context", "list", "-o", "json"}).json()["current"], "one");
}

TEST(Sources, WithoutAHomeNoConfigurationIsReadFromTheWorkingDirectory) {
  CliSandbox sandbox;
  sandbox.write("config.toml", "url = \"http://foreign:1\"\ntitle = \"a site\"\n");
  sandbox.write("sagactl/config.toml", "url = \"http://foreign:1\"\n");
  for (const char* home : {"", "relative"}) {
    for (const char* config : {"", "relative", "."}) {
      sandbox.variables = {{"HOME", home}, {"XDG_CONFIG_HOME", config}};
      const CommandResult outcome = sandbox.run({"saga", "list", "--timeout", "1s"});
      EXPECT_THAT(outcome.err, testing::Not(HasSubstr("foreign")));
      EXPECT_THAT(outcome.err, testing::Not(HasSubstr("title")));
    }
  }
}

TEST(Sources, ARemovedWorkingDirectoryIsAnErrorOnlyForCommandsThatNeedIt) {
  CliSandbox sandbox;
  sandbox.removed = true;
  EXPECT_EQ(sandbox.run({"version"}).code, 0);
  EXPECT_EQ(sandbox.run({"saga", "list", "--url", "http://127.0.0.1:9"}).code, 5);
  for (const std::vector<std::string>& command : {std::vector<std::string>{"serve"},
                                                  {"verify"},
                                                  {"verify", "--database", "x.db"},
                                                  {"verify", "--database", "/nowhere.db", "--save", "x.json"}}) {
    const CommandResult outcome = sandbox.run(command);
    EXPECT_EQ(outcome.code, 4) << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr("the working directory has been removed"));
  }
}

// For a Service named redis, Kubernetes sets REDIS_PORT=tcp://10.96.0.5:6379 in every pod.
TEST(Sources, KubernetesServiceLinksAreAccepted) {
  Environment environment;
  environment.variables = {{"REDIS_HOST", "redis"}, {"REDIS_PORT", "tcp://10.96.0.5:6380"}};
  EXPECT_EQ(redis_url("", environment).value(), "redis://redis:6380");
  environment.variables = {{"KAFKA_BROKER", "tcp://10.96.0.7:9093"}};
  EXPECT_EQ(brokers_of(environment).value(), "10.96.0.7:9093");
  environment.variables = {{"DATABASE_PORT", "tcp://[fd00::7]:5433"}};
  EXPECT_EQ(environment.port("DATABASE_PORT", "5432").value(), "5433");
  for (const char* wrong :
       {"abc", "0", "65536", "tcp://10.96.0.5", "tcp://10.96.0.5:", "http://a:80", "tcp://a:99999"}) {
    environment.variables = {{"REDIS_HOST", "redis"}, {"REDIS_PORT", wrong}};
    const auto url = redis_url("", environment);
    ASSERT_FALSE(url) << wrong;
    EXPECT_THAT(url.error().message, HasSubstr("REDIS_PORT")) << wrong;
  }
}

TEST(Sources, ThePortToListenOnIsNotTakenFromAServiceLink) {
  CliSandbox sandbox;
  for (const char* variable : {"PORT", "SAGACTL_SERVE_PORT"}) {
    sandbox.variables = {{variable, "tcp://10.96.0.9:3000"}, {"HOME", sandbox.home().string()}};
    const CommandResult outcome = sandbox.run({"serve", "--payment", "remote"});  // fails because there are no brokers
    EXPECT_THAT(outcome.err, HasSubstr(std::string("environment variable ") + variable + " is ignored for --port"));
    EXPECT_THAT(outcome.err, HasSubstr("Kubernetes"));
    EXPECT_THAT(outcome.err, HasSubstr("--kafka"));
  }
}

TEST(Sources, WarnAboutUnknownKeys) {
  CliSandbox sandbox;
  sandbox.write("sagactl.toml", "timeuot = \"3s\"\n");
  const CommandResult outcome = sandbox.run({"version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl.toml: 'timeuot' is not a setting; did you mean 'timeout'?"));
}

}  // namespace
}  // namespace sagactl
