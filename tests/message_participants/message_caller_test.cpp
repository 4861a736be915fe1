// Calls by message over a real broker, with a participant that is played by the test.
#include "server/adapters/message_participants/message_caller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "common/text/json.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/message_participants/participant_message.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/message_participants/asked.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using kafka::eventually;
using kafka::Incoming;
using kafka::Outgoing;
using testing::HasSubstr;

class AMessageCaller : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options.kafka = kafka::site_options(*kafka_brokers());
    options.node = "node-1";
    options.topics = {"mail-*"};
    kafka::ProducerOptions producing;
    producing.kafka = options.kafka;
    producing.linger = 0ms;
    producer = kafka::Producer::open(producing).value();
  }
  void TearDown() override { caller.reset(); }

  void start() {
    caller = make_message_caller(options, *clock).value();
    caller->set_take([this](MessageAnswer answer, std::function<void(Result<void>)> done) {
      Result<void> result;
      {
        const std::lock_guard lock(mutex);
        taken.push_back(std::move(answer));
        result = taking;
      }
      done(std::move(result));
    });
  }
  void call(const ParticipantCall& call) {
    caller->call(call, [this](ParticipantAnswer answer) {
      const std::lock_guard lock(mutex);
      answers.push_back(std::move(answer));
    });
  }
  std::string topic(const std::string& name = "mail-commands") const { return options.kafka.topic_prefix + name; }
  // To the call of that message, or of that id.
  void answer(const std::string& id, const std::string& more = R"("outcome":"done","body":{"id":1})",
              const std::string& reply_to = "node-1") {
    Outgoing out{topic() + ".answers", "k", R"({"inReplyTo":")" + id + "\"," + more + "}", {}};
    if (!reply_to.empty()) out.headers = {{"reply-to", reply_to}};
    ASSERT_TRUE(kafka::send_all(*producer, {out}).ok());
  }
  std::size_t taken_count() {
    const std::lock_guard lock(mutex);
    return taken.size();
  }
  std::vector<ParticipantAnswer> all_answers() {
    const std::lock_guard lock(mutex);
    return answers;
  }
  std::size_t dead_letters() {
    return kafka::list_dead_letters(options.kafka, topic() + ".answers", 10, hang_limit).value().size();
  }

  const std::unique_ptr<Clock> clock = make_system_clock();
  MessageCallerOptions options;
  std::unique_ptr<kafka::Producer> producer;
  std::mutex mutex;
  std::vector<MessageAnswer> taken;
  Result<void> taking;
  std::vector<ParticipantAnswer> answers;
  std::unique_ptr<MessageCaller> caller;
};

TEST_F(AMessageCaller, SendsTheCommandAndGivesOnItsAnswerWithTheCallThatItNames) {
  start();
  const auto definition = tickets();
  ASSERT_TRUE(caller->prepare(*definition)) << "the topics exist before the first call";
  const kafka::Recorder commands(options.kafka, {topic()});
  const ParticipantCall made = command_of(definition);
  call(made);
  ASSERT_TRUE(commands.await(1));
  const Json command = Json::parse(*commands.messages()[0].value);
  EXPECT_EQ(command["body"], Json::parse(R"({"guest":"Ada"})"));
  EXPECT_EQ(command["answerTo"], topic() + ".answers");
  EXPECT_EQ(commands.messages()[0].key, made.call.saga.text());
  answer(command["messageId"]);
  ASSERT_TRUE(eventually([&] { return all_answers().size() == 1; }));
  EXPECT_TRUE(all_answers()[0].comes_apart);
  const std::lock_guard lock(mutex);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].call.saga, made.call.saga);
  EXPECT_EQ(taken[0].step, "send");
  EXPECT_EQ(taken[0].topic, "mail-commands");
  EXPECT_EQ(taken[0].answer.said, Said::done);
  EXPECT_EQ(taken[0].answer.body, R"({"id":1})");
}

TEST_F(AMessageCaller, WithoutAnAnswerTheCallIsInDoubtAndALateAnswerIsStillGivenOn) {
  start();
  const auto definition = tickets("mail-commands", 3s);
  ASSERT_TRUE(caller->prepare(*definition));
  const ParticipantCall made = command_of(definition);
  call(made);
  ASSERT_TRUE(eventually([&] { return all_answers().size() == 1; }));
  EXPECT_THAT(all_answers()[0].failure, HasSubstr("no answer within 3"));
  EXPECT_TRUE(all_answers()[0].was_sent);
  answer(message_id(made));
  EXPECT_TRUE(eventually([&] { return taken_count() == 1; }));
}

TEST_F(AMessageCaller, AnAnswerIsReadAgainUntilItsEffectIsDurableAlsoByTheNextProcess) {
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  taking = Error{ErrorCode::unavailable, "the database is unavailable"};
  answer(message_id(command_of(tickets())));
  ASSERT_TRUE(eventually([&] { return taken_count() >= 2; }));
  caller.reset();
  taking = {};
  taken.clear();
  answer(message_id(command_of(tickets())));  // while no node runs
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  EXPECT_TRUE(eventually([&] { return taken_count() == 2; }));
}

TEST_F(AMessageCaller, AnswersToOthersAreSkippedAndThoseToNobodyAreTaken) {
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  answer(message_id(command_of(tickets())), R"("outcome":"done")", "node-2");
  answer(message_id(command_of(tickets())), R"("outcome":"refused")", "");
  ASSERT_TRUE(eventually([&] { return taken_count() == 1; }));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(taken[0].answer.said, Said::refused);
}

