#include "cli/import/replay.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/import/judge.hpp"
#include "common/asked_trace_id.hpp"
#include "common/text/json_object.hpp"
#include "server/participants/barrier.hpp"
#include "server/participants/perform.hpp"

namespace sagactl {
namespace {

// The places of the saga's steps.
constexpr std::size_t payment_step = 1, confirmation = 2;

class FlowReplay {
 public:
  FlowReplay(const SourceOrder& source, const ReplayOptions& options)
      : source_(source), options_(options), definition_(*find_definition(order_processing_saga)) {}

  Replayed run() {
    const auto [judgement, why] = judge(source_, definition_.timeout, options_);
    out_.judgement = judgement;
    out_.why = why;
    if (judgement == Judgement::not_yet) return std::move(out_);
    begin();
    if (source_.payment) pay();
    go_on();
    if (judgement == Judgement::ended) keep_times();
    return std::move(out_);
  }

 private:
  Flow& flow() { return out_.flow; }
  Saga& saga() { return *out_.flow.saga; }

  // Times only go forward within an order; those of its rows and events there differ by milliseconds.
  Moment at(Timestamp time) {
    clock_ = std::max(clock_, time);
    return Moment{clock_, options_.writer.node, options_.writer.epoch, 0};
  }
  // What the import itself does.
  Moment now() { return at(options_.now); }

  const SourceEvent* event_of(EventType type) const {
    const auto found = std::find_if(source_.events.begin(), source_.events.end(),
                                    [type](const SourceEvent& event) { return event.type == type; });
    return found == source_.events.end() ? nullptr : &*found;
  }
  Timestamp time_of(EventType type, Timestamp otherwise) const {
    const SourceEvent* event = event_of(type);
    return event ? event->at : otherwise;
  }

  void append(std::vector<Event> events, const Moment& moment) {
    for (Event& event : events) {
      event.node = options_.writer.node;
      event.occurred_at = moment.now;
      if (flow().saga) {
        event.correlation = saga().correlation;
        event.trace_parent = saga().trace_parent;
        event.saga_type = saga().type;
      }
      JsonObject metadata;
      metadata.add("importedFrom", "nestjs-cqrs");
      if (const std::string id = take_id(event.type); !id.empty()) metadata.add("id", id);
      event.metadata = metadata.take();
      out_.events.push_back(std::move(event));
    }
  }
  // The id there of the next event of that type.
  std::string take_id(EventType type) {
    for (std::size_t i = 0; i < source_.events.size(); ++i) {
      if (source_.events[i].type != type || std::count(used_.begin(), used_.end(), i) > 0) continue;
      used_.push_back(i);
      return source_.events[i].id;
    }
    return {};
  }

  void decide_saga(const SagaCommand& command, const Moment& moment) {
    auto decision = decide(definition_, saga(), command, moment);
    if (!decision) crash(decision.error().message.c_str());
    saga() = std::move(decision->saga);
    append(std::move(decision->events), moment);
    call_.reset();
    if (!decision->calls.empty()) call_ = decision->calls.front();
  }

  void decide_order(const OrderCommand& command, const Moment& moment) {
    auto decision = decide(flow().order, command, moment);
    if (!decision) crash(decision.error().message.c_str());
    flow().order = std::move(decision->order);
    append(std::move(decision->events), moment);
  }

  void reply(Outcome outcome, const Moment& moment) {
    const StepReply reply{call_->step, call_->direction, call_->execution, std::move(outcome)};
    record_barrier(flow().barriers, reply.step, reply.direction, reply.execution, reply.outcome);
    decide_saga(reply, moment);
  }

  void begin() {
    const Moment created = at(time_of(EventType::order_created, source_.created_at));
    CreateOrder command{source_.id, source_.user, source_.items, source_.address, source_.idempotency_key, 0, {}};
    auto made = create_order(command, created);
    if (!made) crash(made.error().message.c_str());  // read_source_order() has checked it
    flow().order = std::move(made->order);
    flow().writer = options_.writer.node;
    append(std::move(made->events), created);
    flow().order.created_at = source_.created_at;
    const Moment started = at(source_.saga ? source_.saga->created_at : source_.created_at);
    flow().saga = new_saga(definition_, saga_of(source_.id), started);
    if (source_.saga) {
      saga().created_at = source_.saga->created_at;
      if (source_.saga->correlation != source_.id.text()) saga().correlation = source_.saga->correlation;
      // Its id there is the id of its trace, by which it is found.
      if (const auto trace = asked_trace_id(source_.saga->id.text()))
        saga().trace_parent = fmt::format("00-{}-{}-00", *trace, trace->substr(16));
    }
    decide_saga(StartSaga{}, started);
    reply(Succeeded{}, started);  // the order was created with it
  }

