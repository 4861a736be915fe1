// Answers of participants that were asked by message: each has its effect once, whichever node reads it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/participants/calls/participant_request.hpp"
#include "server/saga/compile_definition.hpp"
#include "server/saga/dtm_definition.hpp"
#include "server/saga/lra_definition.hpp"
#include "tests/engine/scripted_node.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* tickets = R"({"saga":"tickets",
 "participants":{"mail":{"kafka":"mail-commands","retry":{"budget":"1m"}},"bank":{"kafka":"bank-commands"}},
 "steps":[
  {"name":"mail","call":{"command":"send","participant":"mail","body":"{input}"},"keep":{"id":"/id"},
   "undo":{"command":"recall","body":"{saga.step_key}"}},
  {"name":"pay","call":{"command":"charge","participant":"bank"},"undo":{"command":"refund"}}]})";

// Keeps calls; answers are given by the test.
class KeptCalls : public ParticipantCaller {
 public:
  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    calls.push_back(std::move(call));
    waiting.push_back(std::move(done));
  }
  void withdraw(SagaId) override {}
  void set_guard(std::function<bool()>) override {}

  std::vector<ParticipantCall> calls;
  std::vector<std::function<void(ParticipantAnswer)>> waiting;
};

class MessageAnswers : public testing::Test {
 protected:
  MessageAnswers() {
    node.engine->set_participants(participants);
    id = SagaId::fresh();
    EXPECT_TRUE(node.run(StartSagaRequest{id, admin, compile_definition(tickets, 1).value(), "{}"}));
  }
  // The answer to the call of that number.
  MessageAnswer answer_to(std::size_t number, Said said, const std::string& body = R"({"id":7})") const {
    const ParticipantCall& call = participants.calls.at(number);
    MessageAnswer answer;
    answer.call = call.call;
    answer.call.step = 0;  // a message has the step's name
    answer.step = call.definition->steps[call.call.step].name;
    answer.is_question = call.is_question;
    answer.topic = call.definition->participants[call.participant].topic;
    answer.answer.said = said;
    answer.answer.body = body;
    return answer;
  }
  Result<Receipt> give(std::size_t number, Said said) { return node.run(MessageAnswered{answer_to(number, said)}); }
  Saga saga() { return *node.flow(order_of(id)).saga; }
  std::vector<CallRecord> records() { return node.store->calls(id).value(); }

  ScriptedNode node;
  KeptCalls participants;
  SagaId id;
};

TEST_F(MessageAnswers, DoneLeadsToTheNextStepAndIsRecordedWithItsTime) {
  ASSERT_EQ(participants.calls.size(), 1u);
  EXPECT_EQ(participants.calls[0].command, "send");
  node.clock.advance(40ms);
  ASSERT_TRUE(give(0, Said::done));
  EXPECT_EQ(saga().steps[0].status, StepStatus::succeeded);
  EXPECT_EQ(saga().steps[0].kept, R"({"id":7})");
  ASSERT_EQ(participants.calls.size(), 2u);
  EXPECT_EQ(participants.calls[1].command, "charge");
  ASSERT_EQ(records().size(), 1u);
  EXPECT_EQ(records()[0].outcome, CallOutcome::done);
  EXPECT_EQ(records()[0].took, Duration{40ms});
  ASSERT_TRUE(give(1, Said::done));
  EXPECT_EQ(saga().status, SagaStatus::completed);
}

TEST_F(MessageAnswers, ARepeatChangesNothingAndLeavesNoRecord) {
  ASSERT_TRUE(give(0, Said::done));
  const Saga before = saga();
  for (int i = 0; i < 3; ++i) {
    const auto again = give(0, Said::done);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::retry);
  }
  EXPECT_EQ(saga(), before);
  EXPECT_EQ(records().size(), 1u);
  EXPECT_EQ(participants.calls.size(), 2u);
}

TEST_F(MessageAnswers, TheOwnAnswerOfTheCallIsNotCountedBesideTheMessage) {
  ASSERT_TRUE(give(0, Said::done));
  ParticipantAnswer came;
  came.comes_apart = true;
  participants.waiting[0](came);
  node.settle();
  EXPECT_EQ(records().size(), 1u);
}

