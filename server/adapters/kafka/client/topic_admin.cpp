#include "server/adapters/kafka/client/topic_admin.hpp"

#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl {
namespace {

// A client that has reached the brokers.
Result<std::unique_ptr<kafka::AdminClient>> reach_brokers(const KafkaOptions& options, Duration timeout) {
  auto client = kafka::open_admin(options);
  if (!client) return client.error();
  const auto reached =
      kafka::await_brokers((*client)->handle.get(), options, (*client)->trouble, timeout, "no broker answers");
  if (!reached) return reached.error();
  return client;
}

}  // namespace

Result<std::map<std::string, Error>> create_topics(const KafkaOptions& options, const std::vector<std::string>& topics,
                                                   const TopicPlan& plan, Duration timeout) {
  const auto client = reach_brokers(options, timeout);
  if (!client) return client.error();
  return kafka::create_topics((*client)->handle.get(), options, topics, plan, timeout);
}

Result<void> find_topics(const KafkaOptions& options, const std::vector<std::string>& topics, Duration timeout) {
  const auto client = reach_brokers(options, timeout);
  if (!client) return client.error();
  const auto found = kafka::partitions_of((*client)->handle.get(), options, topics, timeout);
  return found ? Result<void>() : Result<void>(found.error());
}

}  // namespace sagactl
