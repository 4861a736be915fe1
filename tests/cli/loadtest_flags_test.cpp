// `loadtest`: usage errors, and no node.
#include <fmt/format.h>
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

// Wherever the value is checked: by its flag, by a scenario file, and again before the load.
TEST(CliLoadtest, EachFlagHasOneLimit) {
  struct Row {
    const char* flag;
    std::uint64_t most;
  };
  for (const Row& row : {Row{"--users", 60'000}, Row{"--items", 50}, Row{"--workers", 64}, Row{"--duplicates", 256},
                         Row{"--connections", 10'000}, Row{"--concurrency", 10'000}, Row{"--streams", 1000},
                         Row{"--rate-steps", 1000}, Row{"--orders", 10'000'000}, Row{"--products", 10'000'000}}) {
    CliSandbox sandbox;
    const auto run = [&](std::uint64_t value) {
      return sandbox.run({"loadtest", "duplicate", "--dry-run", row.flag, std::to_string(value)});
    };
    EXPECT_EQ(run(row.most).code, 0) << row.flag << ": " << run(row.most).err;
    const CommandResult over = run(row.most + 1);
    EXPECT_EQ(over.code, 4) << row.flag;
    EXPECT_THAT(over.err, HasSubstr(fmt::format(" to {}\n", row.most))) << row.flag;
    sandbox.write("load.toml", fmt::format("scenario = \"duplicate\"\n{} = {}\n", row.flag + 2, row.most + 1));
    EXPECT_THAT(sandbox.run({"loadtest", "load.toml", "--dry-run"}).err, HasSubstr(fmt::format(" to {}\n", row.most)));
  }
}

TEST(CliLoadtest, ASagaOfYourOwnHasAnInputAndIsAllThatIsTested) {
  CliSandbox sandbox;
  sandbox.write("trip.json", R"({"guest":"{user}"})");
  const auto fault = [&](std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"--wide", "loadtest", "individual"});
    const CommandResult result = sandbox.run(flags);
    EXPECT_EQ(result.code, 4) << result.err;
    return result.err;
  };
  EXPECT_THAT(fault({"--saga", "trip"}), HasSubstr("--saga needs --input FILE.json"));
  EXPECT_THAT(fault({"--saga", "trip", "--input", "none.json"}), HasSubstr("--input: there is no file none.json"));
  EXPECT_THAT(fault({"--input", "trip.json"}), HasSubstr("--input is for sagas of your own: name the definition"));
  EXPECT_THAT(fault({"--saga", "trip", "--input", "trip.json", "--system", "purchase"}), HasSubstr("pass only one"));
  EXPECT_THAT(fault({"--saga", "trip", "--input", "trip.json", "--items", "2"}), HasSubstr("leave out --items"));
  EXPECT_THAT(fault({"--saga", "trip", "--input", "trip.json", "--fail-share", "0.1"}),
              HasSubstr("--fail-share needs --fail-input FILE.json"));
  EXPECT_THAT(fault({"--saga", "trip", "--input", "trip.json", "--fail-input", "trip.json"}),
              HasSubstr("--fail-input needs --fail-share"));
}

TEST(CliLoadtest, ADryRunShowsHowASagaIsStarted) {
  CliSandbox sandbox;
  sandbox.write("trip.json", R"({"guest":"{user}"})");
  const CommandResult dry =
      sandbox.run({"loadtest", "individual", "--saga", "trip", "--input", "trip.json", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("POST /sagas/definitions/trip/sagas HTTP/1.1"));
  EXPECT_THAT(dry.out, HasSubstr(R"({"guest":"sagactl-loadtest-1"})"));
}

}  // namespace
}  // namespace sagactl
