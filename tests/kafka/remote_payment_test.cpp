// Payments over a real broker: the gateway of a node at one end, a participant at the other.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <optional>

#include "common/id.hpp"
#include "common/text/json.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/kafka_payment_gateway.hpp"
#include "server/adapters/kafka/payment_participant.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using kafka::Incoming;
using kafka::Outgoing;

class RemotePayment : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options.kafka = kafka::site_options(*kafka_brokers());
    options.reply_to = "node-1";
    options.answer_time = hang_limit;
    SimulatedGatewayOptions simulated;
    simulated.success = 1;
    simulated.delay_min = simulated.delay_max = 1ms;
    provider = make_simulated_gateway(simulated, *clock);
  }
  void TearDown() override {
    gateway.reset();
    participant.reset();
  }

  void start_gateway() { gateway = make_kafka_payment_gateway(options, *clock).value(); }
  void start_participant() {
    PaymentParticipantOptions participating;
    participating.kafka = options.kafka;
    participating.group = options.kafka.topic_prefix + "group";
    participant = PaymentParticipant::start(participating, *provider, *clock).value();
  }
  ChargeAnswer charge(const std::string& key, std::vector<std::string> products = {"BOOK"}) {
    std::promise<ChargeAnswer> answer;
    gateway->charge(Charge{key, "order-" + key, Money{1000}, std::move(products)},
                    [&](ChargeAnswer a) { answer.set_value(std::move(a)); });
    return answer.get_future().get();
  }
  QueryAnswer query(const std::string& key) {
    std::promise<QueryAnswer> answer;
    gateway->query({key, "order-" + key}, [&](QueryAnswer a) { answer.set_value(std::move(a)); });
    return answer.get_future().get();
  }
  Outcome refund(const std::string& key) {
    std::promise<Outcome> answer;
    gateway->refund({key, "order-" + key}, Money{1000}, [&](Outcome a) { answer.set_value(std::move(a)); });
    return answer.get_future().get();
  }
  std::string topic(const char* name) const { return options.kafka.topic_prefix + name; }
  std::unique_ptr<kafka::Producer> plain_producer() {
    kafka::ProducerOptions producing;
    producing.kafka = options.kafka;
    producing.topics = {topic("payment-commands"), topic("payment-replies")};
    return kafka::Producer::open(producing).value();
  }

  const std::unique_ptr<Clock> clock = make_system_clock();
  RemotePaymentOptions options;
  std::unique_ptr<PaymentGateway> provider, gateway;
  std::unique_ptr<PaymentParticipant> participant;
};

TEST_F(RemotePayment, AnswersLikeAGatewayInThisProcess) {
  start_gateway();
  start_participant();
  const ChargeAnswer charged = charge("k1");
  ASSERT_TRUE(std::holds_alternative<Charged>(charged));
  EXPECT_EQ(std::get<Charged>(charge("k1")).transaction_id, std::get<Charged>(charged).transaction_id);
  EXPECT_EQ(std::get<Refused>(charge("k2", {"PAYMENT_FAIL_1"})).reason, simulated_refusal);
  EXPECT_TRUE(std::holds_alternative<NotCharged>(query("k3")));
  EXPECT_TRUE(std::holds_alternative<Succeeded>(refund("k1")));
}

TEST_F(RemotePayment, WithoutAnAnswerIsUnknownForAChargeAndUnavailableForAQuery) {
  options.answer_time = 3s;
  start_gateway();
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(charge("k")));
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(refund("k")));
  EXPECT_TRUE(std::holds_alternative<Unavailable>(query("k")));
}

TEST_F(RemotePayment, AnExpiredChargeIsNotCarriedOut) {
  options.answer_time = 2s;
  start_gateway();
  ASSERT_TRUE(std::holds_alternative<UnknownOutcome>(charge("late")));
  const kafka::Recorder replies(options.kafka, {topic("payment-replies")});
  start_participant();
  ASSERT_TRUE(replies.await(1));
  const Json reply = Json::parse(*replies.messages().front().value);
  EXPECT_EQ(reply["outcome"], "unavailable") << reply;
}

TEST_F(RemotePayment, TimesOutWhateverTheTimeOfDayIsSetTo) {
  for (const Duration step : {Duration{-1h}, Duration{24h}}) {
    SimulatedClock simulated;
    const auto waiting = make_kafka_payment_gateway(options, simulated).value();
    std::optional<ChargeAnswer> answer;
    waiting->charge(Charge{"k", "order-k", Money{1000}, {"BOOK"}},
                    [&](ChargeAnswer given) { answer = std::move(given); });
    simulated.step(step);
    simulated.advance(options.answer_time - 1s);
    EXPECT_FALSE(answer);
    simulated.advance(2s);
    ASSERT_TRUE(answer);
    EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(*answer));
  }
}

