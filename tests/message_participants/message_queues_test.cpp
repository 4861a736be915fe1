#include "server/adapters/message_participants/message_queues.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/adapters/message_participants/participant_message.hpp"
#include "tests/message_participants/asked.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class MessageQueuesTest : public testing::Test {
 protected:
  void carry_out(QueueWork work) {
    for (auto& [done, answer] : work.answered) done(std::move(answer));
    for (BegunCall& begun : work.begun) sent.push_back(begun.id);
    for (const std::string& topic : work.to_prepare) preparing.push_back(topic);
  }
  template <class Change>
  void change(Change&& make) {
    QueueWork work;
    make(work);
    carry_out(std::move(work));
  }
  // The id of the call.
  std::string submit(const DefinitionPointer& definition, SagaId saga = SagaId::fresh(), int tries = 1) {
    ParticipantCall call = command_of(definition, saga, tries);
    std::string id = message_id(call);
    change([&](QueueWork& work) {
      queues.submit(
          std::move(call), [this, id](ParticipantAnswer answer) { answers.emplace_back(id, std::move(answer)); }, now,
          work);
    });
    return id;
  }
  void prepared(const std::string& topic, const Result<void>& result = {}) {
    change([&](QueueWork& work) { queues.prepared(topic, result, now, work); });
  }
  void answered(const std::string& id) {
    change([&](QueueWork& work) { queues.answered(id, now, work); });
  }
  void pass(Duration time) {
    now = now + time;
    change([&](QueueWork& work) { queues.expire(now, work); });
  }

  SteadyTime now{1'000'000'000};
  MessageQueues queues{3};
  std::vector<std::string> sent, preparing;
  std::vector<std::pair<std::string, ParticipantAnswer>> answers;
};

TEST_F(MessageQueuesTest, ACallBeginsOnceItsTopicIsReadyAndIsAnsweredWhenItsAnswerHasCome) {
  const auto definition = tickets();
  const std::string id = submit(definition);
  EXPECT_THAT(preparing, ElementsAre("mail-commands"));
  EXPECT_THAT(sent, IsEmpty());
  prepared("mail-commands");
  EXPECT_THAT(sent, ElementsAre(id));
  EXPECT_EQ(queues.stats()[0].running, 1u);
  now = now + 2s;
  answered(id);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_TRUE(answers[0].second.comes_apart);
  answered(id);
  EXPECT_EQ(answers.size(), 1u) << "a repeat";
  const ParticipantStats stats = queues.stats()[0];
  EXPECT_EQ(stats.calls, 1u);
  EXPECT_EQ(stats.failures, 0u);
  EXPECT_EQ(stats.took_total, Duration{2s});
  submit(definition);
  EXPECT_EQ(sent.size(), 2u) << "the topic is ready from now on";
  EXPECT_EQ(preparing.size(), 1u);
}

TEST_F(MessageQueuesTest, ATopicThatCannotBeMadeReadyIsTriedAgainWithTheNextCall) {
  submit(tickets());
  prepared("mail-commands", Error{ErrorCode::unavailable, "no broker answers"});
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].second.failure, "no broker answers");
  EXPECT_FALSE(answers[0].second.was_called);
  submit(tickets());
  EXPECT_EQ(preparing.size(), 2u);
}

TEST_F(MessageQueuesTest, NoMoreCallsAreInProgressThanTheDefinitionSaysAndEachParticipantHasItsOwnQueue) {
  const auto narrow = tickets("slow", 10s, 1);
  const auto other = tickets("quick", 10s, 1);
  const std::string first = submit(narrow), second = submit(narrow), elsewhere = submit(other);
  prepared("slow");
  prepared("quick");
  EXPECT_THAT(sent, ElementsAre(first, elsewhere));
  answered(first);
  EXPECT_THAT(sent, ElementsAre(first, elsewhere, second));
}

TEST_F(MessageQueuesTest, MoreCallsThanMayWaitAreRefused) {
  const auto narrow = tickets("slow", 10s, 1);
  submit(narrow);
  prepared("slow");
  for (int i = 0; i < 3; ++i) submit(narrow);
  EXPECT_THAT(answers, IsEmpty());
  submit(narrow);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].second.failure, "3 calls to it wait already, and 1 run");
  EXPECT_FALSE(answers[0].second.was_sent);
}

