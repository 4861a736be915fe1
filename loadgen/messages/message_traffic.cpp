#include "loadgen/messages/message_traffic.hpp"

namespace sagactl {

Result<std::unique_ptr<MessageTraffic>> MessageTraffic::start(const LoadOptions& options,
                                                              const std::vector<const MessagePlan*>& of_streams,
                                                              const std::vector<const MessagePlan*>& of_kafka) {
  auto traffic = std::make_unique<MessageTraffic>();
  if (!of_streams.empty()) {
    auto streams = StreamTraffic::start(options.targets, options.connect);
    if (!streams) return streams.error();
    traffic->streams_ = std::move(*streams);
  }
  if (of_kafka.empty()) return traffic;
  if (!options.start_kafka) return Error{ErrorCode::invalid, "the journeys need Kafka, and no brokers are given"};
  auto kafka = options.start_kafka(of_kafka, options.timeout);
  if (!kafka) return kafka.error();
  traffic->kafka_ = std::move(*kafka);
  return traffic;
}

}  // namespace sagactl