TEST_F(RemotePayment, ManyCallsAtOnceAreEachAnsweredOnce) {
  start_gateway();
  start_participant();
  ASSERT_TRUE(std::holds_alternative<Charged>(charge("first")));
  constexpr int calls = 2000;
  std::atomic<int> answers = 0, charged = 0;
  for (int i = 0; i < calls; ++i)
    gateway->charge(Charge{"m" + std::to_string(i), "o" + std::to_string(i), Money{100}, {"BOOK"}},
                    [&](ChargeAnswer answer) {
                      charged += std::holds_alternative<Charged>(answer);
                      ++answers;
                    });
  ASSERT_TRUE(kafka::eventually([&] { return answers == calls; })) << answers;
  EXPECT_EQ(charged, calls);
}

// Uses only the documented JSON, as a third party's program would.
TEST_F(RemotePayment, IsCarriedOutByAnyProgramThatFollowsTheContract) {
  start_gateway();
  const auto producer = plain_producer();
  std::promise<Json> received_command;
  const auto answer = [&](const Incoming& message) {
    const Json command = Json::parse(*message.value);
    const Json reply{{"inReplyTo", command["messageId"]}, {"outcome", "charged"}, {"transactionId", "tx-other"}};
    const Outgoing out{topic("payment-replies"),
                       command["orderId"],
                       reply.dump(),
                       {{"reply-to", command["replyTo"].get<std::string>()}}};
    producer->send({&out, 1}, [](Result<void>) {});
    received_command.set_value(command);
  };
  const auto tail = kafka::Tail::start(options.kafka, {topic("payment-commands")}, answer, hang_limit).value();
  EXPECT_EQ(std::get<Charged>(charge("k")).transaction_id, "tx-other");
  const Json command = received_command.get_future().get();
  EXPECT_EQ(command["type"], "charge");
  EXPECT_EQ(command["chargeKey"], "k");
  EXPECT_EQ(command["orderId"], "order-k");
  EXPECT_EQ(command["amount"], 10);
  EXPECT_EQ(command["productIds"], Json::array({"BOOK"}));
  EXPECT_EQ(command["replyTo"], "node-1");
}

TEST_F(RemotePayment, RepliesToOtherNodesAreSkipped) {
  options.answer_time = 3s;
  start_gateway();
  const auto producer = plain_producer();
  const auto answer = [&](const Incoming& message) {
    const Json reply{
        {"inReplyTo", Json::parse(*message.value)["messageId"]}, {"outcome", "charged"}, {"transactionId", "tx-other"}};
    const Outgoing out{topic("payment-replies"), "o", reply.dump(), {{"reply-to", "node-2"}}};
    producer->send({&out, 1}, [](Result<void>) {});
  };
  const auto tail = kafka::Tail::start(options.kafka, {topic("payment-commands")}, answer, hang_limit).value();
  EXPECT_TRUE(std::holds_alternative<UnknownOutcome>(charge("k")));
}

TEST_F(RemotePayment, ARepeatedCommandGetsTheSameReplyAndAnUnknownOneIsADeadLetter) {
  const auto producer = plain_producer();
  const kafka::Recorder replies(options.kafka, {topic("payment-replies")});
  start_participant();
  const std::string command =
      R"({"type":"charge","messageId":"m","orderId":"o","chargeKey":"k","amount":10,"productIds":["A"],"replyTo":"n"})";
  const Outgoing charge{topic("payment-commands"), "o", command, {}},
      nonsense{topic("payment-commands"), "o", R"({"type":"steal"})", {}};
  ASSERT_TRUE(kafka::send_all(*producer, {charge, nonsense, charge}).ok());
  ASSERT_TRUE(replies.await(2));
  EXPECT_EQ(replies.messages()[0].value, replies.messages()[1].value);
  ASSERT_TRUE(kafka::eventually([&] { return participant->state().consumer.progress.dead_letters == 1; }));
  const auto letters = kafka::list_dead_letters(options.kafka, topic("payment-commands"), 10, hang_limit).value();
  ASSERT_EQ(letters.size(), 1u);
  EXPECT_NE(letters.front().reason.find("'type'"), std::string::npos);
}

}  // namespace
}  // namespace sagactl
