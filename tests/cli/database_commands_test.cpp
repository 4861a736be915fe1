// `verify`, `analyze` and `migrate`: without a database, and with an empty one.
#include <gmock/gmock.h>

#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

TEST(CliDatabase, ThatDoesNotExistIsExitCode5WithAHint) {
  CliSandbox sandbox;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"verify"}, {"analyze"}, {"migrate", "--status"}}) {
    const CommandResult outcome = sandbox.run(command);
    EXPECT_EQ(outcome.code, 5) << command.front();
    EXPECT_THAT(outcome.err, HasSubstr("there is no database at"));
    EXPECT_THAT(outcome.err, HasSubstr("--data"));
  }
}

TEST(CliDatabase, IsNotLookedForInADataDirectoryThatIsAFile) {
  CliSandbox sandbox;
  sandbox.write("orders.db", "");
  for (const char* command : {"verify", "analyze", "migrate"}) {
    const CommandResult outcome = sandbox.run({command, "--data", "orders.db"});
    EXPECT_EQ(outcome.code, 4) << command;
    EXPECT_THAT(outcome.err, HasSubstr("--data: ")) << command;
    EXPECT_THAT(outcome.err, HasSubstr("orders.db is a file, not a directory")) << command;
  }
}

// As for a directory of another user, which root can read.
TEST(CliDatabase, ThatCannotBeLookedAtIsNotSaidToBeMissing) {
  CliSandbox sandbox;
  std::filesystem::create_symlink("loop", sandbox.directory() / "loop");
  const CommandResult outcome = sandbox.run({"verify", "--database", "loop/saga.db", "--wide"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("loop/saga.db cannot be read: Too many levels of symbolic links"));
  EXPECT_THAT(outcome.err, HasSubstr("run this as the user of `sagactl serve`"));
}

TEST(CliDatabase, OfPostgreSqlThatIsUnreachableIsAskedAboutOnce) {
  CliSandbox sandbox;
  EXPECT_EQ(sandbox.run({"--wide", "migrate", "--status", "--database", "postgres://127.0.0.1:1/shop"}).err,
            "sagactl: the database shop at 127.0.0.1:1 cannot be reached: is the server running there, and are host "
            "and port right? (SQLSTATE 08001: connection to server at \"127.0.0.1\", port 1 failed: Connection "
            "refused)\n");
}

TEST(CliAnalyze, OfARunThatIsUnknownSaysSo) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  sandbox.run({"migrate"});
  const CommandResult outcome = sandbox.run({"analyze", "--run", "zzz"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("no order is of the run 'zzz' (--run)"));
  EXPECT_THAT(outcome.out, HasSubstr("no row names a node"));
  EXPECT_THAT(outcome.out, HasSubstr("0 orders: there are no two that could have the same key"));
}

TEST(CliAnalyze, OfAResultThatCannotBeReadIsAUsageError) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"analyze", "--compare", "a.json", "b.json"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("cannot read"));
  EXPECT_EQ(sandbox.run({"loadtest", "mixed", "--baseline", "a.json"}).code, 4);
}

TEST(CliDatabase, OfPostgreSqlThatIsUnreachableIsNamedWithoutItsPassword) {
  CliSandbox sandbox;
  sandbox.variables = {{"DATABASE_HOST", "127.0.0.1"},
                       {"DATABASE_PORT", "1"},
                       {"DATABASE_USERNAME", "us"},
                       {"DATABASE_PASSWORD", "hun/ter2"}};
  for (const char* command : {"verify", "analyze", "migrate"}) {
    const CommandResult outcome = sandbox.run({command});
    EXPECT_EQ(outcome.code, 5) << command;
    EXPECT_THAT(outcome.err, HasSubstr("nestjs_cqrs at us@127.0.0.1:1"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("ter2")));
  }
  const CommandResult flag = sandbox.run({"verify", "--database", "postgres://me:secret@127.0.0.1:2/other"});
  EXPECT_THAT(flag.err, HasSubstr("other at me@127.0.0.1:2")) << "the flag overrides the environment";
}

TEST(CliDatabase, OfAnotherProductIsAUsageError) {
  CliSandbox sandbox;
  for (const char* command : {"verify", "analyze", "migrate"})
    EXPECT_EQ(sandbox.run({command, "--database", "mysql://me:secret@db/x"}).code, 4) << command;
}

TEST(CliDatabase, ThatIsNeitherAFileNorAUrlIsAUsageError) {
  CliSandbox sandbox;
  for (const char* text : {"postgres:/me:secret@db/x", "postgresql:shop", "sqlite:shop.db", "jdbc:postgresql://db/x"}) {
    const CommandResult outcome = sandbox.run({"migrate", "--database", text});
    EXPECT_EQ(outcome.code, 4) << text;
    EXPECT_THAT(outcome.err, HasSubstr("the path of an SQLite file or a URL such as postgres://USER@HOST/DATABASE"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("secret")));
  }
  const CommandResult nowhere = sandbox.run({"migrate", "--database", "none/shop.db"});
  EXPECT_EQ(nowhere.code, 5);
  EXPECT_THAT(nowhere.err, HasSubstr("there is no directory "));
}

TEST(CliDatabase, ThatIsADirectoryIsAUsageError) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  for (const char* command : {"verify", "analyze", "migrate"}) {
    const CommandResult outcome = sandbox.run({command, "--database", "sagactl-data"});
    EXPECT_EQ(outcome.code, 4) << command;
    EXPECT_THAT(outcome.err, HasSubstr("sagactl-data is a directory, not an SQLite file")) << command;
    EXPECT_THAT(outcome.err, HasSubstr("the file saga.db")) << command;
  }
}

TEST(CliMigrate, CreatesTheDatabaseAndShowsWhatWasApplied) {
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

TEST(CliAnalyze, ExplainsAMalformedTime) {
  CliSandbox sandbox;
  std::filesystem::create_directories(sandbox.directory() / "sagactl-data");
  sandbox.run({"migrate"});
  const CommandResult outcome = sandbox.run({"analyze", "--since", "yesterday"});
  EXPECT_EQ(outcome.code, 4);
  EXPECT_THAT(outcome.err, HasSubstr("--since: 'yesterday' is neither a time"));
}

}  // namespace
}  // namespace sagactl
