// The payments of checkouts (system B): read, confirmed by the shop, given back, and found again at the provider.
#include "server/api/checkout/checkout.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t payment_key_max = 200;
constexpr std::chrono::milliseconds patience{20'000};  // with the provider

awaitable<Answer> list_payments(Context& context, Request& request) {
  const Result<FlowPage> found = co_await read_checkouts(context, request);
  if (!found) co_return said_as_checkout(found.error());
  Json body = Json::array();
  for (const Flow& flow : found->flows)
    for (const Payment& payment : flow.payments) body.push_back(checkout_payment(flow.order, payment));
  co_return http::json_response(200, body);
}

awaitable<Answer> get_payment(Context& context, Request& request) {
  const auto name = parse_checkout_payment_id(request.parameter("paymentId"));
  if (!name) co_return checkout_not_found("Payment");
  const Result<Flow> flow = co_await read_checkout(context, request, name->order);
  if (!flow) co_return flow.error().code == ErrorCode::not_found ? checkout_not_found("Payment") : flow.error();
  for (const Payment& payment : flow->payments) {
    if (payment.execution != name->execution) continue;
    const Json body = checkout_payment(flow->order, payment);
    co_return http::json_response(200, body);
  }
  co_return checkout_not_found("Payment");
}

awaitable<Answer> get_payment_of_order(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return checkout_not_found("Payment");
  const Result<Flow> flow = co_await read_checkout(context, request, *id);
  if (!flow) co_return flow.error().code == ErrorCode::not_found ? checkout_not_found("Payment") : flow.error();
  const Payment* payment = present_payment(*flow);
  if (!payment) co_return checkout_not_found("Payment");
  const Json body = checkout_payment(flow->order, *payment);
  co_return http::json_response(200, body);
}

bool is_given_back(const Flow& flow) {
  const Payment* payment = present_payment(flow);
  return !payment || payment->status == PaymentStatus::refunded || (flow.saga && is_terminal(flow.saga->status));
}

awaitable<Answer> refund(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return checkout_not_found("Payment");
  const Result<Flow> before = co_await read_checkout(context, request, *id);
  if (!before) co_return before.error();
  const Payment* paid = present_payment(*before);
  if (!paid) co_return checkout_not_found("Payment");
  if (paid->status != PaymentStatus::refunded) {
    if (paid->status != PaymentStatus::completed)
      co_return said_as_checkout(Error{ErrorCode::invalid, "only a successful payment can be refunded"});
    Command command = CancelOrderRequest{*id, actor_of(request), "Refunded"};
    const Result<Receipt> done = co_await submit(context, request, std::move(command));
    if (!done) co_return said_as_checkout(done.error());
  }
  const Result<Flow> flow = co_await await_flow(context, request, *id, patience, is_given_back);
  if (!flow) co_return said_as_checkout(flow.error());
  const Payment& payment = *present_payment(*flow);
  const bool is_done = payment.status == PaymentStatus::refunded;
  const Json body{{"message", is_done ? "Payment refunded successfully" : "Payment refund started"},
                  {"payment", checkout_payment(flow->order, payment)}};
  co_return http::json_response(200, body);
}

struct Confirmation {
  OrderId order;
  std::string payment_key;
  Money amount;
};

Result<Confirmation> parse_confirmation(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return said_as_checkout(json.error());
  Confirmation confirmation;
  http::Object body(*json);
  confirmation.payment_key = body.text("paymentKey", {.max = payment_key_max, .not_empty = true});
  confirmation.order = OrderId{body.uuid("orderId")};
  confirmation.amount = body.money("amount");
  if (const auto valid = body.finish(); !valid) return said_as_checkout(valid.error());
  return confirmation;
}

bool is_decided(const Flow& flow) {
  const Payment* payment = present_payment(flow);
  return !payment || payment->status != PaymentStatus::processing || (flow.saga && is_terminal(flow.saga->status));
}

// A payment that was confirmed with that key before.
bool is_recorded(const Flow& flow, const std::string& key) {
  const Payment* payment = present_payment(flow);
  return payment && payment->provider_key == key &&
         (payment->status == PaymentStatus::completed || payment->status == PaymentStatus::refunded);
}

Answer refused(const Flow& flow, const Payment& payment) {
  const std::string why = payment.failure_reason.empty() ? "the payment was not made" : payment.failure_reason;
  return said_as_checkout(
      Error{ErrorCode::invalid, why, Json{{"payment", checkout_payment(flow.order, payment)}}});
}

// Gives the key to the payment that waits for it, and waits for what the provider says. `recorded`: what to add when
// the payment had been recorded before, `made` when it is now.
awaitable<Answer> confirm_with(Context& context, Request& request, int status, Json recorded, Json made) {
  const auto confirmation = parse_confirmation(request.body);
  if (!confirmation) co_return confirmation.error();
  const OrderId id = confirmation->order;
  const Result<Flow> before = co_await read_checkout(context, request, id);
  if (!before) co_return before.error();
  const bool was_recorded = is_recorded(*before, confirmation->payment_key);
  Command command = ConfirmPaymentRequest{id, actor_of(request), confirmation->payment_key, confirmation->amount};
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return said_as_checkout(done.error());
  const Result<Flow> flow = co_await await_flow(context, request, id, patience, is_decided);
  if (!flow) co_return said_as_checkout(flow.error());
  const Payment& payment = *present_payment(*flow);
  if (payment.status == PaymentStatus::failed) co_return refused(*flow, payment);
  Json body = was_recorded ? std::move(recorded) : std::move(made);
  if (payment.status == PaymentStatus::processing) body["message"] = "Payment confirmation is under way";
  body["orderId"] = id.text();
  body["payment"] = checkout_payment(flow->order, payment);
  co_return http::json_response(was_recorded ? 200 : status, body);
}

awaitable<Answer> confirm(Context& context, Request& request) {
  Json recorded{{"message", "Payment was confirmed already"}, {"cached", true}};
  Json made{{"message", "Payment confirmed successfully"}, {"cached", false}};
  return confirm_with(context, request, 200, std::move(recorded), std::move(made));
}

// The provider is asked first whether it has charged under that key: then that is recorded, and nothing is charged.
awaitable<Answer> create_from_toss(Context& context, Request& request) {
  Json recorded{{"message", "Payment is recorded already"}, {"created", false}};
  Json made{{"message", "Payment created from Toss data"}, {"created", true}};
  return confirm_with(context, request, 201, std::move(recorded), std::move(made));
}

}  // namespace

void add_checkout_payment_routes(http::Router& router, Context& context) {
  using http::Method;
  const auto add = [&](Method method, std::string pattern, CheckoutHandler handler, std::string summary) {
    add_checkout_route(router, context, method, std::move(pattern), handler, std::move(summary), "payments");
  };
  add(Method::get, "/api/payments", list_payments, "Payments of the newest 1000 checkouts");
  add(Method::get, "/api/payments/{paymentId}", get_payment, "One payment");
  add(Method::get, "/api/payments/order/{orderId}", get_payment_of_order, "The present payment of a checkout");
  add(Method::post, "/api/payments/order/{orderId}/refund", refund,
      "Gives a payment back: the checkout is cancelled");
  add(Method::post, "/api/payments/confirm", confirm,
      "The shop says under which key the buyer has paid: the payment is made at the provider");
  add(Method::post, "/api/payments/create-from-toss", create_from_toss,
      "Records a payment that the provider has made and that is missing here");
}

}  // namespace sagactl::api
