// The bus while Kafka is unavailable, frozen, or does not let this client create topics: with these tests' own brokers.
#include <gtest/gtest.h>

#include <algorithm>

#include <atomic>
#include <future>
#include <mutex>

#include "server/adapters/kafka/client/kafka_diagnosis.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/kafka_server.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using kafka::an_event;
using kafka::eventually;

std::vector<Event> events(std::int64_t from, std::int64_t to) {
  std::vector<Event> list;
  for (std::int64_t n = from; n <= to; ++n) list.push_back(an_event("node-1", n, "c"));
  return list;
}

Result<void> publish(Bus& bus, const std::vector<Event>& list) {
  std::promise<Result<void>> answer;
  bus.publish(list, [&](Result<void> result) { answer.set_value(std::move(result)); });
  return answer.get_future().get();
}

bool available(Bus& bus) {
  return eventually([&] { return bus.state().available; });
}

TEST(KafkaOutage, AtTheStartIsNoErrorAndTheTopicsAreCreatedWhenItIsOver) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server;
  const KafkaOptions options = kafka::site_options(server.brokers());
  const auto bus = make_kafka_bus(options).value();
  EXPECT_FALSE(bus->state().available);
  EXPECT_NE(bus->state().error.find(server.brokers()), std::string::npos);
  EXPECT_EQ(publish(*bus, events(1, 1)).error().code, ErrorCode::unavailable) << "at once";
  server.start();
  ASSERT_TRUE(available(*bus)) << bus->state().error;
  EXPECT_TRUE(publish(*bus, events(1, 1)).ok());
}

TEST(KafkaOutage, DelaysEventsInFlightAndKeepsTheirOrder) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server;
  server.start();
  const auto bus = make_kafka_bus(kafka::site_options(server.brokers())).value();
  std::vector<std::int64_t> received;
  std::mutex mutex;
  const auto end = bus->subscribe([&](const Event& event) {
    const std::lock_guard lock(mutex);
    if (received.empty() || event.sequence > received.back()) received.push_back(event.sequence);
  });
  const auto has_received = [&](std::size_t count) {
    const std::lock_guard lock(mutex);
    return received.size() >= count;
  };
  ASSERT_TRUE(eventually([&] { return publish(*bus, events(1, 1)).ok() && has_received(1); })) << "it reads";
  ASSERT_TRUE(publish(*bus, events(2, 100)).ok());
  server.stop();
  std::atomic<int> answers = 0;
  std::atomic<bool> fine = false;
  bus->publish(events(101, 200), [&](Result<void> result) {
    fine = result.ok();
    ++answers;
  });
  ASSERT_TRUE(eventually([&] { return !bus->state().available; }));
  server.start();
  ASSERT_TRUE(available(*bus)) << bus->state().error;
  ASSERT_TRUE(eventually([&] { return answers == 1; }));
  if (!fine) {
    ASSERT_TRUE(publish(*bus, events(101, 200)).ok());
  }
  ASSERT_TRUE(publish(*bus, events(201, 210)).ok());
  ASSERT_TRUE(eventually([&] { return has_received(210); })) << received.size();
  for (std::size_t i = 0; i < received.size(); ++i) EXPECT_EQ(received[i], static_cast<std::int64_t>(i + 1));
}

TEST(KafkaOutage, WhoSubscribedMeanwhileLearnsThatEventsMayHaveBeenMissed) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server;
  const auto bus = make_kafka_bus(kafka::site_options(server.brokers())).value();
  std::atomic<int> missed = 0;
  std::atomic<std::int64_t> received = 0;
  const auto end = bus->subscribe([&](const Event& event) { received = event.sequence; }, [&] { ++missed; });
  EXPECT_EQ(missed, 0);
  server.start();
  ASSERT_TRUE(eventually([&] { return missed == 1; }));
  ASSERT_TRUE(available(*bus)) << bus->state().error;
  ASSERT_TRUE(publish(*bus, events(1, 7)).ok());
  EXPECT_TRUE(eventually([&] { return received == 7; })) << "from then on none is missed";
  EXPECT_EQ(missed, 1);
}

TEST(KafkaOutage, OfAFrozenBrokerIsDetectedAndEnds) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server;
  server.start();
  const auto bus = make_kafka_bus(kafka::site_options(server.brokers())).value();
  ASSERT_TRUE(publish(*bus, events(1, 1)).ok());
  server.freeze();
  std::promise<Result<void>> answer;
  bus->publish(events(2, 2), [&](Result<void> result) { answer.set_value(std::move(result)); });
  EXPECT_TRUE(eventually([&] { return !bus->state().available; }));
  server.resume();
  EXPECT_TRUE(answer.get_future().get().ok());
  EXPECT_TRUE(available(*bus));
}

TEST(KafkaTopics, ThatAreMissingAndMayNotBeCreatedAreAnErrorThatNamesThem) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server(KafkaServer::Anonymous::no_access);
  server.start();
  const KafkaOptions options = kafka::site_options(server.brokers());
  const std::vector<std::string> needed = topics_of({.asks_for_payments = true, .service = Service::order}, options);
  const auto bus = make_kafka_bus(options, needed);
  ASSERT_FALSE(bus.ok());
  EXPECT_EQ(bus.error().code, ErrorCode::forbidden);
  for (const std::string& topic : needed)  // all that are missing, at the first start
    EXPECT_NE(bus.error().message.find(topic), std::string::npos) << topic << ": " << bus.error().message;
  const auto diagnosis = diagnose_kafka(options, needed, hang_limit);
  ASSERT_TRUE(diagnosis) << diagnosis.error().message;
  ASSERT_EQ(diagnosis->topics.size(), needed.size());
  for (const KafkaDiagnosis::Topic& topic : diagnosis->topics) EXPECT_NE(topic.creation_denied, "") << topic.name;
  ASSERT_EQ(diagnosis->addresses.size(), 1u);
  EXPECT_EQ(diagnosis->addresses[0].failure, "");
}

TEST(KafkaTopics, AreThoseOfTheRole) {
  KafkaOptions options;
  options.topic_prefix = "x.";
  const auto has = [&](const KafkaUse& use, const std::string& topic) {
    const auto topics = topics_of(use, options);
    return std::find(topics.begin(), topics.end(), "x." + topic) != topics.end();
  };
  EXPECT_TRUE(has({}, "order-events"));
  EXPECT_TRUE(has({}, "stock-events"));
  EXPECT_FALSE(has({}, "payment-commands"));
  EXPECT_TRUE(has({.asks_for_payments = true}, "payment-commands"));
  EXPECT_TRUE(has({.asks_for_payments = true}, "payment-replies"));
  const KafkaUse pays{.publishes_events = false, .carries_out_payments = true};
  EXPECT_EQ(topics_of(pays, options),
            (std::vector<std::string>{"x.payment-commands", "x.payment-commands.dead-letter", "x.payment-replies"}));
  EXPECT_TRUE(has({.service = Service::payment}, "orchestrator.saga"));
  EXPECT_TRUE(has({.service = Service::payment}, "orchestrator.saga.dead-letter"));
  EXPECT_TRUE(has({.service = Service::payment}, "order.created.dead-letter"));
  EXPECT_TRUE(has({.service = Service::orchestrator}, "orchestrator.reply.dead-letter"));
  EXPECT_FALSE(has({.service = Service::orchestrator}, "orchestrator.saga.dead-letter"));
}

}  // namespace
}  // namespace sagactl
