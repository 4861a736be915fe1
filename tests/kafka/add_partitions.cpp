#include "tests/kafka/add_partitions.hpp"

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <thread>

#include "server/adapters/kafka/client/driver.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::kafka {

Result<void> add_partitions(const KafkaOptions& options, const std::string& topic, std::size_t count) {
  auto conf = make_conf(options, {}, nullptr);
  if (!conf) return conf.error();
  const auto handle = make_handle(RD_KAFKA_PRODUCER, std::move(conf).value());
  if (!handle) return handle.error();
  char reason[512] = "";
  rd_kafka_NewPartitions_t* wanted = rd_kafka_NewPartitions_new(topic.c_str(), count, reason, sizeof reason);
  if (!wanted) return Error{ErrorCode::invalid, reason};
  const NativeQueue queue(rd_kafka_queue_new(handle->get()));
  rd_kafka_CreatePartitions(handle->get(), &wanted, 1, nullptr, queue.get());
  const NativeEvent event(rd_kafka_queue_poll(queue.get(), milliseconds(hang_limit)));
  rd_kafka_NewPartitions_destroy(wanted);
  if (!event) return Error{ErrorCode::unavailable, "Kafka did not answer"};
  if (rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Error{ErrorCode::unavailable, rd_kafka_event_error_string(event.get())};
  const auto are_there = [&] {
    const auto there = partitions_of(handle->get(), options, {topic}, 1s);
    return there && there->size() == count;
  };
  if (eventually(are_there)) return {};
  return Error{ErrorCode::unavailable, "the brokers do not show the new partitions"};
}

}  // namespace sagactl::kafka
