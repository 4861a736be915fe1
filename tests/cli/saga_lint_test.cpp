// `saga lint`: mistakes in definitions of users' sagas, without a node.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr const char* right = "saga: nap\nsteps:\n  - { name: nap, sleep: 1s }\n";
constexpr const char* wrong = "saga: nap\nstpes:\n  - { name: nap, sleep: 1s }\n";

TEST(CliSagaLint, ARightFileIsDone) {
  CliSandbox sandbox;
  sandbox.write("nap.yaml", right);
  const CommandResult outcome = sandbox.run({"saga", "lint", "nap.yaml"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, "nap.yaml: no mistakes\n");
}

TEST(CliSagaLint, MistakesAreShownInTheirLines) {
  CliSandbox sandbox;
  sandbox.write("nap.yaml", wrong);
  const CommandResult outcome = sandbox.run({"saga", "lint", "nap.yaml"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out,
            "nap.yaml:1:1: mistake: a definition needs the member `steps`\n"
            "     1 | saga: nap\n"
            "       | ^\n"
            "nap.yaml:2:1: mistake: unknown member `stpes`\n"
            "     2 | stpes:\n"
            "       | ^\n"
            "       hint: did you mean `steps`?\n");
  EXPECT_EQ(outcome.err, "nap.yaml: 2 mistakes\n");
}

TEST(CliSagaLint, AWarningIsNoMistake) {
  CliSandbox sandbox;
  sandbox.write("nap.yaml", std::string(right) + "participants: { hotel: { url: \"http://hotel\" } }\n");
  const CommandResult outcome = sandbox.run({"saga", "lint", "nap.yaml"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("warning: no step calls the participant `hotel`"));
  EXPECT_EQ(outcome.err, "nap.yaml: no mistakes, 1 warning\n");
}

TEST(CliSagaLint, OneWrongFileOfSeveralIsRefused) {
  CliSandbox sandbox;
  sandbox.write("right.yaml", right);
  sandbox.write("wrong.yaml", wrong);
  const CommandResult outcome = sandbox.run({"saga", "lint", "right.yaml", "wrong.yaml", "-o", "json"});
  EXPECT_EQ(outcome.code, 1);
  const Json files = outcome.json()["files"];
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0], (Json{{"file", "right.yaml"}, {"ok", true}, {"saga", "nap"}, {"errors", Json::array()}}));
  EXPECT_EQ(files[1]["ok"], false);
  EXPECT_EQ(files[1]["errors"][1], (Json{{"severity", "mistake"},
                                         {"line", 2},
                                         {"column", 1},
                                         {"path", "/stpes"},
                                         {"message", "unknown member `stpes`"},
                                         {"hint", "did you mean `steps`?"}}));
}

TEST(CliSagaLint, ReadsStandardInput) {
  CliSandbox sandbox;
  sandbox.input = wrong;
  const CommandResult outcome = sandbox.run({"saga", "lint", "-"});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("<stdin>:2:1: mistake: unknown member `stpes`"));
}

TEST(CliSagaLint, AFileThatCannotBeReadIsAUsageError) {
  CliSandbox sandbox;
  const CommandResult missing = sandbox.run({"saga", "lint", "nap.yaml"});
  EXPECT_EQ(missing.code, 4);
  EXPECT_EQ(missing.err, "sagactl: nap.yaml cannot be read: No such file or directory\n");
  EXPECT_EQ(sandbox.run({"saga", "lint", "."}).code, 4) << "a directory";
  EXPECT_EQ(sandbox.run({"saga", "lint"}).code, 4) << "no file";
}

TEST(CliSagaLint, ColoursTheSeverityOnATerminalOnly) {
  CliSandbox sandbox;
  sandbox.write("nap.yaml", wrong);
  EXPECT_THAT(sandbox.run({"saga", "lint", "nap.yaml"}).out, testing::Not(HasSubstr("\x1b[")));
  sandbox.terminal = true;
  EXPECT_THAT(sandbox.run({"saga", "lint", "nap.yaml"}).out, HasSubstr("2:1: \x1b[31mmistake\x1b[0m: unknown member"));
}

}  // namespace
}  // namespace sagactl