  // The payment as it is there; the saga does not know of it yet.
  void pay() {
    const SourcePayment& theirs = *source_.payment;
    const Moment began = at(theirs.created_at);
    Payment payment = begin_payment(theirs.id, source_.id, source_.user, 1, theirs.amount, began);
    payment.method = theirs.method;
    payment.charge_began_at = began.now;
    payment.charge_pending = kind_of(source_.payment) == PaymentThere::open;
    flow().payments.push_back(std::move(payment));
    const PaymentThere kind = kind_of(source_.payment);
    if (kind == PaymentThere::taken || kind == PaymentThere::returned)
      change(RecordCharge{theirs.external_transaction_id},
             at(time_of(EventType::payment_processed, theirs.updated_at)));
    if (kind == PaymentThere::refused)
      change(RecordRefusal{theirs.failure_reason}, at(time_of(EventType::payment_failed, theirs.updated_at)));
  }

  void change(const PaymentCommand& command, const Moment& moment) {
    std::vector<Event> events;
    if (const auto changed = change_payment(flow().payments.front(), command, moment, events); !changed)
      crash(changed.error().message.c_str());
    append(std::move(events), moment);
  }

  void go_on() {
    const PaymentThere payment = kind_of(source_.payment);
    switch (kind_of(source_.status)) {
      case OrderThere::open:
        return go_on_open(payment);
      case OrderThere::done:
        return go_on_done(payment);
      case OrderThere::undone:
        return go_on_undone(payment);
    }
  }

  void go_on_open(PaymentThere payment) {
    switch (out_.judgement) {
      case Judgement::taken_up:
        return;  // the call to charge has no answer
      case Judgement::ended_completed:
        reply(Succeeded{}, at(clock_));
        return confirm(now());
      case Judgement::ended_compensated:
        if (payment == PaymentThere::returned) {
          reply(Succeeded{}, at(clock_));
          confirm(at(clock_));
          return take_back(now(), out_.why);
        }
        reply(Refused{payment == PaymentThere::refused ? flow().payments.front().failure_reason : out_.why}, now());
        return cancel(now(), saga().error);
      case Judgement::left_to_a_person:
        if (payment == PaymentThere::taken || payment == PaymentThere::returned) {
          reply(Succeeded{}, at(clock_));
          return fail(confirmation, Direction::action);
        }
        return fail(payment_step, Direction::action);
      case Judgement::ended:
      case Judgement::not_yet:
        return;
    }
  }

  void go_on_done(PaymentThere payment) {
    const bool is_left = out_.judgement == Judgement::left_to_a_person;
    const bool was_taken = payment == PaymentThere::taken || payment == PaymentThere::returned;
    if (was_taken) reply(Succeeded{}, at(clock_));
    if (payment == PaymentThere::returned) give_back();
    const Moment confirmed = at(time_of(EventType::order_confirmed, std::max(clock_, source_.updated_at)));
    if (!is_left) {
      confirm(confirmed);
      return send_out();
    }
    decide_order(ConfirmOrder{source_.payment ? source_.payment->id.text() : source_.payment_id}, confirmed);
    send_out();
    fail(call_->step, Direction::action);
  }

  void go_on_undone(PaymentThere payment) {
    const SourceEvent* cancelled = event_of(EventType::order_cancelled);
    const Timestamp when = cancelled ? cancelled->at : source_.updated_at;
    const std::string reason = cancelled && !cancelled->reason.empty() ? cancelled->reason : "cancelled";
    if (payment == PaymentThere::taken || payment == PaymentThere::returned) {
      // An order that was cancelled without ever being confirmed counts as confirmed for that instant: what is charged
      // is given back by a saga that has passed its pivot.
      reply(Succeeded{}, at(clock_));
      confirm(at(time_of(EventType::order_confirmed, clock_)));
      return take_back(at(when), reason);
    }
    if (out_.judgement == Judgement::left_to_a_person) {
      close(at(when), reason);
      return fail(payment_step, Direction::action);
    }
    const bool is_refused = payment == PaymentThere::refused;
    reply(Refused{is_refused ? flow().payments.front().failure_reason : reason}, at(clock_));
    cancel(at(when), reason);
  }

