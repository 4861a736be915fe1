// Sagas of transactions of DTM's clients: what their definitions say, and the commands that operators of DTM know.
#include <gtest/gtest.h>

#include "server/saga/compile_definition.hpp"
#include "server/saga/decide.hpp"
#include "server/saga/dtm_definition.hpp"

namespace sagactl {
namespace {

DtmTransaction two_steps() {
  DtmTransaction transaction;
  transaction.branches = {{"http://a/out", "http://a/out-back"}, {"http://a/in", ""}};
  return transaction;
}

class DtmSaga : public testing::Test {
 protected:
  void start(const DtmTransaction& transaction) {
    definition = compile_definition(canonical_text(dtm_definition_json(transaction)), 1).value();
    saga = new_saga(*definition, SagaId::fresh(), moment());
    saga.own_definition = {definition};
    ASSERT_TRUE(tell(StartSaga{}));
  }
  Moment moment() {
    now = now + 1ms;
    return Moment{now, "node-1", 1, 7};
  }
  Result<void> tell(const SagaCommand& command) {
    auto decision = decide(*definition, saga, command, moment());
    calls.clear();
    if (!decision) return decision.error();
    saga = std::move(decision->saga);
    calls = std::move(decision->calls);
    return {};
  }
  Result<void> reply(std::size_t step, Outcome outcome, Direction direction = Direction::action) {
    return tell(StepReply{step, direction, 1, std::move(outcome), 0, {}});
  }

  DefinitionPointer definition;
  Saga saga;
  std::vector<StepCall> calls;
  Timestamp now{1'800'000'000'000'000};
};

TEST_F(DtmSaga, IsTheSameAfterItWasStored) {
  DtmTransaction all = two_steps();
  all.is_concurrent = true;
  all.after = {{}, {0}};
  all.timeout_to_fail = 5s;
  all.retry_limit = 3;
  all.branch_headers = {{"x-tenant", "t1"}};
  const Json json = dtm_definition_json(all);
  EXPECT_EQ(dtm_definition_json(read_dtm_transaction(read_json(canonical_text(json))).value()), json);
}

TEST_F(DtmSaga, UrlsAreSentInAsciiWithoutAFragmentAndWithAPath) {
  DtmTransaction transaction = two_steps();
  transaction.branches = {{"http://a?x=1#here", "http://b"}, {"http://a/\xC3\xA9", ""}};
  start(transaction);
  const auto sent = [&](const RequestTemplate& request) { return request.url.front().literal; };
  EXPECT_EQ(sent(definition->steps[0].call->perform), "/?x=1");
  EXPECT_EQ(sent(*definition->steps[0].call->undo), "/");
  EXPECT_EQ(sent(definition->steps[1].call->perform), "/%C3%A9");
  EXPECT_EQ(definition->participants.size(), 2u);
}

TEST_F(DtmSaga, OrdersMustNameStepsAndHaveNoCircle) {
  DtmTransaction transaction = two_steps();
  transaction.after = {{1}, {}};
  EXPECT_FALSE(compile_definition(canonical_text(dtm_definition_json(transaction)), 1)) << "one after another";
  transaction.is_concurrent = true;
  EXPECT_TRUE(compile_definition(canonical_text(dtm_definition_json(transaction)), 1));
  transaction.after = {{2}, {}};
  EXPECT_FALSE(compile_definition(canonical_text(dtm_definition_json(transaction)), 1));
}

TEST_F(DtmSaga, ADelayRunsWhileAMsgWaitsForItsSubmit) {
  DtmTransaction transaction = two_steps();
  transaction.type = "msg";
  transaction.is_prepared = true;
  transaction.delay = 10s;
  start(transaction);
  EXPECT_EQ(calls.size(), 0u);
  EXPECT_EQ(saga.wake_at, saga.steps[1].began_at + 10s);
  EXPECT_TRUE(reply(0, Succeeded{}));
  EXPECT_EQ(calls.size(), 0u) << "the delay is not over";
  now = now + 10s;
  EXPECT_TRUE(tell(WakeSaga{saga.wake_at}));
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].step, 2u);
}

TEST_F(DtmSaga, TryNowMakesACallThatWaitsAndNoOther) {
  start(two_steps());
  EXPECT_TRUE(tell(TryNow{}));
  EXPECT_EQ(calls.size(), 0u) << "a call is under way";
  EXPECT_TRUE(reply(0, UnknownOutcome{"no answer"}));
  EXPECT_TRUE(tell(TryNow{}));
  ASSERT_EQ(calls.size(), 1u);
  EXPECT_EQ(calls[0].tries, 2);
  EXPECT_TRUE(reply(0, Succeeded{}));
  EXPECT_TRUE(reply(1, Succeeded{}));
  EXPECT_EQ(saga.status, SagaStatus::completed);
  EXPECT_EQ(tell(TryNow{}).error().code, ErrorCode::conflict);
}

TEST_F(DtmSaga, ATimeoutIsTheReasonAlsoWhenAnAnswerIsHeardFirst) {
  DtmTransaction transaction = two_steps();
  transaction.timeout_to_fail = 2s;
  start(transaction);
  now = now + 3s;
  EXPECT_TRUE(reply(0, UnknownOutcome{"no answer"}));
  EXPECT_EQ(saga.status, SagaStatus::compensating);
  EXPECT_EQ(saga.error, "Timeout after 2 seconds");
}

TEST_F(DtmSaga, OneThatNeedsAPersonMayBeStopped) {
  start(two_steps());
  EXPECT_TRUE(reply(0, Refused{"no"}));
  ASSERT_EQ(saga.status, SagaStatus::compensating);
  now = now + 25h;
  EXPECT_TRUE(reply(0, UnknownOutcome{"no answer"}, Direction::compensation));
  ASSERT_TRUE(saga.requires_manual_intervention);
  EXPECT_TRUE(tell(StopSaga{"given up", "operator"}));
  EXPECT_EQ(saga.status, SagaStatus::failed);
  EXPECT_FALSE(saga.requires_manual_intervention);
  EXPECT_EQ(tell(StopSaga{"again", "operator"}).error().code, ErrorCode::conflict);
}

}  // namespace
}  // namespace sagactl
