#include "server/adapters/toss/toss_gateway.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>

#include "common/log.hpp"
#include "httpclient/async_http_client.hpp"
#include "httpclient/basic_auth.hpp"
#include "server/adapters/toss/idempotency_keys.hpp"
#include "server/adapters/toss/toss_answer.hpp"
#include "server/adapters/toss/toss_error.hpp"
#include "server/adapters/toss/toss_request.hpp"

namespace sagactl {
namespace {

using toss::ExpectedPayment;
using toss::TossError;
using toss::TossErrorMeaning;
using toss::TossPayment;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds pause_max{60};  // of a Retry-After

using ChargeDone = std::function<void(ChargeAnswer)>;
using QueryDone = std::function<void(QueryAnswer)>;
using RefundDone = std::function<void(Outcome)>;

// Seconds; 0 for none or for a date.
std::chrono::seconds retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("Retry-After");
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure != std::errc{} || end != text.data() + text.size() || seconds < 0) return std::chrono::seconds(0);
  return std::min(std::chrono::seconds(seconds), pause_max);
}

// What a missing answer means for a call that changes something.
template <class Answer>
Answer of_failure(const Error& error) {
  if (error.code == ErrorCode::unavailable || error.code == ErrorCode::busy) return Unavailable{error.message};
  return UnknownOutcome{error.message};
}

class TossGateway : public PaymentGateway {
 public:
  TossGateway(const TossOptions& options, std::unique_ptr<AsyncHttpClient> client)
      : secret_(options.secret), authorization_(basic_authorization(options.secret, "")), client_(std::move(client)) {}

  // Answers the calls in progress while everything that their callbacks use exists.
  ~TossGateway() override { client_->stop(); }

  void charge(const Charge& charge, ChargeDone done) override {
    const std::string key = toss::payment_key(charge.payment_key, charge.key);
    if (auto why = toss::why_impossible(charge.order_id, key)) return done(Refused{std::move(*why)});
    // Another payment key or amount makes another call: under the same idempotency key it would get the first one's
    // answer.
    const std::string call = fmt::format("confirm {} {} {}", charge.key, key, charge.amount.text());
    send(toss::confirm_request(charge, key, keys_.key_of(call)),
         [this, charge, key, call, done = std::move(done)](Result<HttpResponse> response) {
           if (!response) return done(of_failure<ChargeAnswer>(response.error()));
           if (response->ok()) return confirmed(*response, charge, key, done);
           const TossError error = read_error(*response, call);
           switch (error.meaning) {
             case TossErrorMeaning::refused:
               return done(Refused{error.reason});
             case TossErrorMeaning::no_such_payment:
               return done(Refused{error.reason});
             case TossErrorMeaning::unavailable:
               return done(Unavailable{error.reason});
             case TossErrorMeaning::unknown:
               return done(UnknownOutcome{error.reason});
             case TossErrorMeaning::order_taken:
               return resolve(charge, key, Refused{error.reason}, done);
             case TossErrorMeaning::already_confirmed:
             case TossErrorMeaning::already_cancelled:
               return resolve(charge, key, UnknownOutcome{error.reason}, done);
           }
         });
  }

  void query(const EarlierCharge& charge, QueryDone done) override {
    const std::string key = toss::payment_key(charge.payment_key, charge.key);
    // What the provider would have rejected was not charged.
    if (toss::why_impossible(charge.order_id, key)) return done(NotCharged{});
    query_payment(key, charge.trace_parent,
                  [order = charge.order_id, done = std::move(done)](const QueriedPayment& queried) {
                    if (const auto* payment = std::get_if<TossPayment>(&queried))
                      return done(state_of(*payment, {order, {}}));
                    if (const auto* unavailable = std::get_if<Unavailable>(&queried)) return done(*unavailable);
                    done(NotCharged{});
                  });
  }

  void refund(const EarlierCharge& charge, Money amount, RefundDone done) override {
    const std::string key = toss::payment_key(charge.payment_key, charge.key);
    if (auto why = toss::why_impossible(charge.order_id, key)) return done(Refused{std::move(*why)});
    query_payment(key, charge.trace_parent,
                  [this, charge, key, amount, done = std::move(done)](const QueriedPayment& queried) {
                    if (const auto* unavailable = std::get_if<Unavailable>(&queried)) return done(*unavailable);
                    const auto* payment = std::get_if<TossPayment>(&queried);
                    if (!payment) return done(Refused{"the payment provider has no such payment"});
                    if (payment->status == toss::TossPaymentStatus::canceled && payment->order_id == charge.order_id)
                      return done(Succeeded{});
                    const QueryAnswer state = state_of(*payment, {charge.order_id, amount});
                    if (const auto* refused = std::get_if<Refused>(&state)) return done(*refused);
                    if (!std::holds_alternative<Charged>(state))
                      return done(Unavailable{"the payment is not charged yet"});
                    cancel(charge, key, done);
                  });
  }

 private:
  // The payment, none of that key, or no answer.
  using QueriedPayment = std::variant<TossPayment, NotCharged, Unavailable>;

  void send(HttpRequest request, AsyncHttpClient::Done done) {
    const auto pause = std::chrono::ceil<std::chrono::seconds>(paused_until_.load() - Steady::now());
    if (pause > std::chrono::seconds(0))
      return done(Error{ErrorCode::unavailable,
                        fmt::format("the payment provider asked for no calls for another {} s", pause.count())});
    request.headers.emplace_back("Authorization", authorization_);
    client_->send(std::move(request), std::move(done));
  }

