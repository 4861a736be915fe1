#include "server/adapters/message_participants/message_caller.hpp"

#include <fmt/format.h>

#include <future>
#include <mutex>
#include <thread>

#include "server/adapters/kafka/client/consumer.hpp"
#include "server/adapters/kafka/client/dead_letter.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/message_participants/allowed_topics.hpp"
#include "server/adapters/message_participants/message_queues.hpp"
#include "server/adapters/message_participants/participant_message.hpp"

namespace sagactl {
namespace {

using kafka::Consumer;
using kafka::Incoming;
using kafka::Outgoing;
using kafka::Producer;

constexpr Duration expiry_interval = 100ms;
constexpr Duration delivery_time = 5s;  // a message that is not acknowledged by then was not sent, or may have been
constexpr Duration creation_time = 5s;
constexpr auto reading_patience = std::chrono::seconds(5);
constexpr const char* reply_to = "reply-to";

// Shared with the callbacks of clock, producer and consumer, which may come late.
class CallerCore : public std::enable_shared_from_this<CallerCore> {
 public:
  CallerCore(MessageCallerOptions options, AllowedTopics allowed, Clock& clock)
      : options_(std::move(options)), allowed_(std::move(allowed)), clock_(clock), queues_(options_.waiting_max) {}

  Result<void> open() {
    kafka::ProducerOptions producing;
    producing.kafka = options_.kafka;
    producing.delivery_time = delivery_time;
    producing.linger = 1ms;
    auto producer = Producer::open(std::move(producing));
    if (!producer) return producer.error();
    kafka::ConsumerOptions consuming;
    consuming.kafka = options_.kafka;
    consuming.group = options_.kafka.topic_prefix + "sagactl-answers-" + options_.node;
    consuming.id_header = "";
    consuming.takes_all = true;
    auto consumer = Consumer::start(std::move(consuming), clock_,
                                    [weak = weak_from_this()](const auto& message, Consumer::Done done) {
                                      if (const auto core = weak.lock()) core->receive(*message, std::move(done));
                                    });
    if (!consumer) return consumer.error();
    const std::lock_guard lock(mutex_);
    producer_ = std::move(*producer);
    consumer_ = std::move(*consumer);
    watch(weak_from_this(), clock_);
    return {};
  }

