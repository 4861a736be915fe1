#include "server/adapters/kafka/client/topic_admin.hpp"

#include "server/adapters/kafka/client/connection_trouble.hpp"
#include "server/adapters/kafka/client/topics.hpp"

namespace sagactl {

Result<std::map<std::string, Error>> create_topics(const KafkaOptions& options, const std::vector<std::string>& topics,
                                                   const TopicPlan& plan, Duration timeout) {
  const auto client = kafka::open_admin(options);
  if (!client) return client.error();
  rd_kafka_t* const handle = (*client)->handle.get();
  const auto reached = kafka::await_brokers(handle, options, (*client)->trouble, timeout, "cannot read the topics");
  if (!reached) return reached.error();
  return kafka::create_topics(handle, options, topics, plan, timeout);
}

}  // namespace sagactl