  // An order that has failed was never confirmed.
  void confirm(const Moment& moment) {
    if (source_.status != OrderStatus::failed) decide_order(ConfirmOrder{flow().payments.front().id.text()}, moment);
    reply(Succeeded{}, moment);
  }

  // Undoes what was confirmed. A payment that was not refunded there stops it.
  void take_back(const Moment& moment, const std::string& reason) {
    decide_saga(CompensateSaga{reason}, moment);
    if (kind_of(source_.payment) != PaymentThere::returned) {
      close(moment, reason);
      return fail(payment_step, Direction::compensation);
    }
    give_back();
    reply(Succeeded{}, at(clock_));
    cancel(at(clock_), reason);
  }

  void give_back() { change(RecordRefund{}, at(time_of(EventType::payment_refunded, source_.payment->updated_at))); }

  // The last compensation.
  void cancel(const Moment& moment, const std::string& reason) {
    close(moment, reason);
    reply(Succeeded{}, moment);
    if (source_.saga && !source_.saga->error.empty()) saga().error = source_.saga->error;
  }

  // The order becomes what it is there: cancelled, or failed.
  void close(const Moment& moment, const std::string& reason) {
    if (source_.status != OrderStatus::failed) return decide_order(CancelOrder{reason}, moment);
    set_status(OrderStatus::failed, moment);
    flow().order.cancel_reason = reason;
  }

  void send_out() {
    if (source_.status == OrderStatus::paid) return;
    set_status(OrderStatus::shipped, at(source_.updated_at));
    if (source_.status == OrderStatus::delivered) set_status(OrderStatus::delivered, at(source_.updated_at));
  }
  // A change that no command of this system makes.
  void set_status(OrderStatus to, const Moment& moment) {
    Order& order = flow().order;
    Event event;
    event.type = EventType::order_status_changed;
    event.aggregate_type = AggregateType::order;
    event.aggregate = order.id.uuid;
    event.version = ++order.version;
    event.order = order.id;
    event.data = JsonObject()
                     .add("orderId", order.id.text())
                     .add("previousStatus", to_string(order.status))
                     .add("newStatus", to_string(to))
                     .take();
    order.status = to;
    order.updated_at = moment.now;
    std::vector<Event> events;
    events.push_back(std::move(event));
    append(std::move(events), moment);
  }

  // The saga stops at that step and requires manual intervention.
  void fail(std::size_t step, Direction direction) {
    Saga& failed = saga();
    const Moment moment = at(clock_);
    failed.status = SagaStatus::failed;
    failed.error =
        fmt::format("{} of {} is left to a person: {}", to_string(direction), definition_.steps[step].name, out_.why);
    failed.requires_manual_intervention = true;
    failed.wake_at.reset();
    failed.updated_at = moment.now;
    failed.steps[step].wake_at.reset();
    failed.steps[step].error = out_.why;
    const std::string id = failed.id.text();
    Event event;
    event.type = direction == Direction::action ? EventType::saga_failed : EventType::saga_compensation_failed;
    event.aggregate_type = AggregateType::saga;
    event.aggregate = failed.id.uuid;
    event.version = ++failed.version;
    event.order = source_.id;
    event.data = JsonObject()
                     .add("sagaId", id)
                     .add("sagaType", failed.type)
                     .add("orderId", id)
                     .add("step", definition_.steps[step].name)
                     .add("attempt", failed.steps[step].execution)
                     .add("reason", out_.why)
                     .add("requiresManualIntervention", true)
                     .take();
    std::vector<Event> events;
    events.push_back(std::move(event));
    append(std::move(events), moment);
  }

  // When the rows there were changed last.
  void keep_times() {
    flow().order.updated_at = std::max(flow().order.created_at, source_.updated_at);
    if (source_.saga) saga().updated_at = std::max(saga().created_at, source_.saga->updated_at);
  }

  const SourceOrder& source_;
  const ReplayOptions& options_;
  const SagaDefinition& definition_;
  Replayed out_;
  Timestamp clock_;
  std::optional<StepCall> call_;   // that the saga waits for
  std::vector<std::size_t> used_;  // the events there that have become events here
};

}  // namespace

Replayed replay(const SourceOrder& source, const ReplayOptions& options) {
  return FlowReplay(source, options).run();
}

}  // namespace sagactl