TEST_F(MessageAnswers, ARefusalGoesBackAndUndoesWhatWasDone) {
  ASSERT_TRUE(give(0, Said::done));
  ASSERT_TRUE(give(1, Said::refused));
  ASSERT_EQ(participants.calls.size(), 3u);
  EXPECT_EQ(participants.calls[2].command, "recall");
  EXPECT_EQ(participants.calls[2].body, '"' + id.text() + "/mail/do/1\"");
  ASSERT_TRUE(give(2, Said::done));
  EXPECT_EQ(saga().status, SagaStatus::compensated);
}

TEST_F(MessageAnswers, DoneAfterItsUndoIsUndoneAgain) {
  ASSERT_TRUE(node.run(CompensateRequest{id, admin, "not wanted"}));
  node.pass(20s);  // the call is over, and not known
  ASSERT_EQ(participants.calls.back().command, "recall");
  ASSERT_TRUE(give(participants.calls.size() - 1, Said::done));
  ASSERT_EQ(saga().status, SagaStatus::compensated);
  ASSERT_TRUE(give(0, Said::done));
  EXPECT_EQ(saga().status, SagaStatus::compensating);
  EXPECT_EQ(participants.calls.back().command, "recall");
  EXPECT_EQ(participant_key(saga(), 0, Direction::compensation), id.text() + "/mail/undo/1.2");
  ASSERT_TRUE(give(participants.calls.size() - 1, Said::done));
  EXPECT_EQ(saga().status, SagaStatus::compensated);
}

TEST_F(MessageAnswers, AStepWhoseQuestionCannotBeAskedIsCalledAgainOrUndone) {
  constexpr const char* rooms = R"({"saga":"rooms",
   "participants":{"hotel":{"kafka":"hotel-commands","timeout":"1s","retry":{"first":"1s","cap":"1s","budget":"5s"}}},
   "steps":[{"name":"room","call":{"command":"book"},"undo":{"command":"free","body":"{saga.step_key}"},
             "ask":{"command":"find","body":"{input.reference}"}}]})";
  id = SagaId::fresh();
  ASSERT_TRUE(node.run(StartSagaRequest{id, admin, compile_definition(rooms, 1).value(), "{}"}));
  ASSERT_TRUE(give(1, Said::unknown)) << "it may be booked";
  node.pass(2s);
  ASSERT_EQ(participants.calls.size(), 3u);
  EXPECT_EQ(participants.calls[2].command, "book");
  EXPECT_THAT(saga().steps[0].error, HasSubstr("there is no input.reference"));
  ASSERT_TRUE(node.run(CompensateRequest{id, admin, "not wanted"}));
  ASSERT_TRUE(give(2, Said::unknown));
  EXPECT_EQ(saga().status, SagaStatus::compensating);
  for (int i = 0; i < 20 && participants.calls.size() == 3; ++i) node.pass(1s);
  ASSERT_EQ(participants.calls.back().command, "free") << "it was not refused";
  ASSERT_TRUE(give(3, Said::done));
  EXPECT_EQ(saga().status, SagaStatus::compensated);
  EXPECT_EQ(saga().steps[0].status, StepStatus::compensated);
}

TEST_F(MessageAnswers, AnAnswerForAStepIsNotTakenForOneForItsUndo) {
  ASSERT_TRUE(give(0, Said::done));
  ASSERT_TRUE(give(1, Said::refused));
  ASSERT_EQ(saga().steps[0].status, StepStatus::compensating);
  AnswerStepRequest seen{id, admin, "mail", Succeeded{R"({"id":7})"}, "seen there"};
  seen.direction = Direction::action;
  const auto refused = node.run(seen);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().members["code"], "STEP_TURNED");
  EXPECT_EQ(saga().steps[0].status, StepStatus::compensating);
  seen.direction = Direction::compensation;
  seen.execution = 2;
  EXPECT_EQ(node.run(seen).error().members["code"], "STEP_TURNED") << "of another attempt";
  seen.execution = 1;
  ASSERT_TRUE(node.run(seen));
  EXPECT_EQ(saga().status, SagaStatus::compensated);
}

