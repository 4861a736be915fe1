#include "server/adapters/kafka/payment_participant.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "server/adapters/kafka/payment_message.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/topic_list.hpp"

namespace sagactl {
namespace {

using kafka::Consumer;
using kafka::PaymentAnswer;
using kafka::PaymentOrder;
using kafka::PaymentRequest;
using kafka::PaymentResult;

PaymentAnswer to_answer(const ChargeAnswer& answer) {
  if (const auto* charged = std::get_if<Charged>(&answer))
    return {PaymentResult::charged, "", charged->transaction_id, ""};
  if (const auto* refused = std::get_if<Refused>(&answer)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* away = std::get_if<Unavailable>(&answer))
    return {PaymentResult::unavailable, "", "", away->reason};
  return {PaymentResult::unknown, "", "", std::get<UnknownOutcome>(answer).reason};
}

PaymentAnswer to_answer(const QueryAnswer& answer) {
  if (const auto* charged = std::get_if<Charged>(&answer))
    return {PaymentResult::charged, "", charged->transaction_id, ""};
  if (const auto* refused = std::get_if<Refused>(&answer)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* away = std::get_if<Unavailable>(&answer))
    return {PaymentResult::unavailable, "", "", away->reason};
  return {PaymentResult::not_charged, "", "", ""};
}

PaymentAnswer to_answer(const Outcome& outcome) {
  if (const auto* refused = std::get_if<Refused>(&outcome)) return {PaymentResult::refused, "", "", refused->reason};
  if (const auto* away = std::get_if<Unavailable>(&outcome))
    return {PaymentResult::unavailable, "", "", away->reason};
  if (const auto* unknown = std::get_if<UnknownOutcome>(&outcome))
    return {PaymentResult::unknown, "", "", unknown->reason};
  return {PaymentResult::refunded, "", "", ""};
}

// The newest replies by the command's id.
class Replies {
 public:
  explicit Replies(std::size_t replies_max) : replies_max_(replies_max) {}

  const PaymentAnswer* find(const std::string& id) const {
    const auto found = replies_.find(id);
    return found == replies_.end() ? nullptr : &found->second;
  }
  void add(const std::string& id, const PaymentAnswer& answer) {
    if (!replies_.emplace(id, answer).second) return;
    order_.push_back(id);
    if (order_.size() <= replies_max_) return;
    replies_.erase(order_.front());
    order_.pop_front();
  }

 private:
  const std::size_t replies_max_;
  std::unordered_map<std::string, PaymentAnswer> replies_;
  std::deque<std::string> order_;
};

// Shared with the callbacks of the gateway and of the producer.
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
  // Answers that come from now on go nowhere: their commands are not committed, and come again.
  void close() {
    std::unique_lock lock(mutex_);
    closed_ = true;
    idle_.wait(lock, [this] { return sending_ == 0; });
    lock.unlock();
    producer_.reset();
  }
  kafka::ProducerState state() const { return producer_->state(); }

  void take(const kafka::Incoming& message, Consumer::Done done) {
    auto order = kafka::to_payment_order(message);
    if (!order) return done(kafka::Poison{order.error().message});
    const auto task = std::make_shared<const Task>(Task{std::move(order).value(), std::move(done)});
    {
      const std::lock_guard lock(mutex_);
      std::deque<SharedTask>& line = lines_[task->order.order_id];
      line.push_back(task);
      if (line.size() > 1) return;
    }
    carry_out(task);
  }

 private:
  struct Task {
    PaymentOrder order;
    Consumer::Done done;
  };
  using SharedTask = std::shared_ptr<const Task>;

  void carry_out(const SharedTask& task) {
    const PaymentOrder& order = task->order;
    if (const auto known = earlier_reply(order)) return reply(task, *known);
    if (order.expires_at && *order.expires_at < clock_.now())
      return reply(task, {PaymentResult::unavailable, "", "",
                          "the command came after its time; are the clocks of both machines right?"});
    const auto answered = [self = weak_from_this(), task](const auto& answer) {
      if (const auto handler = self.lock()) handler->reply(task, to_answer(answer));
    };
    const EarlierCharge earlier{order.charge_key, order.order_id, order.trace_parent, order.payment_key};
    switch (order.request) {
      case PaymentRequest::charge:
        return gateway_.charge(Charge{order.charge_key, order.order_id, order.amount, order.product_ids,
                                      order.trace_parent, order.payment_key},
                               answered);
      case PaymentRequest::query: return gateway_.query(earlier, answered);
      case PaymentRequest::refund: return gateway_.refund(earlier, order.amount, answered);
    }
  }

  std::optional<PaymentAnswer> earlier_reply(const PaymentOrder& order) {
    const std::lock_guard lock(mutex_);
    const PaymentAnswer* known = replies_.find(order.message_id);
    return known ? std::optional(*known) : std::nullopt;
  }

  void reply(const SharedTask& task, const PaymentAnswer& answer) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return;
      replies_.add(task->order.message_id, answer);
      ++sending_;
    }
    const kafka::Outgoing message = kafka::to_message(answer, task->order, options_.kafka.topic_prefix);
    producer_->send({&message, 1}, [self = weak_from_this(), task](Result<void> sent) {
      if (sent) task->done(kafka::Effected{});
      else task->done(kafka::Later{sent.error().message});
      if (const auto handler = self.lock()) handler->next(task->order.order_id);
    });
    const std::lock_guard lock(mutex_);
    if (--sending_ == 0) idle_.notify_all();
  }

  // The next command about the same order.
  void next(const std::string& order) {
    SharedTask task;
    {
      const std::lock_guard lock(mutex_);
      const auto line = lines_.find(order);
      if (closed_ || line == lines_.end()) return;
      line->second.pop_front();
      if (line->second.empty()) lines_.erase(line);
      else task = line->second.front();
    }
    if (task) carry_out(task);
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
  std::map<std::string, std::deque<SharedTask>> lines_;  // by order: the first is being carried out
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
    consuming.id_header = "";  // a repeat is answered again, from what is remembered or by the gateway
    const auto handle = [handler = handler_](const std::shared_ptr<const kafka::Incoming>& message, Consumer::Done done) {
      handler->take(*message, std::move(done));
    };
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
