// Three brokers, each with a replica of every message, two of which have to be in sync.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <future>
#include <map>
#include <memory>
#include <utility>

#include "server/adapters/kafka/client/kafka_diagnosis.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/adapters/kafka/kafka_bus.hpp"
#include "tests/kafka/kafka_site.hpp"
#include "tests/services/kafka_server.hpp"

namespace sagactl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t batch_size = 20;
constexpr int batches_at_once = 50;

class ThreeBrokers : public testing::Test {
 protected:
  void SetUp() override {
    NEEDS_KAFKA_SERVER();
    for (KafkaServer* server : servers()) server->start();
    options = kafka::site_options(first_.brokers() + "," + second.brokers() + "," + third.brokers());
    topics = topics_of({}, options);
    ASSERT_TRUE(eventually([&] {
      const auto found = diagnose_kafka(options, {}, hang_limit);
      return found && found->brokers == 3;
    }));
    const TopicPlan plan{.partitions = 1, .replicas = 3, .settings = {{"min.insync.replicas", "2"}}};
    const auto refused = create_topics(options, topics, plan, hang_limit);
    ASSERT_TRUE(refused) << refused.error().message;
    ASSERT_THAT(*refused, IsEmpty());
  }

  std::array<KafkaServer*, 3> servers() { return {&first_, &second, &third}; }
  bool all_replicas_are_in_sync() const {
    const auto found = diagnose_kafka(options, topics, hang_limit);
    return found && std::all_of(found->topics.begin(), found->topics.end(),
                                [](const KafkaDiagnosis::Topic& topic) { return topic.replicas_in_sync == 3; });
  }

 private:
  KafkaServer first_;

 protected:
  KafkaServer second{first_, 2}, third{first_, 3};
  KafkaOptions options;
  std::vector<std::string> topics;
};

// Events numbered from `from` of ten flows, without waiting for earlier ones.
std::future<Result<void>> publish(Bus& bus, std::int64_t from) {
  std::vector<Event> events;
  for (std::int64_t n = from; n < from + batch_size; ++n)
    events.push_back(kafka::an_event("node-1", n, fmt::format("flow-{}", n % 10)));
  auto answer = std::make_shared<std::promise<Result<void>>>();
  bus.publish(std::move(events), [answer](Result<void> result) { answer->set_value(std::move(result)); });
  return answer->get_future();
}

TEST_F(ThreeBrokers, AcceptEveryEventOnceAndInOrderWhileOneIsKilledAndComesBack) {
  const auto bus = make_kafka_bus(options).value();
  const kafka::Recorder recorder(options, topics);
  std::vector<std::future<Result<void>>> answers;
  std::int64_t published = 0;
  const auto publish_more = [&] {
    for (int i = 0; i < batches_at_once; ++i, published += batch_size) answers.push_back(publish(*bus, published + 1));
  };
  publish_more();
  third.kill();
  publish_more();
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok()) << "two replicas are enough";
  answers.clear();
  third.start();
  publish_more();
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
  EXPECT_TRUE(eventually([&] { return all_replicas_are_in_sync(); }));
  ASSERT_TRUE(recorder.await(static_cast<std::size_t>(published)));
  std::map<std::string, std::int64_t> last;  // of each flow
  for (const kafka::Incoming& message : recorder.messages()) {
    const std::int64_t sequence = std::stoll(std::string(message.header("sequence")));
    EXPECT_GT(sequence, std::exchange(last[message.key], sequence)) << message.key;
  }
  EXPECT_EQ(recorder.messages().size(), static_cast<std::size_t>(published)) << "none twice";
}

TEST_F(ThreeBrokers, OfWhichTwoAreMissingTakeNoEventsAndThatIsSaidUntilOneIsBack) {
  const auto bus = make_kafka_bus(options).value();
  second.kill();
  third.kill();
  auto answer = publish(*bus, 1);
  const auto names_the_cause = AllOf(HasSubstr("1 replica in sync"), HasSubstr("min.insync.replicas is 2"));
  EXPECT_TRUE(eventually([&] { return testing::Value(bus->state().error, names_the_cause); })) << bus->state().error;
  EXPECT_FALSE(bus->state().available);
  const auto found = diagnose_kafka(options, topics, hang_limit);
  ASSERT_TRUE(found) << found.error().message;
  for (const KafkaDiagnosis::Topic& topic : found->topics) EXPECT_THAT(topic.writes_refused, names_the_cause);
  second.start();
  EXPECT_TRUE(answer.get().ok()) << "it was kept";
  EXPECT_TRUE(eventually([&] { return bus->state().available; })) << bus->state().error;
}

}  // namespace
}  // namespace sagactl
