#include "server/adapters/kafka/payment_participant.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"
#include "server/adapters/kafka/payment_message.hpp"

namespace sagactl {
namespace {

using kafka::Consumer;
using kafka::PaymentCommandMessage;
using kafka::PaymentReplyMessage;
using kafka::PaymentRequest;
using kafka::PaymentResult;

PaymentReplyMessage to_answer(const ChargeAnswer& answer) {
  if (const auto* charged = std::get_if<Charged>(&answer))
    return {PaymentResult::charged, "", charged->transaction_id, "", charged->facts};
  if (const auto* refused = std::get_if<Refused>(&answer)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* unavailable = std::get_if<Unavailable>(&answer))
    return {PaymentResult::unavailable, "", "", unavailable->reason};
  return {PaymentResult::unknown, "", "", std::get<UnknownOutcome>(answer).reason};
}

PaymentReplyMessage to_answer(const QueryAnswer& answer) {
  if (const auto* charged = std::get_if<Charged>(&answer))
    return {PaymentResult::charged, "", charged->transaction_id, "", charged->facts};
  if (const auto* refused = std::get_if<Refused>(&answer)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* unavailable = std::get_if<Unavailable>(&answer))
    return {PaymentResult::unavailable, "", "", unavailable->reason};
  return {PaymentResult::not_charged, "", "", ""};
}

PaymentReplyMessage to_answer(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* unavailable = std::get_if<Unavailable>(&outcome))
    return {PaymentResult::unavailable, "", "", unavailable->reason};
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome))
    return {PaymentResult::unknown, "", "", unknown->reason};
  return {PaymentResult::refunded, "", "", ""};
}

// The newest replies, by the command's id.
class Replies {
 public:
  explicit Replies(std::size_t replies_max) : replies_max_(replies_max) {}

  const PaymentReplyMessage* find(const std::string& id) const {
    const auto found = replies_.find(id);
    return found == replies_.end() ? nullptr : &found->second;
  }
  void add(const std::string& id, const PaymentReplyMessage& answer) {
    if (!replies_.emplace(id, answer).second) return;
    order_.push_back(id);
    if (order_.size() <= replies_max_) return;
    replies_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const std::size_t replies_max_;
  std::unordered_map<std::string, PaymentReplyMessage> replies_;
  std::deque<std::string> order_;
};

// Carries out commands. Shared with the callbacks of the gateway and of the producer.
class PaymentCommandHandler : public std::enable_shared_from_this<PaymentCommandHandler> {
 public:
  PaymentCommandHandler(const PaymentParticipantOptions& options, PaymentGateway& gateway, Clock& clock)
      : options_(options), gateway_(gateway), clock_(clock), replies_(options.replies_max) {}

  Result<void> open() {
    kafka::ProducerOptions producing;
    producing.kafka = options_.kafka;
    producing.topics = {options_.kafka.topic_prefix + kafka::payment_replies};
    producing.topics_of_others = topics_of({.publishes_events = false, .carries_out_payments = true}, options_.kafka);
    producing.linger = 1ms;
    auto producer = kafka::Producer::open(std::move(producing));
    if (!producer) return producer.error();
    producer_ = std::move(producer).value();
    return {};
  }
  // Answers that come from now on are ignored: their commands' offsets are not committed, and they come again.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    idle_.wait(lock, [this] { return sending_ == 0; });
    lock.unlock();
    producer_.reset();
  }
  kafka::ProducerState state() const { return producer_->state(); }

  void handle(const kafka::Incoming& message, Consumer::Done done) {
    auto command = kafka::to_payment_command(message);
    if (!command) return done(kafka::Poison{command.error().message});
    const auto pending =
        std::make_shared<const PendingCommand>(PendingCommand{std::move(command).value(), std::move(done)});
    {
      const std::lock_guard lock(mutex_);
      std::deque<SharedCommand>& queue = queues_[pending->command.order_id];
      queue.push_back(pending);
      if (queue.size() > 1) return;
    }
    execute(pending);
  }

 private:
  struct PendingCommand {
    PaymentCommandMessage command;
    Consumer::Done done;
  };
  using SharedCommand = std::shared_ptr<const PendingCommand>;

