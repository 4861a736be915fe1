// `loadtest`: usage errors, and no node.
#include <gmock/gmock.h>

#include "tests/cli/support/command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

TEST(CliLoadtest, FailsWhenNoNodeAnswers) {
  CliSandbox sandbox;
  const CommandResult outcome = sandbox.run({"loadtest", "duplicate", "-q", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.code, 5);
  EXPECT_THAT(outcome.err, HasSubstr("sagactl serve"));
}

// Said before the load is sent: afterwards the run would have to be repeated.
TEST(CliLoadtest, WithoutADatabaseSaysSoAtTheStart) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"--wide", "loadtest", "duplicate", "--url", "http://127.0.0.1:1"}).err,
              HasSubstr("pass the nodes' data directory with --data or their file with --database; without it the "
                        "verdicts about the data will be UNKNOWN\n"));
}

TEST(CliLoadtest, ExplainsWrongValues) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"loadtest", "duplciate"}).err,
              HasSubstr("there is no scenario 'duplciate': it is duplicate, individual"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--rate", "fast"}).err, HasSubstr("--rate: 'fast' is not a rate"));
  EXPECT_THAT(sandbox.run({"--wide", "loadtest", "mixed", "--threshold", "p99"}).err,
              HasSubstr("--threshold: 'p99' is not a limit: it has no < or >; write it like p99<50ms"));
  EXPECT_THAT(sandbox.run({"--wide", "loadtest", "mixed", "--threshold", "p99<5"}).err,
              HasSubstr("'p99<5' is not a limit: '5' is not a duration; write it like p99<50ms"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--run", "A B"}).err, HasSubstr("--run: 'A B' is not the id of a run"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--tolerance", "3000%"}).err,
              HasSubstr("--tolerance: '3000%' is not a percentage from 0% to 1000%, such as 20%"));
}

}  // namespace
}  // namespace sagactl
