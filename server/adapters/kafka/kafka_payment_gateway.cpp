#include "server/adapters/kafka/kafka_payment_gateway.hpp"

#include <deque>
#include <mutex>
#include <unordered_map>

#include "common/id.hpp"
#include "common/log.hpp"
#include "server/adapters/kafka/client/producer.hpp"
#include "server/adapters/kafka/client/tail.hpp"
#include "server/adapters/kafka/payment_message.hpp"

namespace sagactl {
namespace {

using kafka::PaymentCommandMessage;
using kafka::PaymentReplyMessage;
using kafka::PaymentRequest;
using kafka::PaymentResult;

constexpr Duration start_timeout = 5s;
constexpr Duration deadline_check_interval = 100ms;
constexpr const char* no_answer = "the payment participant did not answer in time";

ChargeAnswer charge_answer(const PaymentReplyMessage& answer) {
  switch (answer.result) {
    case PaymentResult::charged:
      return Charged{answer.transaction_id, answer.facts};
    case PaymentResult::refused:
      return Refused{answer.reason};
    case PaymentResult::unavailable:
      return Unavailable{answer.reason};
    case PaymentResult::not_charged:
    case PaymentResult::refunded:
    case PaymentResult::unknown:
      break;
  }
  return UnknownOutcome{answer.reason.empty() ? "the payment participant does not know the outcome" : answer.reason};
}

QueryAnswer query_answer(const PaymentReplyMessage& answer) {
  switch (answer.result) {
    case PaymentResult::charged:
      return Charged{answer.transaction_id, answer.facts};
    case PaymentResult::refused:
      return Refused{answer.reason};
    case PaymentResult::not_charged:
      return NotCharged{};
    case PaymentResult::refunded:
    case PaymentResult::unavailable:
    case PaymentResult::unknown:
      break;
  }
  return Unavailable{answer.reason.empty() ? "the payment participant does not know the outcome" : answer.reason};
}

Outcome refund_answer(const PaymentReplyMessage& answer) {
  switch (answer.result) {
    case PaymentResult::refunded:
      return Succeeded{};
    case PaymentResult::refused:
      return Refused{answer.reason};
    case PaymentResult::unavailable:
      return Unavailable{answer.reason};
    case PaymentResult::charged:
    case PaymentResult::not_charged:
    case PaymentResult::unknown:
      break;
  }
  return UnknownOutcome{answer.reason.empty() ? "the payment participant does not know the outcome" : answer.reason};
}

// The calls without a reply. Whoever removes one answers it, so that each is answered once.
class PendingCalls {
 public:
  using Done = std::function<void(const PaymentReplyMessage&)>;

  bool add(const std::string& id, Done done, SteadyTime until, std::size_t calls_max) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= calls_max) return false;
    waiting_.emplace(id, std::move(done));
    deadlines_.emplace_back(until, id);
    return true;
  }

  void answer(const std::string& id, const PaymentReplyMessage& answer) {
    Done done;
    {
      const std::lock_guard lock(mutex_);
      const auto found = waiting_.find(id);
      if (found == waiting_.end()) return;  // too late, or a repeat
      done = std::move(found->second);
      waiting_.erase(found);
    }
    done(answer);
  }

  // All calls have the same timeout, so their deadlines are in the order of the calls.
  std::vector<std::string> overdue(SteadyTime now) {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (; !deadlines_.empty() && deadlines_.front().first <= now; deadlines_.pop_front())
      if (waiting_.contains(deadlines_.front().second)) ids.push_back(deadlines_.front().second);
    return ids;
  }

  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> ids;
    for (const auto& [id, done] : waiting_) ids.push_back(id);
    return ids;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, Done> waiting_;
  std::deque<std::pair<SteadyTime, std::string>> deadlines_;
};

class KafkaPaymentGateway : public PaymentGateway {
 public:
  KafkaPaymentGateway(const RemotePaymentOptions& options, Clock& clock) : options_(options), clock_(clock) {}

  ~KafkaPaymentGateway() override {
    tail_.reset();
    producer_.reset();
    for (const std::string& id : calls_->all()) calls_->answer(id, unknown("this node is stopping"));
  }

