#include "server/node/tracing/traced_calls.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "server/node/tracing/saga_spans.hpp"

namespace sagactl {
namespace {

std::string fresh_span_id() {
  return fmt::format("{:016x}", random_u64() | 1);
}

std::string_view header_named(const ParticipantCall& call, std::string_view name) {
  for (const auto& [key, value] : call.headers)
    if (key == name) return value;
  return {};
}

// A span from now on. Its end is measured, and not read from the clock of the node, which may be gone when a last call
// ends.
class OpenSpan {
 public:
  explicit OpenSpan(Span span) : span_(std::move(span)) {}

  void add_to(SpanSink& sink) {
    const auto took = std::chrono::steady_clock::now() - began_;
    span_.ended = span_.began + std::chrono::duration_cast<Duration>(took);
    sink.add(std::move(span_));
  }
  Span& span() { return span_; }

 private:
  Span span_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

// Empty: the trace is not sampled.
Span span_of(const ParticipantCall& call, Timestamp now) {
  const TraceParent own = sampled_parent(header_named(call, "traceparent"));
  Span span;
  if (own.trace_id.empty()) return span;
  const StepDefinition& step = call.definition->steps.at(call.call.step);
  const std::string& participant = call.definition->participants.at(call.participant).name;
  span.trace_id = own.trace_id;
  span.id = own.span_id;
  span.parent_id = step_span_id(call.call.saga, step.name, call.call.direction, call.call.execution);
  span.name = fmt::format("{} {}", call.is_question ? "ask" : "call", participant);
  span.kind = call.command.empty() ? SpanKind::client : SpanKind::producer;
  span.began = now;
  span.attributes = {{"sagactl.saga.id", call.call.saga.text()},
                     {"sagactl.step", step.name},
                     {"sagactl.participant", participant},
                     {"sagactl.direction", std::string(to_string(call.call.direction))}};
  if (!call.command.empty()) {
    span.attributes.emplace_back("messaging.system", "kafka");
    return span;
  }
  // Without the query, which may be somebody's data.
  span.attributes.emplace_back("http.request.method", call.method);
  span.attributes.emplace_back("url.full", call.url.substr(0, call.url.find('?')));
  return span;
}

void complete(Span& span, const ParticipantAnswer& answer) {
  if (answer.status > 0) span.attributes.emplace_back("http.response.status_code", std::to_string(answer.status));
  span.is_failed = !answer.failure.empty() || answer.status >= 400;
  span.error = answer.failure.empty() && span.is_failed ? fmt::format("HTTP {}", answer.status) : answer.failure;
}

class TracedParticipants : public ParticipantCaller {
 public:
  TracedParticipants(ParticipantCaller& participants, std::shared_ptr<SpanSink> sink, Clock& clock)
      : participants_(participants), sink_(std::move(sink)), clock_(clock) {}

  void call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) override {
    Span span = span_of(call, clock_.now());
    if (span.trace_id.empty()) return participants_.call(std::move(call), std::move(done));
    participants_.call(std::move(call), [sink = sink_, open = OpenSpan(std::move(span)),
                                         done = std::move(done)](ParticipantAnswer answer) mutable {
      complete(open.span(), answer);
      if (answer.was_called) open.add_to(*sink);
      done(std::move(answer));
    });
  }
  void withdraw(SagaId saga) override { participants_.withdraw(saga); }
  void set_guard(std::function<bool()> may_begin) override { participants_.set_guard(std::move(may_begin)); }
  std::vector<ParticipantStats> stats() const override { return participants_.stats(); }
  std::vector<ConsumerProgress> consumers() const override { return participants_.consumers(); }
  Result<void> check(const SagaDefinition& definition) const override { return participants_.check(definition); }
  Result<void> prepare(const SagaDefinition& definition) const override { return participants_.prepare(definition); }

 private:
  ParticipantCaller& participants_;
  const std::shared_ptr<SpanSink> sink_;
  Clock& clock_;
};

// Why a call to the provider was no success; empty: it was one.
std::string failure_of(const ChargeAnswer& answer) {
  if (const auto* refused = std::get_if<Refused>(&answer)) return refused->reason;
  if (const auto* unavailable = std::get_if<Unavailable>(&answer)) return unavailable->reason;
  if (const auto* unknown = std::get_if<UnknownOutcome>(&answer)) return unknown->reason;
  return {};
}
std::string failure_of(const QueryAnswer& answer) {
  if (const auto* refused = std::get_if<Refused>(&answer)) return refused->reason;
  if (const auto* unavailable = std::get_if<Unavailable>(&answer)) return unavailable->reason;
  return {};
}
std::string failure_of(const Outcome& answer) {
  return std::string(reason_of(answer));
}

class TracedGateway : public PaymentGateway {
 public:
  TracedGateway(std::unique_ptr<PaymentGateway> gateway, std::shared_ptr<SpanSink> sink, Clock& clock)
      : sink_(std::move(sink)), clock_(clock), gateway_(std::move(gateway)) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    gateway_->charge(charge, traced("charge", charge.order_id, charge.trace_parent, std::move(done)));
  }
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    gateway_->query(charge, traced("query", charge.order_id, charge.trace_parent, std::move(done)));
  }
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override {
    gateway_->refund(charge, amount, traced("refund", charge.order_id, charge.trace_parent, std::move(done)));
  }

 private:
  template <class Answer>
  std::function<void(Answer)> traced(const char* name, const std::string& order, const std::string& trace_parent,
                                     std::function<void(Answer)> done) {
    const TraceParent parent = sampled_parent(trace_parent);
    const auto id = OrderId::parse(order);
    if (parent.trace_id.empty() || !id) return done;
    Span span;
    span.trace_id = parent.trace_id;
    span.id = fresh_span_id();
    span.parent_id = saga_span_id({id->uuid}, 0);
    span.name = fmt::format("payment {}", name);
    span.kind = SpanKind::client;
    span.began = clock_.now();
    span.attributes = {{"sagactl.saga.id", order}};
    return [sink = sink_, open = OpenSpan(std::move(span)), done = std::move(done)](Answer answer) mutable {
      open.span().error = failure_of(answer);
      open.span().is_failed = !open.span().error.empty();
      open.add_to(*sink);
      done(std::move(answer));
    };
  }

  const std::shared_ptr<SpanSink> sink_;
  Clock& clock_;
  // Last: its destructor ends the calls in progress.
  const std::unique_ptr<PaymentGateway> gateway_;
};

}  // namespace

std::unique_ptr<ParticipantCaller> trace_calls(ParticipantCaller& participants, std::shared_ptr<SpanSink> sink,
                                               Clock& clock) {
  return std::make_unique<TracedParticipants>(participants, std::move(sink), clock);
}

std::unique_ptr<PaymentGateway> trace_calls(std::unique_ptr<PaymentGateway> gateway, std::shared_ptr<SpanSink> sink,
                                            Clock& clock) {
  return std::make_unique<TracedGateway>(std::move(gateway), std::move(sink), clock);
}

}  // namespace sagactl
