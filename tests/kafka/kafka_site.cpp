#include "tests/kafka/kafka_site.hpp"

#include <future>

#include "common/id.hpp"

namespace sagactl::kafka {

KafkaOptions site_options(const std::string& brokers) {
  KafkaOptions options;
  options.brokers = brokers;
  options.topic_prefix = "test-" + new_uuid().text() + "-";
  options.partitions = 2;
  return options;
}

Event an_event(const NodeName& node, std::int64_t sequence, const std::string& correlation) {
  Event event;
  event.node = node;
  event.sequence = sequence;
  event.correlation = correlation;
  event.version = 1;
  event.data = "{}";
  return event;
}

Recorder::Recorder(const KafkaOptions& options, std::vector<std::string> topics) {
  const auto keep = [this](const Incoming& message) {
    const std::lock_guard lock(mutex_);
    messages_.push_back(message);
  };
  tail_ = Tail::start(options, std::move(topics), keep, hang_limit).value();
}

std::vector<Incoming> Recorder::messages() const {
  const std::lock_guard lock(mutex_);
  return messages_;
}

bool Recorder::await(std::size_t count) const {
  return eventually([&] { return messages().size() >= count; });
}

Result<void> send_all(Producer& producer, const std::vector<Outgoing>& messages) {
  std::promise<Result<void>> sent;
  producer.send(messages, [&](Result<void> result) { sent.set_value(std::move(result)); });
  return sent.get_future().get();
}

}  // namespace sagactl::kafka