  void execute(const SharedCommand& pending) {
    const PaymentCommandMessage& command = pending->command;
    if (const auto known = earlier_reply(command)) return reply(pending, *known);
    if (command.expires_at && *command.expires_at < clock_.now())
      return reply(pending, {PaymentResult::unavailable, "", "",
                             "the command came after it expired; are the clocks of both machines right?"});
    const auto answered = [self = weak_from_this(), pending](const auto& answer) {
      if (const auto handler = self.lock()) handler->reply(pending, to_answer(answer));
    };
    const EarlierCharge earlier{command.charge_key, command.order_id, command.trace_parent, command.payment_key};
    switch (command.request) {
      case PaymentRequest::charge:
        return gateway_.charge(Charge{command.charge_key, command.order_id, command.amount, command.product_ids,
                                      command.trace_parent, command.payment_key},
                               answered);
      case PaymentRequest::query:
        return gateway_.query(earlier, answered);
      case PaymentRequest::refund:
        return gateway_.refund(earlier, command.amount, answered);
    }
  }

  std::optional<PaymentReplyMessage> earlier_reply(const PaymentCommandMessage& command) {
    const std::lock_guard lock(mutex_);
    const PaymentReplyMessage* known = replies_.find(command.message_id);
    return known ? std::optional(*known) : std::nullopt;
  }

  void reply(const SharedCommand& pending, const PaymentReplyMessage& answer) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      replies_.add(pending->command.message_id, answer);
      ++sending_;
    }
    const kafka::Outgoing message = kafka::to_message(answer, pending->command, options_.kafka.topic_prefix);
    producer_->send({&message, 1}, [self = weak_from_this(), pending](Result<void> sent) {
      if (sent)
        pending->done(kafka::Handled{});
      else
        pending->done(kafka::RetryLater{sent.error().message});
      if (const auto handler = self.lock()) handler->next(pending->command.order_id);
    });
    const std::lock_guard lock(mutex_);
    if (--sending_ == 0) idle_.notify_all();
  }

  // Executes the next command about the same order.
  void next(const std::string& order) {
    SharedCommand pending;
    {
      const std::lock_guard lock(mutex_);
      const auto queue = queues_.find(order);
      if (closed_ || queue == queues_.end()) return;
      queue->second.pop_front();
      if (queue->second.empty())
        queues_.erase(queue);
      else
        pending = queue->second.front();
    }
    if (pending) execute(pending);
  }

  const PaymentParticipantOptions options_;
  PaymentGateway& gateway_;
  Clock& clock_;
  std::unique_ptr<kafka::Producer> producer_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int sending_ = 0;
  bool closed_ = false;
  Replies replies_;
  std::map<std::string, std::deque<SharedCommand>> queues_;  // by order: the first is in progress
};

class RunningParticipant : public PaymentParticipant {
 public:
  explicit RunningParticipant(std::shared_ptr<PaymentCommandHandler> handler) : handler_(std::move(handler)) {}
  ~RunningParticipant() override {
    consumer_.reset();
    handler_->close();
  }

  Result<void> open(const PaymentParticipantOptions& options, Clock& clock) {
    if (auto opened = handler_->open(); !opened) return opened;
    kafka::ConsumerOptions consuming;
    consuming.kafka = options.kafka;
    consuming.group = options.group;
    consuming.topics = {options.kafka.topic_prefix + kafka::payment_commands};
    consuming.id_header = "";  // a repeat is answered again, by an earlier reply or the gateway
    const auto handle = [handler = handler_](const std::shared_ptr<const kafka::Incoming>& message,
                                             Consumer::Done done) { handler->handle(*message, std::move(done)); };
    auto consumer = Consumer::start(std::move(consuming), clock, handle);
    if (!consumer) return consumer.error();
    consumer_ = std::move(consumer).value();
    return {};
  }

  PaymentParticipantState state() const override {
    const auto producer = handler_->state();
    return {consumer_->state(), producer.available, producer.error};
  }

 private:
  const std::shared_ptr<PaymentCommandHandler> handler_;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace

Result<std::unique_ptr<PaymentParticipant>> PaymentParticipant::start(const PaymentParticipantOptions& options,
                                                                      PaymentGateway& gateway, Clock& clock) {
  auto participant =
      std::make_unique<RunningParticipant>(std::make_shared<PaymentCommandHandler>(options, gateway, clock));
  if (const auto opened = participant->open(options, clock); !opened) return opened.error();
  return std::unique_ptr<PaymentParticipant>(std::move(participant));
}

}  // namespace sagactl
