#include "server/adapters/kafka/kafka_check.hpp"

#include "server/adapters/kafka/driver.hpp"
#include "server/adapters/kafka/topics.hpp"

namespace sagactl {
namespace {

using namespace kafka;

constexpr std::string_view topics[] = {"order-events", "payment-events", "saga-events", "payment-commands",
                                       "payment-replies"};

}  // namespace

Result<KafkaCheck> check_kafka(const KafkaOptions& options, Duration patience) {
  auto conf = make_conf(options, {}, nullptr);
  if (!conf) return conf.error();
  const auto handle = make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
  if (!handle) return handle.error();
  const rd_kafka_metadata_t* raw = nullptr;
  const auto code = rd_kafka_metadata(handle->get(), 1, nullptr, &raw, milliseconds(patience));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return error_of(code, options, "no broker answers");
  const Metadata metadata(raw);
  KafkaCheck check;
  check.brokers = metadata->broker_cnt;
  for (const std::string_view name : topics) {
    KafkaCheck::Topic topic{options.topic_prefix + std::string(name), 0, false, ""};
    for (int i = 0; i < metadata->topic_cnt; ++i)
      if (metadata->topics[i].topic == topic.name) topic.partitions = metadata->topics[i].partition_cnt;
    if (topic.partitions == 0) {
      const auto allowed = may_make_topics(handle->get(), options, {topic.name}, patience);
      topic.may_be_made = allowed.ok();
      if (!allowed) topic.why = allowed.error().message;
    }
    check.topics.push_back(std::move(topic));
  }
  return check;
}

}  // namespace sagactl
