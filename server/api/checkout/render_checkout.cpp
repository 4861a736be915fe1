#include "server/api/checkout/render_checkout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/text/text.hpp"
#include "server/api/checkout/checkout_step.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

constexpr std::string_view payment_prefix = "PAY-";

// Whether the saga cancelled the order because one of its steps failed, and no person did.
bool was_given_up(const Saga& saga) {
  return std::any_of(saga.steps.begin(), saga.steps.end(), [&](const StepState& step) {
    return step.status == StepStatus::failed && !saga.error.empty() && step.error == saga.error;
  });
}

// Why the checkout failed or was cancelled; null while it has not ended so.
Json failure_reason(const Flow& flow) {
  if (is_live(flow.order.status)) return nullptr;
  if (flow.saga && !flow.saga->error.empty()) return flow.saga->error;
  return text_or_null(flow.order.cancel_reason);
}

}  // namespace

std::string_view checkout_payment_status(PaymentStatus status) {
  switch (status) {
    case PaymentStatus::pending:
    case PaymentStatus::processing:
      return "PENDING";
    case PaymentStatus::completed:
      return "SUCCESS";
    case PaymentStatus::failed:
      return "FAILED";
    case PaymentStatus::refunded:
      return "REFUNDED";
  }
  return "PENDING";
}

std::string checkout_order_status(const Flow& flow) {
  switch (flow.order.status) {
    case OrderStatus::paid:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return "COMPLETED";
    case OrderStatus::failed:
      return "FAILED";
    case OrderStatus::cancelled:
      return flow.saga && was_given_up(*flow.saga) ? "FAILED" : "CANCELLED";
    case OrderStatus::pending:
    case OrderStatus::processing:
      break;
  }
  if (!flow.saga) return "PENDING";
  if (checkout_step_status(*flow.saga, reserve_inventory) == StepStatus::succeeded) return "INVENTORY_RESERVED";
  if (checkout_step_status(*flow.saga, process_payment) == StepStatus::succeeded) return "PAYMENT_COMPLETED";
  if (checkout_step_status(*flow.saga, process_payment) == StepStatus::running && !waits_for_buyer(flow))
    return "PAYMENT_PROCESSING";
  return "PENDING";
}

bool waits_for_buyer(const Flow& flow) {
  if (!flow.saga || flow.saga->status != SagaStatus::started ||
      checkout_step_status(*flow.saga, process_payment) != StepStatus::running)
    return false;
  if (flow.payments.empty()) return true;
  const Payment& payment = flow.payments.back();
  return payment.status == PaymentStatus::processing && payment.provider_key.empty() &&
         payment.charge_began_at == Timestamp{};
}

Json checkout_order_json(const Flow& flow) {
  const Order& order = flow.order;
  const Payment* payment = flow.payments.empty() ? nullptr : &flow.payments.back();
  const Reservation* reservation = latest_reservation(flow, StockKind::product);
  return Json{{"orderId", order.id.text()},
              {"customerId", order.customer},
              {"items", to_json(order.items)},
              {"totalAmount", order.total.number()},
              {"status", checkout_order_status(flow)},
              {"cancelReason", text_or_null(order.cancel_reason)},
              {"failureReason", failure_reason(flow)},
              {"paymentId", payment ? Json(checkout_payment_id(*payment)) : Json(nullptr)},
              {"inventoryReservationId", reservation ? Json(reservation->id.text()) : Json(nullptr)},
              {"sagaType", flow.saga ? Json(flow.saga->type) : Json(nullptr)},
              {"correlationId", correlation_of(flow)},
              {"nodeId", order.node},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)}};
}

std::string checkout_payment_id(const Payment& payment) {
  return fmt::format("{}{}-{}", payment_prefix, payment.order.text(), payment.execution);
}

std::optional<CheckoutPaymentId> parse_checkout_payment_id(std::string_view text) {
  if (!text.starts_with(payment_prefix)) return std::nullopt;
  text.remove_prefix(payment_prefix.size());
  const auto dash = text.rfind('-');
  if (dash == text.npos) return std::nullopt;
  const auto order = OrderId::parse(text.substr(0, dash));
  CheckoutPaymentId name;
  const auto [end, error] = std::from_chars(text.data() + dash + 1, text.data() + text.size(), name.execution);
  if (!order || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  name.order = *order;
  return name;
}

Json checkout_payment_json(const Order& order, const Payment& payment, const std::string& receipt_url) {
  const bool was_charged = payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded;
  const std::string& receipt = payment.facts.receipt_url.empty() ? receipt_url : payment.facts.receipt_url;
  const std::string method =
      payment.facts.method.empty() ? std::string(to_string(payment.method)) : payment.facts.method;
  const Json key = text_or_null(payment.provider_key);
  return Json{
      {"paymentId", checkout_payment_id(payment)},
      {"orderId", payment.order.text()},
      {"customerId", order.customer},
      {"amount", payment.amount.number()},
      {"method", method},
      {"paymentMethod", method},
      {"status", checkout_payment_status(payment.status)},
      {"paymentKey", key},
      {"tossPaymentKey", key},
      {"tossOrderId", key.is_null() ? Json(nullptr) : Json(payment.order.text())},
      {"transactionId", text_or_null(payment.external_transaction_id)},
      {"failureReason", text_or_null(payment.failure_reason)},
      {"receiptUrl", was_charged ? text_or_null(receipt) : Json(nullptr)},
      {"processedAt", time_or_null(payment.facts.approved_at)},
      {"refundedAt", time_or_null(payment.status == PaymentStatus::refunded ? payment.updated_at : Timestamp{})},
      {"attempt", payment.execution},
      {"createdAt", iso8601_ms(payment.created_at)},
      {"updatedAt", iso8601_ms(payment.updated_at)}};
}

Json checkout_stock_json(const Stock& stock) {
  return Json{{"productId", stock.key.id},
              {"productName", stock.name},
              {"availableQuantity", stock.available},
              {"reservedQuantity", stock.reserved},
              {"soldQuantity", stock.sold},
              {"price", stock.price.number()},
              {"updatedAt", iso8601_ms(stock.updated_at)}};
}

Json checkout_reservation_json(const OrderId& order, const Reservation& reservation) {
  Json items = Json::array();
  for (const ReservationLine& line : reservation.lines)
    items.push_back(Json{{"productId", line.stock}, {"quantity", line.quantity}});
  return Json{{"reservationId", reservation.id.text()},
              {"orderId", order.text()},
              {"items", std::move(items)},
              {"status", upper(to_string(reservation.status))},
              {"reason", text_or_null(reservation.reason)},
              {"expiresAt", iso8601_ms(reservation.expires_at)},
              {"createdAt", iso8601_ms(reservation.created_at)},
              {"updatedAt", iso8601_ms(reservation.updated_at)}};
}

const Reservation* latest_reservation(const Flow& flow, StockKind kind) {
  const auto found = std::find_if(flow.reservations.rbegin(), flow.reservations.rend(),
                                  [kind](const Reservation& reservation) { return reservation.kind == kind; });
  return found == flow.reservations.rend() ? nullptr : &*found;
}

}  // namespace sagactl::api