TEST_F(AMessageCaller, WhatIsNoAnswerOrOfNoSagaIsKeptAsADeadLetter) {
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  ASSERT_TRUE(kafka::send_all(*producer, {Outgoing{topic() + ".answers", "k", "no json", {}}}).ok());
  ASSERT_TRUE(eventually([&] { return dead_letters() == 1; }));
  {
    const std::lock_guard lock(mutex);
    taking = Error{ErrorCode::not_found, "there is no saga 0190"};
  }
  answer(message_id(command_of(tickets())));
  ASSERT_TRUE(eventually([&] { return dead_letters() == 2; }));
  const auto letters = kafka::list_dead_letters(options.kafka, topic() + ".answers", 10, hang_limit).value();
  std::vector<std::string> reasons;
  for (const auto& letter : letters) reasons.push_back(letter.reason);
  EXPECT_THAT(reasons, testing::UnorderedElementsAre("the message is no JSON object", "there is no saga 0190"));
}

// It would be one in every try, and those behind it would wait.
TEST_F(AMessageCaller, AnAnswerThatLeadsToABugIsKeptAsADeadLetter) {
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  {
    const std::lock_guard lock(mutex);
    taking = Error{ErrorCode::bug, "duplicate key"};
  }
  answer(message_id(command_of(tickets())));
  ASSERT_TRUE(eventually([&] { return dead_letters() == 1; }));
}

TEST_F(AMessageCaller, WhatWasAnsweredBeforeTheTopicWasReadForTheFirstTimeIsLeftOut) {
  ASSERT_TRUE(producer->ensure({topic() + ".answers"}, hang_limit));
  const std::string of_another_cluster = message_id(command_of(tickets()));
  ASSERT_TRUE(eventually([&] {
    return kafka::send_all(*producer,
                           {Outgoing{topic() + ".answers", "k", "{\"inReplyTo\":\"" + of_another_cluster + "\"}", {}}})
        .ok();
  }));
  start();
  ASSERT_TRUE(caller->prepare(*tickets()));
  const std::string own = message_id(command_of(tickets()));
  answer(own);
  ASSERT_TRUE(eventually([&] { return taken_count() == 1; }));
  EXPECT_EQ(dead_letters(), 0u);
}

TEST_F(AMessageCaller, AnotherTopicThanThoseOfTheListIsNeverWrittenTo) {
  start();
  const auto definition = tickets("orders");
  const auto checked = caller->check(*definition);
  ASSERT_FALSE(checked);
  EXPECT_EQ(
      checked.error().message,
      "this node may not ask the participant 'mail' in the topic orders: it may use mail-* (--participants-topics)");
  call(command_of(definition));
  ASSERT_EQ(all_answers().size(), 1u);
  EXPECT_FALSE(all_answers()[0].was_called);
}

TEST_F(AMessageCaller, ATopicInManyDefinitionsIsReadOnce) {
  start();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(caller->prepare(*tickets()));
  answer(message_id(command_of(tickets())));
  ASSERT_TRUE(eventually([&] { return taken_count() == 1; }));
  answer(message_id(command_of(tickets())));
  ASSERT_TRUE(eventually([&] { return taken_count() == 2; }));
  EXPECT_EQ(caller->consumers()[0].group, options.kafka.topic_prefix + "sagactl-answers-node-1");
}

TEST_F(AMessageCaller, ManyCallsAtOnceAreEachAnsweredOnce) {
  start();
  const auto definition = tickets("mail-commands", 30s, 1'000);
  ASSERT_TRUE(caller->prepare(*definition));
  const kafka::Recorder commands(options.kafka, {topic()});
  constexpr std::size_t calls = 2'000;
  for (std::size_t i = 0; i < calls; ++i) call(command_of(definition));
  std::size_t answered = 0;
  ASSERT_TRUE(eventually([&] {
    const std::vector<Incoming> seen = commands.messages();
    std::vector<Outgoing> replies;
    for (; answered < seen.size(); ++answered) {
      const std::string id = Json::parse(*seen[answered].value)["messageId"];
      replies.push_back(
          {topic() + ".answers", seen[answered].key, "{\"outcome\":\"done\",\"inReplyTo\":\"" + id + "\"}", {}});
    }
    if (!replies.empty()) {
      EXPECT_TRUE(kafka::send_all(*producer, replies).ok());
    }
    return all_answers().size() == calls;
  }));
  EXPECT_EQ(answered, calls);
  for (const ParticipantAnswer& each : all_answers()) EXPECT_TRUE(each.comes_apart) << each.failure;
}

TEST(AMessageCallerWithoutABroker, AnswersAtOnceThatItIsUnavailable) {
  const auto clock = make_system_clock();
  MessageCallerOptions options;
  options.kafka.brokers = "127.0.0.1:1";
  options.node = "node-1";
  options.topics = {"mail-commands"};
  const auto caller = make_message_caller(options, *clock).value();
  std::mutex mutex;
  std::vector<ParticipantAnswer> answers;
  caller->call(command_of(tickets()), [&](ParticipantAnswer answer) {
    const std::lock_guard lock(mutex);
    answers.push_back(std::move(answer));
  });
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return !answers.empty();
  }));
  EXPECT_THAT(answers[0].failure, HasSubstr("Kafka at 127.0.0.1:1: no broker answers"));
  EXPECT_FALSE(answers[0].was_sent);
  const auto prepared = caller->prepare(*tickets());
  ASSERT_FALSE(prepared);
  EXPECT_EQ(prepared.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace sagactl
