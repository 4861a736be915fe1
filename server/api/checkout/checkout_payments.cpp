// The payments of checkouts: read, confirmed by the shop, refunded, and recorded from the provider.
#include <fmt/format.h>

#include "server/api/checkout/checkout.hpp"
#include "server/api/checkout/handlers.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/render.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t payment_key_max = 200;
constexpr std::chrono::milliseconds provider_patience{20'000};

bool is_refunded_or_ended(const Flow& flow) {
  const Payment* payment = latest_payment(flow);
  return !payment || payment->status == PaymentStatus::refunded || (flow.saga && is_terminal(flow.saga->status));
}

struct PaymentConfirmation {
  OrderId order;
  std::string payment_key;
  Money amount;
};

Result<PaymentConfirmation> parse_payment_confirmation(std::string_view text, bool is_record) {
  const auto json = http::parse_json_object(text);
  if (!json) return checkout_error(json.error());
  PaymentConfirmation confirmation;
  http::ObjectReader body(*json);
  const bool has_other_name = is_record && !body.has("paymentKey") && body.has("tossPaymentKey");
  confirmation.payment_key =
      body.text(has_other_name ? "tossPaymentKey" : "paymentKey", {.max = payment_key_max, .not_empty = true});
  confirmation.order = OrderId{body.uuid("orderId")};
  confirmation.amount = body.money("amount");
  // What a record of a payment says besides is accepted and ignored: the provider is asked.
  if (is_record)
    for (const char* member : {"paymentId", "customerId", "status", "paymentMethod", "transactionId", "tossPaymentKey",
                               "tossOrderId", "receiptUrl", "processedAt", "tossResponseData"})
      (void)body.any(member);
  if (const auto valid = body.finish(); !valid) return checkout_error(valid.error());
  return confirmation;
}

// The payment, with the node's own receipt where the provider gave none.
Json payment_json(const Request& request, const Order& order, const Payment& payment) {
  const std::string_view host = request.header("host");
  std::string receipt;
  if (!host.empty())
    receipt = fmt::format("{}://{}/shop/receipts/{}", request.is_https ? "https" : "http", host, order.id.text());
  return checkout_payment_json(order, payment, receipt);
}

// The payment as the provider's API has it.
Json toss_payment_json(const Payment& payment) {
  const PaymentFacts& facts = payment.facts;
  return Json{{"paymentKey", payment.provider_key},
              {"orderId", payment.order.text()},
              {"status", payment.status == PaymentStatus::completed ? "DONE" : "CANCELED"},
              {"method", text_or_null(facts.method)},
              {"totalAmount", payment.amount.number()},
              {"approvedAt", time_or_null(facts.approved_at)},
              {"receipt", facts.receipt_url.empty() ? Json(nullptr) : Json{{"url", facts.receipt_url}}}};
}

bool is_decided(const Flow& flow) {
  const Payment* payment = latest_payment(flow);
  return !payment || payment->status != PaymentStatus::processing || (flow.saga && is_terminal(flow.saga->status));
}

// Whether the payment was confirmed with that key before.
bool is_recorded(const Flow& flow, const std::string& key) {
  const Payment* payment = latest_payment(flow);
  return payment && payment->provider_key == key &&
         (payment->status == PaymentStatus::completed || payment->status == PaymentStatus::refunded);
}

Answer refused_payment(const Request& request, const Flow& flow, const Payment& payment) {
  const std::string why = payment.failure_reason.empty() ? "the payment failed" : payment.failure_reason;
  return checkout_error(Error{ErrorCode::invalid, why, Json{{"payment", payment_json(request, flow.order, payment)}}});
}

// Passes the key to the payment that waits for it, and waits for the provider's result. The body is based on
// `recorded_before` when the payment was confirmed with that key already, else on `recorded_now`.
awaitable<Answer> confirm_with(Context& context, Request& request, bool is_record, Json recorded_before,
                               Json recorded_now) {
  const auto confirmation = parse_payment_confirmation(request.body, is_record);
  if (!confirmation) co_return confirmation.error();
  const OrderId id = confirmation->order;
  const Result<Flow> before = co_await read_checkout(context, request, id);
  if (!before) co_return before.error();
  const bool was_recorded = is_recorded(*before, confirmation->payment_key);
  Command command = ConfirmPaymentRequest{id, actor_of(request), confirmation->payment_key, confirmation->amount};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return checkout_error(receipt.error());
  const Result<Flow> flow = co_await await_flow(context, request, id, provider_patience, is_decided);
  if (!flow) co_return checkout_error(flow.error());
  const Payment& payment = *latest_payment(*flow);
  if (payment.status == PaymentStatus::failed) co_return refused_payment(request, *flow, payment);
  Json body = was_recorded ? std::move(recorded_before) : std::move(recorded_now);
  if (payment.status == PaymentStatus::processing) body["message"] = "Payment confirmation is in progress";
  body["orderId"] = id.text();
  body["payment"] = payment_json(request, flow->order, payment);
  if (payment.status != PaymentStatus::processing) body["tossPaymentData"] = toss_payment_json(payment);
  co_return http::json_response(is_record && !was_recorded ? 201 : 200, body);
}

}  // namespace

