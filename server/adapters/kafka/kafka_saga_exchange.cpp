#include "server/adapters/kafka/kafka_saga_exchange.hpp"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "common/log.hpp"
#include "server/adapters/kafka/client/consumer.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/event_message.hpp"
#include "server/adapters/kafka/saga_message.hpp"
#include "server/ports/bus.hpp"

namespace sagactl {
namespace {

using kafka::Consumer;
using kafka::Incoming;

std::string group_of(Service service) {
  return std::string(to_string(service)) + "-service-group";
}

SagaHandlers::Done finishing(const Consumer::Done& done) {
  return [done](const Result<void>& result) { done(kafka::handling_result(result)); };
}

class RunningExchange final : public KafkaSagaExchange {
 public:
  RunningExchange(const KafkaOptions& options, Clock& clock) : options_(options), clock_(clock) {}
  ~RunningExchange() override {
    stop();
    producer_.reset();
  }

  Result<void> open() {
    kafka::ProducerOptions producing;
    producing.kafka = options_;
    producing.topics = {topic(orchestrator_commands), topic(orchestrator_replies)};
    producing.linger = 1ms;
    auto producer = kafka::Producer::open(std::move(producing));
    if (!producer) return producer.error();
    producer_ = std::move(producer).value();
    return {};
  }

  void send(const RemoteCall& call) override { post(kafka::to_message(call, options_.topic_prefix)); }
  void send(const RemoteReply& reply) override { post(kafka::to_message(reply, options_.topic_prefix)); }

  Result<void> start(const Services& services, SagaHandlers handlers) override {
    handlers_ = std::make_shared<const SagaHandlers>(std::move(handlers));
    for (const Service service : {Service::order, Service::payment, Service::inventory})
      if (services.has(service))
        if (auto started = read_as_participant(service); !started) return started;
    if (services.has(Service::orchestrator)) return read_as_orchestrator();
    return {};
  }

  void stop() override {
    std::vector<std::unique_ptr<Consumer>> stopped;
    const std::lock_guard lock(consumers_mutex_);
    stopped.swap(consumers_);
  }

  std::vector<ConsumerProgress> consumers() const override {
    std::vector<ConsumerProgress> all;
    const std::lock_guard lock(consumers_mutex_);
    for (const auto& consumer : consumers_) all.push_back(consumer->state().progress);
    return all;
  }

 private:
  std::string topic(std::string_view name) const { return options_.topic_prefix + std::string(name); }

  void post(const kafka::Outgoing& message) {
    producer_->send({&message, 1}, [saga = message.key](Result<void> sent) {
      if (!sent)
        log_warn("sending a saga's message failed; it is sent again after the step's timeout",
                 {{"saga", saga}, {"error", sent.error().message}});
    });
  }

  Result<void> read(const std::string& group, std::vector<std::string> topics, Consumer::Handler handle) {
    kafka::ConsumerOptions consuming;
    consuming.kafka = options_;
    consuming.group = group;
    consuming.topics = std::move(topics);
    consuming.id_header = "";  // barriers and the saga itself detect repeats
    auto consumer = Consumer::start(std::move(consuming), clock_, std::move(handle));
    if (!consumer) return consumer.error();
    const std::lock_guard lock(consumers_mutex_);
    consumers_.push_back(std::move(consumer).value());
    return {};
  }

  Result<void> read_as_participant(Service service) {
    std::vector<std::string> topics = {topic(orchestrator_commands)};
    for (const std::string_view name : choreography_topics()) topics.push_back(topic(name));
    const auto handle = [handlers = handlers_, commands = topics.front()](
                            const std::shared_ptr<const Incoming>& message, Consumer::Done done) {
      if (message->topic == commands) {
        const auto call = kafka::to_step_call(*message);
        if (!call) return done(kafka::Poison{call.error().message});
        return handlers->perform(*call, finishing(done));
      }
      const auto event = kafka::to_event(*message);
      if (!event || event->saga_type != checkout_choreography_saga) return done(kafka::Handled{});
      handlers->continue_saga(event->order, finishing(done));
    };
    return read(group_of(service), std::move(topics), handle);
  }

  Result<void> read_as_orchestrator() {
    const auto handle = [handlers = handlers_](const std::shared_ptr<const Incoming>& message, Consumer::Done done) {
      // Events of participants are in the same topic, for people and other programs. They are no replies.
      if (!message->header(kafka::event_id_header).empty()) return done(kafka::Handled{});
      const auto reply = kafka::to_remote_reply(*message);
      if (!reply) return done(kafka::Poison{reply.error().message});
      handlers->apply_reply(*reply, finishing(done));
    };
    return read(group_of(Service::orchestrator), {topic(orchestrator_replies)}, handle);
  }

  const KafkaOptions options_;
  Clock& clock_;
  std::shared_ptr<const SagaHandlers> handlers_;
  std::unique_ptr<kafka::Producer> producer_;
  mutable std::mutex consumers_mutex_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
};

}  // namespace

std::vector<std::string_view> choreography_topics() {
  std::vector<std::string_view> topics = {"saga-events"};
  for (const TopicRule& rule : find_definition(checkout_choreography_saga)->topics)
    if (std::find(topics.begin(), topics.end(), rule.topic) == topics.end()) topics.push_back(rule.topic);
  return topics;
}

Result<std::unique_ptr<KafkaSagaExchange>> KafkaSagaExchange::open(const KafkaOptions& options, Clock& clock) {
  auto exchange = std::make_unique<RunningExchange>(options, clock);
  if (const auto opened = exchange->open(); !opened) return opened.error();
  return std::unique_ptr<KafkaSagaExchange>(std::move(exchange));
}

}  // namespace sagactl
