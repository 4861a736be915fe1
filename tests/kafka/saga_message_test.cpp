// Commands of the orchestrator and replies to them, written and read; and invalid messages.
#include <gmock/gmock.h>

#include "server/adapters/kafka/saga_message.hpp"
#include "tests/kafka/received.hpp"

namespace sagactl {
namespace {

using kafka::Outgoing;
using kafka::received;
using kafka::with_value;

const SagaId saga = *SagaId::parse("01900000-0000-7000-8000-000000000001");

TEST(SagaMessage, ACommandIsReadAsItWasWritten) {
  const StepCall call{saga, 2, Direction::compensation, 3, 1, true};
  const Outgoing message =
      kafka::to_message(RemoteCall{"RELEASE_INVENTORY", call, R"({"customerId":"C"})", "00-trace"}, "test.");
  EXPECT_EQ(message.topic, "test.orchestrator.saga");
  EXPECT_EQ(message.key, saga.text());
  const Json json = Json::parse(*message.value);
  EXPECT_EQ(json["sagaId"], "SAGA-" + saga.text());
  EXPECT_EQ(json["orderId"], saga.text());
  EXPECT_EQ(json["command"], "RELEASE_INVENTORY");
  EXPECT_EQ(json["data"]["customerId"], "C");
  const auto read = kafka::to_step_call(received(message));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->saga, saga);
  EXPECT_EQ(read->step, 2u);
  EXPECT_EQ(read->direction, Direction::compensation);
  EXPECT_EQ(read->execution, 3);
  EXPECT_TRUE(read->ask_first);
}

TEST(SagaMessage, AReplyIsReadAsItWasWrittenWhateverItsOutcome) {
  for (const Outcome& outcome : {Outcome{Succeeded{}}, Outcome{Refused{"no stock"}}, Outcome{Unavailable{"overloaded"}},
                                 Outcome{UnknownOutcome{"late"}}, Outcome{Awaited{"the shop"}}}) {
    const RemoteReply reply{"PROCESS_PAYMENT", saga, StepReply{1, Direction::action, 2, outcome}, ""};
    const Outgoing message = kafka::to_message(reply, "");
    EXPECT_EQ(message.topic, "orchestrator.reply");
    const auto read = kafka::to_remote_reply(received(message));
    ASSERT_TRUE(read) << *message.value;
    EXPECT_EQ(read->saga, saga);
    EXPECT_EQ(read->reply.step, 1u);
    EXPECT_EQ(read->reply.execution, 2);
    EXPECT_EQ(read->reply.outcome, outcome) << *message.value;
  }
}

TEST(SagaMessage, AReplySaysWhatTheParticipantMade) {
  RemoteReply reply{"RESERVE_INVENTORY", saga, StepReply{2, Direction::action, 1, Succeeded{}}, ""};
  reply.data = R"({"reservationId":"r"})";
  const Json json = Json::parse(*kafka::to_message(reply, "").value);
  EXPECT_EQ(json["data"]["reservationId"], "r");
  EXPECT_EQ(json["data"]["attempt"], 1);
  EXPECT_EQ(json["status"], "SUCCESS");
}

TEST(SagaMessage, AServiceOfAThirdPartyNeedsOnlyTheMembersOfTheContract) {
  const auto read = kafka::to_remote_reply(with_value(
      R"({"sagaId":"01900000-0000-7000-8000-000000000001","orderId":"x","command":"RESERVE_INVENTORY","status":"SUCCESS"})"));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->reply.execution, 1);
  EXPECT_EQ(read->reply.outcome, Outcome{Succeeded{}});
}

TEST(SagaMessage, AnInvalidMessageIsRefusedWithTheReason) {
  const std::string id = R"("sagaId":"SAGA-01900000-0000-7000-8000-000000000001")";
  const struct {
    std::string value, why;
  } rows[] = {
      {"", "not a JSON object"},
      {"[1]", "not a JSON object"},
      {R"({"command":"CREATE_ORDER"})", "sagaId"},
      {"{" + id + R"(,"command":"FLY"})", "no command 'FLY'"},
      {"{" + id + R"(,"command":"CREATE_ORDER","data":{"attempt":0}})", "attempt"},
      {"{" + id + R"(,"command":"CREATE_ORDER","data":{"attempt":"1"}})", "attempt"},
      {"{" + id + R"(,"command":"CREATE_ORDER","status":"MAYBE"})", "status"},
  };
  for (const auto& row : rows) {
    const auto read = kafka::to_remote_reply(with_value(row.value));
    ASSERT_FALSE(read) << row.value;
    EXPECT_THAT(read.error().message, testing::HasSubstr(row.why));
  }
}

}  // namespace
}  // namespace sagactl
