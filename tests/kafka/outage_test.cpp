// The bus while Kafka is away, frozen, or does not let us make topics: with brokers of these tests' own.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>

#include "server/adapters/kafka/kafka_bus.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/kafka_server.hpp"

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

TEST(KafkaOutage, AtTheStartIsNoErrorAndTheTopicsAreMadeWhenItIsOver) {
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

TEST(KafkaOutage, InTheMiddleDelaysWhatIsUnderWayAndKeepsItsOrder) {
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
  ASSERT_TRUE(publish(*bus, events(1, 100)).ok());
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
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock(mutex);
    return received.size() == 210;
  })) << received.size();
  for (std::size_t i = 0; i < received.size(); ++i) EXPECT_EQ(received[i], static_cast<std::int64_t>(i + 1));
}

TEST(KafkaOutage, OfABrokerThatIsFrozenIsSeenAndEnds) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server;
  server.start();
  const auto bus = make_kafka_bus(kafka::site_options(server.brokers())).value();
  ASSERT_TRUE(publish(*bus, events(1, 1)).ok());
  server.freeze();
  std::promise<Result<void>> answer;
  bus->publish(events(2, 2), [&](Result<void> result) { answer.set_value(std::move(result)); });
  EXPECT_TRUE(eventually([&] { return !bus->state().available; }));
  server.go_on();
  EXPECT_TRUE(answer.get_future().get().ok());
  EXPECT_TRUE(available(*bus));
}

TEST(KafkaTopics, ThatAreMissingAndMayNotBeMadeAreAnErrorThatNamesThem) {
  NEEDS_KAFKA_SERVER();
  KafkaServer server(KafkaServer::Strangers::may_do_nothing);
  server.start();
  const auto bus = make_kafka_bus(kafka::site_options(server.brokers()));
  ASSERT_FALSE(bus.ok());
  EXPECT_EQ(bus.error().code, ErrorCode::forbidden);
  EXPECT_NE(bus.error().message.find("order-events"), std::string::npos) << bus.error().message;
}

}  // namespace
}  // namespace sagactl
