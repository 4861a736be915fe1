// `saga answer`, `saga skip` and `saga cancel`, against a node.
#include <gmock/gmock.h>

#include "tests/cli/support/own_sagas.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

class CliSagaSteps : public test::OwnSagaCommands {};

TEST_F(CliSagaSteps, AnAnswerEndsAWaitAlsoByTheFirstDigitsOfTheId) {
  const std::string id = start_and_await_approval();
  const CommandResult answered =
      run({"saga", "answer", id.substr(0, 20), "approval", "done", "--body", R"({"by":"ann"})", "--reason", "called"});
  EXPECT_EQ(answered.code, 0) << answered.err;
  EXPECT_THAT(answered.out, HasSubstr("step approval is succeeded; saga " + id + " is "));
  EXPECT_EQ(await_status(id, "completed")["completedSteps"].size(), 4u);
  EXPECT_THAT(run({"trace", id}).out, testing::ContainsRegex("SagaRetried .*approval  answered done  called"));
}

TEST_F(CliSagaSteps, ARefusalSendsTheSagaBack) {
  const std::string id = start_and_await_approval();
  EXPECT_EQ(run({"saga", "answer", "k1", "approval", "refused", "--reason", "too expensive"}).code, 0);
  EXPECT_THAT(await_status(id, "compensated")["errorMessage"].get<std::string>(), HasSubstr("too expensive"));
}

TEST_F(CliSagaSteps, WhatIsWrongIsNamed) {
  const std::string id = start_and_await_approval();
  EXPECT_THAT(run({"saga", "answer", id, "approval", "donne"}).err,
              HasSubstr("'donne' is not one of done, refused, again"));
  const CommandResult unknown = run({"saga", "answer", id, "aproval", "done"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("has no step aproval; did you mean approval?"));
  EXPECT_THAT(run({"saga", "skip", id, "mial", "--reason", "x"}).err,
              HasSubstr("has no step mial; did you mean mail?"));
  EXPECT_THAT(run({"saga", "skip", id, "mail"}).err, HasSubstr("needs --reason TEXT"));
  EXPECT_THAT(run({"saga", "cancel", "none", "--reason", "x"}).err, HasSubstr("there is no saga 'none'"));
  EXPECT_THAT(run({"saga", "answer", id, "approval", "done", "--body", "{"}).err, HasSubstr("--body: '{' is no JSON"));
}

TEST_F(CliSagaSteps, AnAnswerToAWaitWithoutWhatLaterStepsNameSaysHowToGiveIt) {
  sandbox.write("trip.yaml", replaced(trip(), "booked {hotel.booking}", "approved by {approval.by}"));
  start_and_await_approval();
  const CommandResult refused = run({"saga", "answer", "k1", "approval"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("lacks {approval.by}"));
  EXPECT_THAT(refused.err, HasSubstr("with --body"));
  EXPECT_EQ(run({"saga", "answer", "k1", "approval", "--body", R"({"by":"ann"})"}).code, 0);
}

TEST_F(CliSagaSteps, AnAnswerWithoutWhatTheStepKeepsSaysHowToGiveIt) {
  participant.answer("POST /bookings", 503);
  participant.answer("GET /", 404);
  run({"saga", "publish", "trip.yaml"});
  start(R"({"guest":"kim"})", {"--key", "k1"});
  const CommandResult refused = run({"saga", "answer", "k1", "hotel", "done"});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("/id"));
  EXPECT_THAT(refused.err, HasSubstr("with --body"));
  EXPECT_EQ(run({"saga", "answer", "k1", "hotel", "done", "--body", R"({"id":"b-7"})"}).code, 0);
}

TEST_F(CliSagaSteps, AStepThatHasEndedTakesNoOtherAnswer) {
  const std::string id = start_and_await_approval();
  const CommandResult refused = run({"saga", "answer", id, "hotel", "refused", "--reason", "x"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("hotel"));
  EXPECT_THAT(refused.err, HasSubstr("succeeded"));
  EXPECT_EQ(get(id)["status"], "started");
}

TEST_F(CliSagaSteps, SkipGoesOnAsIfTheStepHadBeenDone) {
  const std::string id = start_and_await_approval();
  const CommandResult skipped = run({"saga", "skip", id, "approval", "--reason", "by phone", "-o", "json"});
  EXPECT_EQ(skipped.code, 0) << skipped.out;
  await_status(id, "completed");
}

TEST_F(CliSagaSteps, WhatIsMeantForTheUndoIsRefusedWhileTheStepIsDone) {
  const std::string id = start_and_await_approval();
  for (const char* command : {"answer", "skip"}) {
    const CommandResult refused = run({"saga", command, id, "approval", "--direction", "undo", "--reason", "x"});
    EXPECT_EQ(refused.code, 1) << command;
    EXPECT_THAT(refused.err, HasSubstr("is being done in its attempt 1")) << command;
  }
  EXPECT_THAT(run({"saga", "skip", id, "approval", "--direction", "back", "--reason", "x"}).err,
              HasSubstr("'back' is not one of do, undo"));
  EXPECT_EQ(run({"saga", "skip", id, "approval", "--direction", "do", "--reason", "by phone"}).code, 0);
  await_status(id, "completed");
}

TEST_F(CliSagaSteps, CancelUndoesWhatWasDone) {
  const std::string id = start_and_await_approval();
  const CommandResult cancelled = run({"saga", "cancel", "k1", "--reason", "the customer called"});
  EXPECT_EQ(cancelled.code, 0) << cancelled.err;
  EXPECT_THAT(cancelled.out, HasSubstr("saga " + id + " is "));
  await_status(id, "compensated");
  EXPECT_EQ(participant.calls("DELETE /").size(), 2u);
  EXPECT_EQ(run({"saga", "cancel", id, "--reason", "again"}).code, 1);
}

}  // namespace
}  // namespace sagactl
