// Order and acknowledgement, with a real broker.
#include "server/adapters/kafka/client/producer.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

#include "tests/kafka/kafka_site.hpp"
#include "tests/services/services.hpp"

namespace sagactl::kafka {
namespace {

class AProducer : public testing::Test {
 protected:
  void SetUp() override {
    SAGACTL_NEEDS(kafka_brokers(), "Kafka");
    options.kafka = site_options(*kafka_brokers());
    topic = options.kafka.topic_prefix + "t";
    options.topics = {topic};
    producer = Producer::open(options).value();
  }

  std::vector<Outgoing> numbered(int from, int to) const {
    std::vector<Outgoing> list;
    for (int n = from; n <= to; ++n) list.push_back({topic, "key", std::to_string(n), {}});
    return list;
  }

  // The numbers in the order of arrival, without repeats.
  static std::vector<int> first_seen(const std::vector<Incoming>& messages) {
    std::vector<int> order;
    for (const Incoming& message : messages)
      if (const int n = std::stoi(*message.value); order.empty() || n > order.back()) order.push_back(n);
    return order;
  }

  ProducerOptions options;
  std::string topic;
  std::unique_ptr<Producer> producer;
};

TEST_F(AProducer, KeepsTheOrderOfAcknowledgedMessages) {
  const Recorder recorder(options.kafka, {topic});
  ASSERT_TRUE(send_all(*producer, numbered(1, 500)).ok());
  ASSERT_TRUE(recorder.await(500));
  const auto messages = recorder.messages();
  for (int n = 1; n <= 500; ++n) EXPECT_EQ(*messages[static_cast<std::size_t>(n - 1)].value, std::to_string(n));
  EXPECT_EQ(producer->state().acknowledged, 500u);
}

TEST_F(AProducer, IsRecreatedAfterAFatalErrorAndKeepsTheOrder) {
  const Recorder recorder(options.kafka, {topic});
  int next = 1, failures = 0;
  for (int round = 0; round < 20; ++round) {
    std::atomic<int> answers = 0;
    std::atomic<bool> fine = false;
    producer->send(numbered(next, next + 99), [&](Result<void> result) {
      fine = result.ok();
      ++answers;
    });
    if (round % 5 == 1) producer->break_for_test();
    ASSERT_TRUE(eventually([&] { return answers == 1; }));
    if (fine)
      next += 100;
    else
      ++failures;
    ASSERT_TRUE(eventually([&] { return producer->state().available; })) << producer->state().error;
    EXPECT_EQ(answers, 1) << "each batch is answered once";
  }
  EXPECT_GT(failures, 0) << "nothing was broken";
  const auto all_seen = [&] { return static_cast<int>(first_seen(recorder.messages()).size()) == next - 1; };
  ASSERT_TRUE(eventually(all_seen));
  const auto order = first_seen(recorder.messages());
  for (int n = 1; n < next; ++n) EXPECT_EQ(order[static_cast<std::size_t>(n - 1)], n) << "none is missing";
}

TEST_F(AProducer, CompletesMessagesInFlightWhenItEnds) {
  int answers = 0;
  producer->send(numbered(1, 1000), [&](Result<void>) { ++answers; });
  producer.reset();
  EXPECT_EQ(answers, 1);
}

TEST_F(AProducer, CompletesAtOnceWithoutMessages) {
  EXPECT_TRUE(send_all(*producer, {}).ok());
}

TEST_F(AProducer, CreatesMissingTopicsWithTheirPartitions) {
  const Recorder recorder(options.kafka, {topic});
  std::vector<Outgoing> many;
  for (int n = 0; n < 50; ++n) many.push_back({topic, "key-" + std::to_string(n), "v", {}});
  ASSERT_TRUE(send_all(*producer, many).ok());
  ASSERT_TRUE(recorder.await(50));
  std::set<std::int32_t> partitions;
  for (const Incoming& message : recorder.messages()) partitions.insert(message.partition);
  EXPECT_EQ(partitions.size(), 2u);
}

// They go to one partition for some milliseconds, and then to another: librdkafka's sticky.partitioning.linger.ms.
TEST_F(AProducer, SpreadsMessagesWithoutAKeyOverThePartitions) {
  const Recorder recorder(options.kafka, {topic});
  std::set<std::int32_t> partitions;
  for (std::size_t sent = 1; sent <= 500 && partitions.size() < 2; ++sent) {
    ASSERT_TRUE(send_all(*producer, {Outgoing{topic, "", "v", {}}}).ok());
    ASSERT_TRUE(recorder.await(sent));
    for (const Incoming& message : recorder.messages()) partitions.insert(message.partition);
  }
  EXPECT_EQ(partitions.size(), 2u);
}

}  // namespace
}  // namespace sagactl::kafka