TEST_F(MessageAnswers, AnAnswerToAnEarlierTryHoldsWhenItIsFinal) {
  participants.waiting[0]([] {
    ParticipantAnswer none;
    none.failure = "no answer within 5 s";
    return none;
  }());
  node.settle();
  node.pass(2s);
  ASSERT_EQ(participants.calls.size(), 2u) << "called again";
  EXPECT_EQ(give(0, Said::again).error().code, ErrorCode::retry) << "a later call is in progress";
  ASSERT_TRUE(give(0, Said::done));
  EXPECT_EQ(saga().steps[0].status, StepStatus::succeeded);
}

TEST_F(MessageAnswers, UnderWayWaitsForTheFinalAnswerWithoutCallingAgain) {
  ASSERT_TRUE(give(0, Said::under_way));
  node.pass(30s);
  EXPECT_EQ(participants.calls.size(), 1u);
  ASSERT_TRUE(give(0, Said::done));
  EXPECT_EQ(saga().steps[0].status, StepStatus::succeeded);
}

TEST_F(MessageAnswers, WhoeverMayAnswerInOneTopicDoesNotAnswerForAnother) {
  MessageAnswer forged = answer_to(0, Said::done);
  forged.topic = "bank-commands";
  const auto refused = node.run(MessageAnswered{forged});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid);
  EXPECT_EQ(refused.error().message, "step mail of saga " + id.text() + " is not asked in the topic bank-commands");
  EXPECT_EQ(saga().steps[0].status, StepStatus::running);
}

TEST_F(MessageAnswers, AnUnknownSagaOrStepIsNamed) {
  MessageAnswer answer = answer_to(0, Said::done);
  answer.step = "hotel";
  EXPECT_EQ(node.run(MessageAnswered{answer}).error().message, "saga " + id.text() + " calls nobody in a step hotel");
  answer = answer_to(0, Said::done);
  answer.call.saga = SagaId::fresh();
  const auto unknown = node.run(MessageAnswered{answer});
  EXPECT_EQ(unknown.error().code, ErrorCode::not_found);
  EXPECT_THAT(unknown.error().message, HasSubstr("there is no saga "));
  const OrderId order = node.completed("BOOK");
  answer.call.saga = saga_of(order);
  EXPECT_EQ(node.run(MessageAnswered{answer}).error().code, ErrorCode::invalid) << "a built-in saga calls nobody";
}

// Whoever may write to a topic of answers may name any saga.
TEST_F(MessageAnswers, NoneIsTakenForAStepThatCallsNobodyWithAnAddress) {
  DtmTransaction without_urls;
  without_urls.branches.emplace_back();
  LraDefinition outer;
  outer.coordinator = "http://node:3000/lra-coordinator";
  const SagaId transaction = SagaId::fresh(), above = SagaId::fresh();
  LraDefinition nested = outer;
  nested.parent = lra_id(outer, above);
  nested.level = 1;
  const auto start = [&](SagaId saga, const Json& definition, std::optional<SagaId> parent) {
    StartSagaRequest command{saga, admin, compile_definition(canonical_text(definition), 1).value(), R"([""])"};
    command.parent = parent;
    ASSERT_TRUE(node.run(std::move(command)));
  };
  start(transaction, dtm_definition_json(without_urls), {});
  start(above, lra_definition_json(outer), {});
  start(SagaId::fresh(), lra_definition_json(nested), above);
  int steps = 0;
  for (const SagaId each : {transaction, above}) {
    const Flow flow = node.flow(order_of(each));
    for (const StepDefinition& step : flow.saga->own_definition->steps) {
      if (!step.call) continue;
      ++steps;
      MessageAnswer forged = answer_to(0, Said::done);
      forged.call.saga = each;
      forged.step = step.name;
      EXPECT_EQ(node.run(MessageAnswered{forged}).error().code, ErrorCode::invalid) << step.name;
    }
  }
  EXPECT_GE(steps, 2);
}

TEST_F(MessageAnswers, AStepThatHasNotBegunCannotBeAnswered) {
  MessageAnswer early = answer_to(0, Said::done);
  early.step = "pay";
  early.topic = "bank-commands";
  EXPECT_EQ(node.run(MessageAnswered{early}).error().code, ErrorCode::retry);
  EXPECT_EQ(saga().steps[1].status, StepStatus::pending);
}

}  // namespace
}  // namespace sagactl