  void stop() {
    std::shared_ptr<Producer> producer;
    std::shared_ptr<Consumer> consumer;
    QueueWork work;
    {
      const std::lock_guard lock(mutex_);
      producer.swap(producer_);
      consumer.swap(consumer_);
      queues_.stop(work);
    }
    // Whoever still uses them may be one of their threads, which must not be the one to end them.
    while (consumer.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    consumer.reset();
    while (producer.use_count() > 1) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    producer.reset();
    carry_out(std::move(work));
  }

  void call(ParticipantCall call, CallDone done) {
    const ParticipantDefinition& asked = call.definition->participants[call.participant];
    if (const auto may = allowed_.allow(asked.name, asked.topic); !may) {
      ParticipantAnswer answer;
      answer.failure = may.error().message;
      answer.was_sent = answer.was_called = false;
      return done(std::move(answer));
    }
    change([&](QueueWork& work) { queues_.submit(std::move(call), std::move(done), clock_.steady(), work); });
  }
  void withdraw(SagaId saga) {
    change([&](QueueWork& work) { queues_.withdraw(saga, work); });
  }
  void set_guard(std::function<bool()> may_begin) {
    const std::lock_guard lock(mutex_);
    queues_.set_guard(std::move(may_begin));
  }
  void set_take(TakeMessageAnswer take) {
    const std::lock_guard lock(mutex_);
    take_ = std::move(take);
  }
  std::vector<ParticipantStats> stats() const {
    const std::lock_guard lock(mutex_);
    return queues_.stats();
  }
  std::vector<ConsumerProgress> consumers() const {
    const auto consumer = this->consumer();
    if (!consumer) return {};
    return {consumer->state().progress};
  }

  Result<void> check(const SagaDefinition& definition) const {
    std::string wrong;
    for (const ParticipantDefinition& each : definition.participants) {
      if (each.topic.empty()) continue;
      const auto allowed = allowed_.allow(each.name, each.topic);
      if (!allowed) wrong += (wrong.empty() ? "" : "; ") + allowed.error().message;
    }
    if (!wrong.empty()) return Error{ErrorCode::invalid, wrong};
    return {};
  }

  // The topics have to exist. That their answers are read already would be good, and each call waits for it anyway.
  Result<void> prepare(const SagaDefinition& definition) {
    for (const ParticipantDefinition& each : definition.participants) {
      if (each.topic.empty()) continue;
      const auto producer = this->producer();
      if (!producer) return Error{ErrorCode::unavailable, "this node is stopping"};
      const std::string topic = options_.kafka.topic_prefix + each.topic, answers = answers_topic(topic);
      if (auto made = producer->ensure({topic, answers, kafka::dead_letter_topic(answers)}, creation_time); !made)
        return made;
      auto promise = std::make_shared<std::promise<void>>();
      auto future = promise->get_future();
      add(each.topic, [promise](const Result<void>&) { promise->set_value(); });
      (void)future.wait_for(reading_patience);
    }
    return {};
  }

 private:
  template <class Change>
  void change(Change&& make) {
    QueueWork work;
    {
      const std::lock_guard lock(mutex_);
      make(work);
    }
    carry_out(std::move(work));
  }

  // Without the lock: each may come back here at once.
  void carry_out(QueueWork work) {
    for (auto& [done, answer] : work.answered) done(std::move(answer));
    for (const std::string& topic : work.to_prepare)
      add(topic, [weak = weak_from_this(), topic](const Result<void>& result) {
        if (const auto core = weak.lock())
          core->change([&](QueueWork& more) { core->queues_.prepared(topic, result, core->clock_.steady(), more); });
      });
    for (const BegunCall& begun : work.begun) send(begun);
  }

  void add(const std::string& topic, std::function<void(Result<void>)> done) {
    const std::string full = options_.kafka.topic_prefix + topic;
    const auto consumer = this->consumer();
    if (!consumer) return done(Error{ErrorCode::unavailable, "this node is stopping"});
    consumer->add(answers_topic(full), {full}, std::move(done));
  }

  void send(const BegunCall& begun) {
    const auto failed = [weak = weak_from_this(), id = begun.id](const Error& error) {
      const auto core = weak.lock();
      // One that may have arrived may still be answered, until its deadline.
      if (!core || error.code == ErrorCode::unknown_outcome) return;
      const bool is_refused = error.code == ErrorCode::too_large;
      core->change(
          [&](QueueWork& more) { core->queues_.not_sent(id, error.message, is_refused, core->clock_.steady(), more); });
    };
    const auto producer = this->producer();
    if (!producer) return failed(Error{ErrorCode::unavailable, "this node is stopping"});
    const Outgoing message =
        to_message(begun.call, options_.node, clock_.now() + begun.call.timeout, options_.kafka.topic_prefix);
    producer->send({&message, 1}, [failed](const Result<void>& sent) {
      if (!sent) failed(sent.error());
    });
  }

  // An answer that names no node is taken by every node that reads it: the first one has the effect.
  void receive(const Incoming& message, Consumer::Done done) {
    const std::string_view recipient = message.header(reply_to);
    if (!recipient.empty() && recipient != options_.node) return done(kafka::Handled{});
    auto answer = to_message_answer(message, options_.kafka.topic_prefix);
    if (!answer) return done(kafka::Poison{answer.error().message});
    TakeMessageAnswer take;
    {
      const std::lock_guard lock(mutex_);
      take = take_;
    }
    if (!take) return done(kafka::RetryLater{"this node is starting"});
    const std::string id = message_id(*answer);
    take(std::move(*answer), [done](const Result<void>& taken) { done(kafka::handling_result(taken)); });
    change([&](QueueWork& work) { queues_.answered(id, clock_.steady(), work); });
  }

  // On the clock's thread, for as long as both this and the clock exist.
  static void watch(const std::weak_ptr<CallerCore>& watched, Clock& clock) {
    clock.after(expiry_interval, [watched, &clock] {
      const auto core = watched.lock();
      if (!core) return;
      core->change([&](QueueWork& work) { core->queues_.expire(clock.steady(), work); });
      watch(watched, clock);
    });
  }

  std::shared_ptr<Producer> producer() const {
    const std::lock_guard lock(mutex_);
    return producer_;
  }
  std::shared_ptr<Consumer> consumer() const {
    const std::lock_guard lock(mutex_);
    return consumer_;
  }

  const MessageCallerOptions options_;
  const AllowedTopics allowed_;
  Clock& clock_;
  mutable std::mutex mutex_;
  MessageQueues queues_;
  TakeMessageAnswer take_;
  std::shared_ptr<Producer> producer_;  // null: it is stopping
  std::shared_ptr<Consumer> consumer_;
};

class RunningMessageCaller final : public MessageCaller {
 public:
  explicit RunningMessageCaller(std::shared_ptr<CallerCore> core) : core_(std::move(core)) {}
  ~RunningMessageCaller() override { core_->stop(); }

  void call(ParticipantCall call, CallDone done) override { core_->call(std::move(call), std::move(done)); }
  void withdraw(SagaId saga) override { core_->withdraw(saga); }
  void set_guard(std::function<bool()> may_begin) override { core_->set_guard(std::move(may_begin)); }
  void set_take(TakeMessageAnswer take) override { core_->set_take(std::move(take)); }
  std::vector<ParticipantStats> stats() const override { return core_->stats(); }
  std::vector<ConsumerProgress> consumers() const override { return core_->consumers(); }
  Result<void> check(const SagaDefinition& definition) const override { return core_->check(definition); }
  Result<void> prepare(const SagaDefinition& definition) const override { return core_->prepare(definition); }

 private:
  const std::shared_ptr<CallerCore> core_;
};

}  // namespace

Result<std::unique_ptr<MessageCaller>> make_message_caller(const MessageCallerOptions& options, Clock& clock) {
  auto allowed = AllowedTopics::parse(options.topics);
  if (!allowed) return allowed.error();
  const auto core = std::make_shared<CallerCore>(options, std::move(*allowed), clock);
  if (const auto opened = core->open(); !opened) return opened.error();
  return std::unique_ptr<MessageCaller>(std::make_unique<RunningMessageCaller>(core));
}

}  // namespace sagactl