TEST_F(MessageQueuesTest, WithoutAnAnswerInTimeACallIsInDoubtAndOneThatStillWaitsWasNotMade) {
  const auto narrow = tickets("slow", 10s, 1);
  const std::string first = submit(narrow);
  prepared("slow");
  now = now + 1s;
  const std::string second = submit(narrow), third = submit(narrow);
  pass(9s);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].first, first);
  EXPECT_THAT(answers[0].second.failure, HasSubstr("no answer within 10"));
  EXPECT_TRUE(answers[0].second.was_sent);
  EXPECT_FALSE(answers[0].second.comes_apart);
  EXPECT_THAT(sent, ElementsAre(first, second)) << "it takes the place";
  pass(1s);
  ASSERT_EQ(answers.size(), 2u);
  EXPECT_EQ(answers[1].first, third);
  EXPECT_EQ(answers[1].second.failure, "it waited for its turn as long as it may; 1 calls to it run");
  EXPECT_FALSE(answers[1].second.was_called);
}

TEST_F(MessageQueuesTest, AnActionThatWaitsIsWithdrawnAndNothingElse) {
  const auto narrow = tickets("slow", 10s, 1);
  const SagaId saga = SagaId::fresh();
  const std::string running = submit(narrow, saga);
  prepared("slow");
  const std::string waits = submit(narrow, saga, 2);
  const std::string of_another = submit(narrow);
  change([&](QueueWork& work) { queues.withdraw(saga, work); });
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].first, waits);
  EXPECT_EQ(answers[0].second.failure, "the saga does not want it any more");
  answered(running);
  EXPECT_THAT(sent, ElementsAre(running, of_another));
}

TEST_F(MessageQueuesTest, WhatWasNotSentWasNotDoneAndIsNoFailureOfTheParticipant) {
  const std::string id = submit(tickets());
  prepared("mail-commands");
  change([&](QueueWork& work) { queues.not_sent(id, "Kafka is unavailable", false, now, work); });
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].second.failure, "Kafka is unavailable");
  EXPECT_FALSE(answers[0].second.was_sent);
  EXPECT_FALSE(answers[0].second.said);
  EXPECT_EQ(queues.stats()[0].failures, 0u);
  const std::string large = submit(tickets());
  change([&](QueueWork& work) { queues.not_sent(large, "too large", true, now, work); });
  EXPECT_EQ(answers[1].second.said, Said::refused) << "it would not be taken another time either";
}

TEST_F(MessageQueuesTest, AParticipantThatDoesNotAnswerIsLeftAloneUntilOneCallSucceeds) {
  const auto definition = tickets("dead", 1s, 64);
  submit(definition);
  prepared("dead");
  for (int i = 0; i < 5; ++i) {
    pass(2s);
    if (i < 4) submit(definition);
  }
  EXPECT_TRUE(queues.stats()[0].is_open);
  const std::size_t messages = sent.size();
  submit(definition);
  EXPECT_EQ(sent.size(), messages) << "nothing piles up in its topic";
  EXPECT_EQ(answers.back().second.failure, "not called, since the last 5 calls failed (no answer)");
  EXPECT_FALSE(answers.back().second.was_called);
  pass(1s);
  const std::string probe = submit(definition);
  EXPECT_EQ(sent.back(), probe);
  submit(definition);
  EXPECT_EQ(sent.size(), messages + 1) << "one at a time";
  answered(probe);
  EXPECT_FALSE(queues.stats()[0].is_open);
}

TEST_F(MessageQueuesTest, NothingBeginsWithoutALease) {
  queues.set_guard([] { return false; });
  submit(tickets());
  prepared("mail-commands");
  EXPECT_THAT(sent, IsEmpty());
  EXPECT_EQ(answers[0].second.failure, "this node may not call anybody now");
}

TEST_F(MessageQueuesTest, TheEndAnswersEveryCall) {
  const auto narrow = tickets("slow", 10s, 1);
  submit(narrow);
  prepared("slow");
  submit(narrow);
  change([&](QueueWork& work) { queues.stop(work); });
  submit(narrow);
  ASSERT_EQ(answers.size(), 3u);
  for (const auto& [id, answer] : answers) EXPECT_EQ(answer.failure, "this node is stopping");
}

TEST_F(MessageQueuesTest, AQueueThatIsOfNoUseIsForgotten) {
  const std::string id = submit(tickets());
  prepared("mail-commands");
  answered(id);
  pass(11min);
  EXPECT_THAT(queues.stats(), IsEmpty());
}

}  // namespace
}  // namespace sagactl
