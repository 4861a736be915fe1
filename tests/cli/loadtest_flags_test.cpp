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

TEST(CliLoadtest, ExplainsWrongValues) {
  CliSandbox sandbox;
  EXPECT_THAT(sandbox.run({"loadtest", "duplciate"}).err, HasSubstr("'duplciate' is not one of duplicate, individual"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--rate", "fast"}).err, HasSubstr("--rate: 'fast' is not a rate"));
  EXPECT_THAT(sandbox.run({"loadtest", "mixed", "--threshold", "p99"}).err, HasSubstr("--threshold: "));
}

}  // namespace
}  // namespace sagactl
