#include "server/adapters/message_participants/participant_message.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/text/json.hpp"
#include "tests/message_participants/asked.hpp"

namespace sagactl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

const std::string saga_id = "0190a3b0-0000-7000-8000-000000000001";
const std::string sent_id = saga_id + "/send/do/1/1/1700000000000000";

ParticipantCall a_command() {
  return command_of(tickets(), SagaId{*Uuid::parse(saga_id)});
}

kafka::Incoming answer_with(const std::string& value, const std::string& topic = "p-mail-commands.answers") {
  kafka::Incoming in;
  in.topic = topic;
  in.value = value;
  return in;
}

std::string error_of(const std::string& value) {
  const auto read = to_message_answer(answer_with(value), "p-");
  return read ? "none" : read.error().message;
}

TEST(ParticipantMessage, HasEverythingThatAParticipantNeeds) {
  const kafka::Outgoing out = to_message(a_command(), "node-1", *parse_iso8601("2026-11-20T13:04:17.137Z"), "p-");
  EXPECT_EQ(out.topic, "p-mail-commands");
  EXPECT_EQ(out.key, saga_id);
  const Json value = Json::parse(*out.value);
  EXPECT_EQ(value, Json::parse(R"({"type":"send-tickets","messageId":")" + sent_id + R"(","idempotencyKey":")" +
                               saga_id + R"(/send/do/1","sagaId":")" + saga_id +
                               R"(","step":"send","direction":"do","try":1,"replyTo":"node-1",)"
                               R"("answerTo":"p-mail-commands.answers","expiresAt":"2026-11-20T13:04:17.137Z",)"
                               R"("body":{"guest":"Ada"}})"));
  EXPECT_THAT(out.headers, ElementsAre(Pair("message-id", sent_id), Pair("idempotency-key", saga_id + "/send/do/1"),
                                       Pair("reply-to", "node-1"),
                                       Pair("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
}

TEST(ParticipantMessage, OfAQuestionAndOfAnUndoSayThatTheyAre) {
  ParticipantCall call = a_command();
  call.is_question = true;
  EXPECT_EQ(Json::parse(*to_message(call, "n", {}, "").value)["direction"], "ask");
  call.is_question = false;
  call.call.direction = Direction::compensation;
  EXPECT_EQ(Json::parse(*to_message(call, "n", {}, "").value)["direction"], "undo");
  EXPECT_THAT(message_id(call), HasSubstr("/send/undo/1/1/"));
}

TEST(ParticipantMessage, AnAnswerNamesItsCallWhoeverReadsIt) {
  const auto read =
      to_message_answer(answer_with(R"({"inReplyTo":")" + saga_id +
                                    R"(/send/undo/3/7/12345","outcome":"again","reason":"busy","retryAfter":1.5})"),
                        "p-");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->call.saga.text(), saga_id);
  EXPECT_EQ(read->step, "send");
  EXPECT_EQ(read->call.direction, Direction::compensation);
  EXPECT_EQ(read->call.execution, 3);
  EXPECT_EQ(read->call.tries, 7);
  EXPECT_EQ(read->call.since.us, 12345);
  EXPECT_EQ(read->topic, "mail-commands");
  EXPECT_EQ(read->answer.said, Said::again);
  EXPECT_EQ(read->answer.failure, "busy");
  EXPECT_EQ(read->answer.retry_after, Duration{1'500'000});
  EXPECT_EQ(message_id(*read), saga_id + "/send/undo/3/7/12345");
}

TEST(ParticipantMessage, TheBodyOfAnAnswerIsAnyJson) {
  const auto body = [](const std::string& json) {
    return to_message_answer(answer_with(R"({"inReplyTo":")" + sent_id + R"(","outcome":"done","body":)" + json + "}"),
                             "p-")
        .value()
        .answer.body;
  };
  EXPECT_EQ(body(R"({"id": 17})"), R"({"id":17})");
  EXPECT_EQ(body("[1,2]"), "[1,2]");
  EXPECT_EQ(body("\"text\""), "\"text\"");
  EXPECT_EQ(body("null"), "");
}

TEST(ParticipantMessage, AnAnswerThatIsTooLargeLeavesTheOutcomeUnknown) {
  const auto read = to_message_answer(
      answer_with(R"({"inReplyTo":")" + sent_id + R"(","outcome":"done","body":")" + std::string(70'000, 'x') + "\"}"),
      "p-");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->answer.said, Said::unknown);
  EXPECT_EQ(read->answer.failure, "its body has more than 64 KB");
  EXPECT_EQ(read->answer.body, "");
}

TEST(ParticipantMessage, WhatIsNoAnswerIsSaidToBeNone) {
  const auto with_id = [](const std::string& more) { return R"({"inReplyTo":")" + sent_id + "\"" + more + "}"; };
  EXPECT_EQ(error_of("no json"), "the message is no JSON object");
  EXPECT_EQ(error_of("[]"), "the message is no JSON object");
  EXPECT_EQ(error_of(R"({"outcome":"done"})"), "`inReplyTo` is missing: the messageId of the command");
  for (const std::string& id :
       std::vector<std::string>{"x", "a/b/c/d/e/f", saga_id + "/send/do/1/1", saga_id + "/send/do/1/1/x",
                                saga_id + "/send/did/1/1/1", saga_id + "//do/1/1/1", saga_id + "/send/do/0/1/1",
                                saga_id + "/send/do/1/1/1/", saga_id + "/send/do/-1/1/1"})
    EXPECT_EQ(error_of(R"({"outcome":"done","inReplyTo":")" + id + "\"}"), "`inReplyTo` is no messageId of a command")
        << id;
  const std::string no_outcome = "`outcome` is none of done, refused, again, unknown, under-way and not-found";
  EXPECT_EQ(error_of(with_id("")), no_outcome);
  EXPECT_EQ(error_of(with_id(R"(,"outcome":"ok")")), no_outcome);
  EXPECT_EQ(error_of(with_id(R"(,"outcome":"again","retryAfter":-1)")), "`retryAfter` is no number of seconds");
  EXPECT_EQ(error_of(with_id(R"(,"outcome":"again","retryAfter":"5")")), "`retryAfter` is no number of seconds");
  EXPECT_EQ(error_of(std::string(2'000'000, ' ')), "the message has more than 1 MB");
  EXPECT_EQ(error_of(std::string(100, '[') + std::string(100, ']')), "the message is nested deeper than 64");
  kafka::Incoming empty;
  EXPECT_EQ(to_message_answer(empty, "").error().message, "the message has no value");
}

}  // namespace
}  // namespace sagactl
