#include "cli/loadtest/profile/kafka_messages.hpp"

#include <fmt/format.h>

#include <set>

#include "loadgen/messages/kafka_traffic.hpp"
#include "loadgen/messages/message_routes.hpp"
#include "loadgen/sending/steady_ns.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/tail.hpp"
#include "server/adapters/kafka/client/topic_admin.hpp"

namespace sagactl {
namespace {

ReceivedMessage message_of(const kafka::Incoming& record) {
  ReceivedMessage message;
  message.at_ns = steady_ns();
  message.text = record.value.value_or("");
  message.key = record.key;
  message.headers = record.headers;
  return message;
}

kafka::Outgoing record_of(const StepInProgress& step) {
  const MessageStep& described = step.plan->step;
  kafka::Outgoing record;
  record.topic = described.topic;
  record.key = step.texts[0];
  record.value = step.texts[1];
  for (std::size_t i = 0; i < described.headers.size(); ++i)
    record.headers.emplace_back(described.headers[i].first, step.texts[2 + i]);
  return record;
}

StepReport report_of(const StepInProgress& step, const Result<void>& sent) {
  StepReport report = step.report();
  report.at_ns = steady_ns();
  if (sent) return report;
  report.why = sent.error().message;
  report.end = StepReport::End::lost;
  if (sent.error().code == ErrorCode::unknown_outcome)
    report.failure = TransportFailure::timed_out;
  else if (sent.error().code == ErrorCode::unavailable || sent.error().code == ErrorCode::busy)
    report.failure = TransportFailure::no_connection;
  else
    report.end = StepReport::End::refused;
  return report;
}

class RunningKafkaTraffic : public KafkaTraffic {
 public:
  Result<void> start(const KafkaOptions& options, const std::vector<const MessagePlan*>& plans, Duration timeout) {
    std::set<std::string> all, read;
    for (const MessagePlan* plan : plans) {
      all.insert(plan->step.topic);
      if (plan->step.kind != MessageStep::Kind::consume) continue;
      read.insert(plan->step.topic);
      routes_.add(*plan);
    }
    if (auto found = find_topics(options, {all.begin(), all.end()}, timeout); !found) {
      // No verdict about the system that is tested: the profile names what is not there.
      if (found.error().code != ErrorCode::not_found) return found;
      return Error{ErrorCode::invalid, found.error().message + "; create it, or correct its name in the profile"};
    }
    kafka::ProducerOptions sending;
    sending.kafka = options;
    sending.delivery_time = timeout;
    sending.linger = Duration{0};
    auto producer = kafka::Producer::open(std::move(sending));
    if (!producer) return producer.error();
    producer_ = std::move(*producer);
    return read.empty() ? Result<void>() : read_topics(options, {read.begin(), read.end()}, timeout);
  }

  void send(StepInProgress step) override {
    const kafka::Outgoing record = record_of(step);
    producer_->send({&record, 1}, [step](const Result<void>& sent) { step.inbox->put(report_of(step, sent)); });
  }
  void wait(StepInProgress step) override { routes_.wait(std::move(step)); }
  CancelledStep cancel(const MessagePlan& plan, StepTicket ticket) override {
    return plan.step.kind == MessageStep::Kind::consume ? routes_.cancel(plan, ticket) : CancelledStep{};
  }

 private:
  Result<void> read_topics(const KafkaOptions& options, std::vector<std::string> topics, Duration timeout) {
    const auto receive = [this](const kafka::Incoming& record) {
      routes_.received(record.topic, std::make_shared<const ReceivedMessage>(message_of(record)));
    };
    auto tail = kafka::Tail::start(options, std::move(topics), receive, timeout);
    if (!tail) return tail.error();
    tail_ = std::move(*tail);
    if (tail_->is_reading()) return {};
    return Error{ErrorCode::unavailable, fmt::format("Kafka at {} did not say within {} where its topics end",
                                                     options.brokers, format_duration(timeout))};
  }

  MessageRoutes routes_;
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<kafka::Tail> tail_;
};

}  // namespace

StartKafka kafka_of_load_test(const KafkaOptions& options) {
  return [options](const std::vector<const MessagePlan*>& plans,
                   Duration timeout) -> Result<std::unique_ptr<KafkaTraffic>> {
    auto traffic = std::make_unique<RunningKafkaTraffic>();
    if (auto started = traffic->start(options, plans, timeout); !started) return started.error();
    return std::unique_ptr<KafkaTraffic>(std::move(traffic));
  };
}

}  // namespace sagactl
