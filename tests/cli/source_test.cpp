// Flag > environment > ./sagactl.toml > the user's own configuration, the current context before the latter.
#include <gmock/gmock.h>
#include <CLI/CLI.hpp>

#include "cli/commands.hpp"
#include "cli/contexts.hpp"
#include "cli/settings.hpp"
#include "cli/source.hpp"
#include "tests/cli/command.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Which sources say something about --timeout, and whose word counts.
struct Row {
  bool flag, named_context, environment, project, current_context, user;
  const char* wins;
};

class Precedence : public testing::TestWithParam<Row> {};

TEST_P(Precedence, TheNearestSourceCounts) {
  const Row& row = GetParam();
  Desk desk;
  if (row.project) desk.write("sagactl.toml", "database = \"project\"\n");
  if (row.user) desk.write("home/.config/sagactl/config.toml", "database = \"user\"\n");
  Contexts contexts;
  contexts.by_name["named"]["database"] = "named context";
  contexts.by_name["current"]["database"] = "current context";
  if (row.current_context) contexts.current = "current";
  ASSERT_TRUE(contexts.save(desk.home() / ".config/sagactl"));
  Environment environment;
  environment.working_directory = desk.directory();
  environment.variables["HOME"] = desk.home().string();
  if (row.environment) environment.variables["SAGACTL_DATABASE"] = "environment";

  CLI::App root("", "sagactl");
  Settings settings;
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
                         testing::Values(Row{true, true, true, true, true, true, "flag"},
                                         Row{false, true, true, true, true, true, "environment"},
                                         Row{false, true, false, true, true, true, "named context"},
                                         Row{false, false, false, true, true, true, "project"},
                                         Row{false, false, false, false, true, true, "current context"},
                                         Row{false, false, false, false, false, true, "user"},
                                         Row{false, false, false, false, false, false, ""}));

TEST(Sources, GiveCommandsTheirFlagsFromTables) {
  Desk desk;
  desk.write("sagactl.toml", "[work]\nsize = 7\nname = [\"a\", \"b\"]\n");
  CLI::App root("", "sagactl");
  Settings settings;
  Commands commands;
  add_settings(root, settings);
  CLI::App* work = root.add_subcommand("work");
  int size = 0, speed = 0;
  std::vector<std::string> names;
  work->add_option("--size", size);
  work->add_option("--name", names);
  commands.also_from(Flag(work->add_option("--speed", speed)), {"SPEED"});
  Environment environment;
  environment.working_directory = desk.directory();
  environment.variables = {{"SPEED", "3"}, {"SAGACTL_WORK_SPEED", ""}};
  root.parse(std::vector<std::string>{"work"});
  const auto warnings = fill_flags(root, commands, environment);
  ASSERT_TRUE(warnings) << warnings.error().message;
  EXPECT_EQ(size, 7);
  EXPECT_EQ(speed, 3);
  EXPECT_THAT(names, ElementsAre("a", "b"));
  EXPECT_TRUE(warnings->empty());
}

TEST(Sources, NameTheFileAndLineThatIsWrong) {
  Desk desk;
  desk.write("sagactl.toml", "url = \"http://x\"\ntimeout = = 3\n");
  const Printed outcome = desk.run({"version"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl.toml, line 2"));
}

TEST(Sources, NameTheVariableWhoseValueIsWrong) {
  Desk desk;
  desk.variables["SAGACTL_TIMEOUT"] = "soon";
  const Printed outcome = desk.run({"version"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("environment variable SAGACTL_TIMEOUT"));
}

TEST(Sources, WarnAboutKeysThatNoFlagHas) {
  Desk desk;
  desk.write("sagactl.toml", "timeuot = \"3s\"\n");
  const Printed outcome = desk.run({"version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl.toml: 'timeuot' is no setting; did you mean 'timeout'?"));
}

}  // namespace
}  // namespace sagactl