  void query_payment(const std::string& key, const std::string& trace_parent,
                     std::function<void(const QueriedPayment&)> done) {
    send(toss::query_request(key, trace_parent), [this, key, done = std::move(done)](Result<HttpResponse> response) {
      if (!response) return done(Unavailable{response.error().message});
      if (response->ok()) {
        auto payment = toss::payment_of(*response, key);
        if (!payment) return done(Unavailable{payment.error().message});
        payment->failure = without_secret(std::move(payment->failure));
        return done(std::move(payment).value());
      }
      const TossError error = read_error(*response, "");
      if (error.meaning == TossErrorMeaning::no_such_payment) return done(NotCharged{});
      done(Unavailable{error.reason});
    });
  }

  // A confirmation's answer that is ok. If it is not this payment, the outcome is unknown.
  void confirmed(const HttpResponse& response, const Charge& charge, const std::string& key, const ChargeDone& done) {
    const auto payment = toss::payment_of(response, key);
    if (!payment) return done(UnknownOutcome{payment.error().message});
    const QueryAnswer state = state_of(*payment, {charge.order_id, charge.amount});
    if (const auto* charged = std::get_if<Charged>(&state)) return done(*charged);
    // Money was captured that was not requested: a person has to look at it.
    log_error("the payment provider confirmed another payment than requested",
              {{"order", charge.order_id}, {"amount", charge.amount.text()}, {"confirmed", payment->amount.text()}});
    done(UnknownOutcome{"the payment provider confirmed the payment and did not charge what was requested"});
  }

  // The payment, or the order, was confirmed before: the payment shows whether by us. `otherwise` is the answer when it
  // was not.
  void resolve(const Charge& charge, const std::string& key, ChargeAnswer otherwise, const ChargeDone& done) {
    const ExpectedPayment expected{charge.order_id, charge.amount};
    query_payment(key, charge.trace_parent,
                  [expected, otherwise = std::move(otherwise), done](const QueriedPayment& queried) {
                    if (const auto* unavailable = std::get_if<Unavailable>(&queried))
                      return done(UnknownOutcome{unavailable->reason});
                    const auto* payment = std::get_if<TossPayment>(&queried);
                    if (!payment) return done(otherwise);
                    const QueryAnswer state = state_of(*payment, expected);
                    if (const auto* charged = std::get_if<Charged>(&state)) return done(*charged);
                    if (const auto* refused = std::get_if<Refused>(&state)) return done(*refused);
                    if (const auto* unavailable = std::get_if<Unavailable>(&state))
                      return done(UnknownOutcome{unavailable->reason});
                    done(otherwise);
                  });
  }

  void cancel(const EarlierCharge& charge, const std::string& key, const RefundDone& done) {
    const std::string call = fmt::format("cancel {} {}", charge.key, key);
    send(toss::cancel_request(key, keys_.key_of(call), charge.trace_parent),
         [this, key, call, done](Result<HttpResponse> response) {
           if (!response) return done(of_failure<Outcome>(response.error()));
           if (response->ok()) {
             const auto payment = toss::payment_of(*response, key);
             if (!payment) return done(UnknownOutcome{payment.error().message});
             if (payment->status == toss::TossPaymentStatus::canceled) return done(Succeeded{});
             return done(UnknownOutcome{"the payment provider did not refund the full payment"});
           }
           const TossError error = read_error(*response, call);
           switch (error.meaning) {
             case TossErrorMeaning::already_cancelled:
               return done(Succeeded{});
             case TossErrorMeaning::unavailable:
               return done(Unavailable{error.reason});
             case TossErrorMeaning::unknown:
               return done(UnknownOutcome{error.reason});
             case TossErrorMeaning::refused:
             case TossErrorMeaning::no_such_payment:
             case TossErrorMeaning::order_taken:
             case TossErrorMeaning::already_confirmed:
               return done(Refused{error.reason});
           }
         });
  }

  // Also applies what the error demands of later calls. `call`: what may be retried; "" for a query.
  TossError read_error(const HttpResponse& response, const std::string& call) {
    TossError error = toss::toss_error_of(response);
    error.reason = without_secret(std::move(error.reason));
    const bool may_retry = error.meaning == TossErrorMeaning::unavailable || error.meaning == TossErrorMeaning::unknown;
    if (may_retry && !error.in_progress && !call.empty()) keys_.retire(call);
    if (error.meaning == TossErrorMeaning::unavailable)
      if (const auto pause = retry_after(response); pause.count() > 0) paused_until_ = Steady::now() + pause;
    if (error.key_refused) log_error("the payment provider rejects this node's secret key", {{"reason", error.reason}});
    return error;
  }

  // The provider may quote parts of a request in its errors.
  std::string without_secret(std::string text) const {
    const std::string_view encoded = std::string_view(authorization_).substr(std::string_view("Basic ").size());
    for (const std::string_view hidden : {std::string_view(secret_), encoded})
      for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at))
        text.replace(at, hidden.size(), "***");
    return text;
  }

  const std::string secret_;
  const std::string authorization_;
  toss::IdempotencyKeys keys_;
  std::atomic<Steady::time_point> paused_until_ = Steady::time_point();
  std::unique_ptr<AsyncHttpClient> client_;
};

}  // namespace

Result<std::unique_ptr<PaymentGateway>> make_toss_gateway(const TossOptions& options) {
  AsyncHttpClientOptions http;
  http.timeout = options.answer_time;
  http.connections_max = options.connections_max;
  http.requests_max = options.calls_max;
  http.authorities = options.authorities;
  auto client = AsyncHttpClient::make(options.base, http);
  if (!client) return client.error();
  return std::unique_ptr<PaymentGateway>(std::make_unique<TossGateway>(options, std::move(client).value()));
}

}  // namespace sagactl