awaitable<Answer> list_payments(Context& context, Request& request) {
  const Result<FlowPage> found = co_await read_checkouts(context, request);
  if (!found) co_return checkout_error(found.error());
  Json body = Json::array();
  for (const Flow& flow : found->flows)
    for (const Payment& payment : flow.payments) body.push_back(payment_json(request, flow.order, payment));
  co_return http::json_response(200, body);
}

awaitable<Answer> get_payment(Context& context, Request& request) {
  const auto name = parse_checkout_payment_id(request.parameter("paymentId"));
  if (!name) co_return checkout_not_found("Payment");
  const Result<Flow> flow = co_await read_checkout(context, request, name->order);
  if (!flow) co_return flow.error().code == ErrorCode::not_found ? checkout_not_found("Payment") : flow.error();
  for (const Payment& payment : flow->payments) {
    if (payment.execution != name->execution) continue;
    const Json body = payment_json(request, flow->order, payment);
    co_return http::json_response(200, body);
  }
  co_return checkout_not_found("Payment");
}

awaitable<Answer> get_payment_of_checkout(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return checkout_not_found("Payment");
  const Result<Flow> flow = co_await read_checkout(context, request, *id);
  if (!flow) co_return flow.error().code == ErrorCode::not_found ? checkout_not_found("Payment") : flow.error();
  const Payment* payment = latest_payment(*flow);
  if (!payment) co_return checkout_not_found("Payment");
  const Json body = payment_json(request, flow->order, *payment);
  co_return http::json_response(200, body);
}

awaitable<Answer> refund_payment(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  if (!id) co_return checkout_not_found("Payment");
  const Result<Flow> before = co_await read_checkout(context, request, *id);
  if (!before) co_return before.error();
  const Payment* paid = latest_payment(*before);
  if (!paid) co_return checkout_not_found("Payment");
  if (paid->status != PaymentStatus::refunded) {
    if (paid->status != PaymentStatus::completed)
      co_return checkout_error(Error{ErrorCode::invalid, "only a successful payment can be refunded"});
    Command command = CancelOrderRequest{*id, actor_of(request), "Refunded"};
    const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
    if (!receipt) co_return checkout_error(receipt.error());
  }
  const Result<Flow> flow = co_await await_flow(context, request, *id, provider_patience, is_refunded_or_ended);
  if (!flow) co_return checkout_error(flow.error());
  const Payment& payment = *latest_payment(*flow);
  const bool is_done = payment.status == PaymentStatus::refunded;
  const Json body{{"message", is_done ? "Payment refunded successfully" : "Payment refund started"},
                  {"payment", payment_json(request, flow->order, payment)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> confirm_payment(Context& context, Request& request) {
  Json recorded_before{{"message", "Payment was confirmed already"}, {"cached", true}};
  Json recorded_now{{"message", "Payment confirmed successfully"}, {"cached", false}};
  return confirm_with(context, request, false, std::move(recorded_before), std::move(recorded_now));
}

// The gateway queries the provider before it confirms, so that a payment made there is recorded and not made twice.
awaitable<Answer> create_payment_from_toss(Context& context, Request& request) {
  Json recorded_before{{"message", "Payment is recorded already"}, {"created", false}};
  Json recorded_now{{"message", "Payment created from Toss data"}, {"created", true}};
  return confirm_with(context, request, true, std::move(recorded_before), std::move(recorded_now));
}

}  // namespace sagactl::api
