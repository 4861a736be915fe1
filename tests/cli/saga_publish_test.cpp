// `saga publish`, `saga retire` and `saga definitions`, against a node.
#include <gmock/gmock.h>

#include "tests/cli/support/own_sagas.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliSagaPublish : public test::OwnSagaCommands {};

TEST_F(CliSagaPublish, MakesAVersionWhenTheContentIsAnother) {
  const CommandResult first = run({"saga", "publish", "trip.yaml"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, "trip version 1 is published\n");
  EXPECT_EQ(run({"saga", "publish", "trip.yaml"}).out, "trip version 1 is unchanged\n");
  sandbox.input = replaced(trip(), "24h", "25h");
  const Json second = run({"saga", "publish", "-", "-o", "json"}).json();
  EXPECT_EQ(second["version"], 2);
  EXPECT_EQ(second["isNew"], true);
}

TEST_F(CliSagaPublish, DryRunShowsTheDifferenceAndPublishesNothing) {
  run({"saga", "publish", "trip.yaml"});
  sandbox.write("next.yaml", replaced(trip(), "24h", "25h"));
  const CommandResult dry = run({"saga", "publish", "next.yaml", "--dry-run"});
  EXPECT_EQ(dry.code, 0);
  EXPECT_THAT(dry.out, HasSubstr("25h"));
  EXPECT_EQ(dry.err, "dry run: would publish trip version 2\n");
  EXPECT_EQ(run({"saga", "publish", "trip.yaml", "--dry-run"}).err,
            "dry run: trip version 1 has this content already\n");
  const CommandResult published = run({"saga", "publish", "next.yaml", "--diff"});
  EXPECT_EQ(published.out, dry.out + "trip version 2 is published\n");
}

TEST_F(CliSagaPublish, MistakesAreShownInTheirLinesBeforeANodeIsAsked) {
  sandbox.write("wrong.yaml", replaced(trip(), "after: [hotel, flight]", "after: [hotle, flight]"));
  const CommandResult refused = sandbox.run({"saga", "publish", "wrong.yaml", "--url", "http://127.0.0.1:1"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.out, HasSubstr("wrong.yaml:19:"));
  EXPECT_THAT(refused.out, HasSubstr("unknown step `hotle`"));
  EXPECT_THAT(refused.out, HasSubstr("hint: did you mean `hotel`?"));
  EXPECT_EQ(sandbox.run({"saga", "publish", "none.yaml"}).err,
            "sagactl: none.yaml cannot be read: No such file or directory\n");
}

TEST_F(CliSagaPublish, AServerThatTheNodeMayNotCallIsNamed) {
  sandbox.write("far.yaml", replaced(trip(), participant.url(), "http://10.1.2.3:8081"));
  const CommandResult refused = run({"saga", "publish", "far.yaml"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("the definition is refused:\n  /participants: "));
  EXPECT_THAT(refused.err, HasSubstr("10.1.2.3"));
  EXPECT_THAT(refused.err, HasSubstr("--participants-allow"));
}

TEST_F(CliSagaPublish, AParticipantThatIsAskedByMessageNeedsANodeWithKafka) {
  sandbox.write("mail.yaml",
                "saga: mail\nparticipants:\n  mail: { kafka: mail-commands }\n"
                "steps:\n  - { name: mail, call: { command: send } }\n");
  const CommandResult refused = run({"saga", "publish", "mail.yaml"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("the participant 'mail' is asked by message, and this node has no Kafka: start it "
                                     "with --kafka host:port and --participants-topics mail-commands, or give the "
                                     "participant a `url`"));
  EXPECT_THAT(run({"saga", "rehearse", "mail.yaml"}).err,
              HasSubstr("a rehearsal calls participants over HTTP alone, and this one is asked by message: mail"));
  EXPECT_EQ(run({"saga", "rehearse", "mail.yaml", "--stand-ins"}).code, 0);
}

TEST_F(CliSagaPublish, ABuiltInNameIsNeitherPublishedNorRetired) {
  sandbox.write("built-in.yaml", replaced(trip(), "saga: trip", "saga: OrderProcessingSaga"));
  EXPECT_EQ(run({"saga", "publish", "built-in.yaml"}).err,
            "sagactl: OrderProcessingSaga is built in: it is neither published nor retired; choose another name\n");
  EXPECT_EQ(run({"saga", "retire", "OrderProcessingSaga"}).code, 1);
}

TEST_F(CliSagaPublish, ARetiredNameStartsNoSagaUntilItIsPublishedAgain) {
  run({"saga", "publish", "trip.yaml"});
  EXPECT_EQ(run({"saga", "retire", "trp"}).err,
            "sagactl: there is no saga definition trp; did you mean trip?\n"
            "  `sagactl saga definitions` shows those that there are, `sagactl saga publish FILE` adds one\n");
  EXPECT_EQ(run({"saga", "retire", "trip"}).out,
            "trip is retired: no new saga of it starts; those that run end on their version\n");
  const CommandResult refused = start(R"({"guest":"kim"})");
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("trip is retired: no new saga starts; publish it to use the name again"));
  EXPECT_THAT(run({"saga", "definitions"}).out, HasSubstr("trip  version 1, no time limit, no pivot, retired\n"));
  run({"saga", "publish", "trip.yaml"});
  EXPECT_EQ(start(R"({"guest":"kim"})").code, 0);
}

TEST_F(CliSagaPublish, DefinitionsAreGraphsWithTheirKindsAndWhatTheyFollow) {
  run({"saga", "publish", "trip.yaml"});
  EXPECT_THAT(
      run({"saga", "definitions", "-v"}).out,
      HasSubstr("trip  version 1, no time limit, no pivot\n"
                "├─ hotel     at the start         POST {shop}/bookings ↺ DELETE {shop}/bookings/{saga.step_key}  "
                "retries after 10ms to 20ms, for 1m\n"
                "├─ flight    at the start         POST {shop}/seats ↺ DELETE {shop}/seats/{saga.step_key}        "
                "retries after 10ms to 20ms, for 1m\n"
                "├─ approval  after hotel, flight  waits for an answer, at most 24h\n"
                "└─ mail      after approval       POST {shop}/mails                                              "
                "retries after 10ms to 20ms, for 1m\n"));
  sandbox.input =
      "saga: nap\ntimeout: 1m\npivot: short\nsteps:\n  - { name: short, sleep: 90s }\n  - { name: long, wait: {} }\n";
  run({"saga", "publish", "-"});
  EXPECT_THAT(run({"saga", "definitions"}).out, HasSubstr("nap  version 1, 1m to reach the pivot\n"
                                                          "├─ short ◆ pivot  sleeps 90s\n"
                                                          "└─ long           waits for an answer\n"));
}

}  // namespace
}  // namespace sagactl