  Result<void> open() {
    kafka::ProducerOptions producing;
    producing.kafka = options_.kafka;
    producing.delivery_time = options_.answer_time / 2;
    producing.linger = 1ms;
    const std::string replies = options_.kafka.topic_prefix + kafka::payment_replies;
    producing.topics = {options_.kafka.topic_prefix + kafka::payment_commands, replies};
    auto producer = kafka::Producer::open(std::move(producing));
    if (!producer) return producer.error();
    producer_ = std::move(producer).value();
    const auto on_message = [this](const kafka::Incoming& message) { receive(message); };
    auto tail = kafka::Tail::start(options_.kafka, {replies}, on_message, start_timeout);
    if (!tail) return tail.error();
    tail_ = std::move(tail).value();
    watch(calls_, clock_);
    return {};
  }

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    PaymentCommandMessage command =
        command_of(PaymentRequest::charge, {charge.key, charge.order_id, charge.trace_parent, charge.payment_key});
    command.amount = charge.amount;
    command.product_ids = charge.product_ids;
    command.expires_at = clock_.now() + options_.answer_time;
    send(std::move(command),
         [done = std::move(done)](const PaymentReplyMessage& answer) { done(charge_answer(answer)); });
  }

  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    send(command_of(PaymentRequest::query, charge),
         [done = std::move(done)](const PaymentReplyMessage& answer) { done(query_answer(answer)); });
  }

  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override {
    PaymentCommandMessage command = command_of(PaymentRequest::refund, charge);
    command.amount = amount;
    send(std::move(command),
         [done = std::move(done)](const PaymentReplyMessage& answer) { done(refund_answer(answer)); });
  }

 private:
  PaymentCommandMessage command_of(PaymentRequest request, const EarlierCharge& charge) const {
    PaymentCommandMessage out;
    out.request = request;
    out.message_id = new_uuid().text();
    out.order_id = charge.order_id;
    out.charge_key = charge.key;
    out.reply_to = options_.reply_to;
    out.trace_parent = charge.trace_parent;
    out.payment_key = charge.payment_key;
    return out;
  }

  static PaymentReplyMessage unknown(const std::string& why) { return {PaymentResult::unknown, "", "", why}; }
  static PaymentReplyMessage unavailable(const std::string& why) { return {PaymentResult::unavailable, "", "", why}; }

  void send(PaymentCommandMessage command, PendingCalls::Done done) {
    const std::string id = command.message_id;
    if (!calls_->add(id, done, clock_.steady() + options_.answer_time, options_.calls_max))
      return done(unavailable("too many calls without a reply of the payment participant"));
    const kafka::Outgoing message = kafka::to_message(command, options_.kafka.topic_prefix);
    producer_->send({&message, 1}, [this, id](Result<void> sent) {
      if (sent) return;
      // One that may have arrived may still get its reply, until its deadline.
      if (sent.error().code != ErrorCode::unknown_outcome) calls_->answer(id, unavailable(sent.error().message));
    });
  }

  void receive(const kafka::Incoming& message) {
    const std::string_view recipient = message.header(kafka::reply_to_header);
    if (!recipient.empty() && recipient != options_.reply_to) return;
    const auto answer = kafka::to_payment_reply(message);
    if (!answer) return log_warn("invalid payment reply", {{"error", answer.error().message}});
    calls_->answer(answer->in_reply_to, *answer);
  }

  // On the clock's thread, for as long as both the gateway and the clock exist.
  static void watch(const std::shared_ptr<PendingCalls>& watched, Clock& clock) {
    clock.after(deadline_check_interval, [weak = std::weak_ptr(watched), &clock] {
      const auto calls = weak.lock();
      if (!calls) return;
      for (const std::string& id : calls->overdue(clock.steady())) calls->answer(id, unknown(no_answer));
      watch(calls, clock);
    });
  }

  const RemotePaymentOptions options_;
  Clock& clock_;
  const std::shared_ptr<PendingCalls> calls_ = std::make_shared<PendingCalls>();
  std::unique_ptr<kafka::Producer> producer_;
  std::unique_ptr<kafka::Tail> tail_;
};

}  // namespace

Result<std::unique_ptr<PaymentGateway>> make_kafka_payment_gateway(const RemotePaymentOptions& options, Clock& clock) {
  auto gateway = std::make_unique<KafkaPaymentGateway>(options, clock);
  if (const auto opened = gateway->open(); !opened) return opened.error();
  return std::unique_ptr<PaymentGateway>(std::move(gateway));
}

}  // namespace sagactl
