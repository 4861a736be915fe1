// What carries out the steps of journeys that are no requests: streams, and Kafka.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "loadgen/messages/kafka_traffic.hpp"
#include "loadgen/messages/stream_traffic.hpp"
#include "loadgen/options.hpp"

namespace sagactl {

class MessageTraffic {
 public:
  // `options.targets` are those of the ledger. The plans outlive this. Errors as those of StreamTraffic and
  // StartKafka.
  static Result<std::unique_ptr<MessageTraffic>> start(const LoadOptions& options,
                                                       const std::vector<const MessagePlan*>& of_streams,
                                                       const std::vector<const MessagePlan*>& of_kafka);

  StepTicket next_ticket() { return ++tickets_; }
  StreamTraffic& streams() { return *streams_; }  // for plans of streams
  KafkaTraffic& kafka() { return *kafka_; }       // for plans of Kafka

 private:
  std::atomic<StepTicket> tickets_{0};
  std::unique_ptr<StreamTraffic> streams_;
  std::unique_ptr<KafkaTraffic> kafka_;
};

}  // namespace sagactl
