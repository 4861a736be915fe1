#include "server/api/checkout/render_checkout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "common/text/text.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

// The places of the steps in both definitions of a checkout.
enum Step : std::size_t { create_order, process_payment, reserve_inventory, complete_order, step_count };

constexpr std::string_view payment_prefix = "PAY-";

StepStatus status_of(const Saga& saga, Step step) {
  return step < saga.steps.size() ? saga.steps[step].status : StepStatus::pending;
}

std::string_view word(StepStatus status) {
  switch (status) {
    case StepStatus::pending:
      return "PENDING";
    case StepStatus::running:
    case StepStatus::compensating:
      return "IN_PROGRESS";
    case StepStatus::succeeded:
      return "SUCCESS";
    case StepStatus::failed:
      return "FAILED";
    case StepStatus::compensated:
      return "COMPENSATED";
  }
  return "PENDING";
}

std::string_view word(PaymentStatus status) {
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

Json checkout_time(Timestamp time) {
  return time.us == 0 ? Json(nullptr) : Json(iso8601_ms(time));
}

// What the step's participant has to show.
Json step_data(const Flow& flow, std::size_t step, int execution) {
  if (step == process_payment) {
    for (const Payment& payment : flow.payments)
      if (payment.execution == execution)
        return Json{{"paymentId", checkout_payment_id(payment)},
                    {"transactionId", text_or_null(payment.external_transaction_id)}};
  } else if (step == reserve_inventory) {
    for (const Reservation& reservation : flow.reservations)
      if (reservation.kind == StockKind::product && reservation.execution == execution)
        return Json{{"reservationId", reservation.id.text()}};
  }
  return nullptr;
}

Json steps(const Flow& flow) {
  const SagaDefinition* definition = find_definition(flow.saga->type);
  Json list = Json::array();
  for (std::size_t i = 0; definition && i < flow.saga->steps.size() && i < definition->steps.size(); ++i) {
    const StepState& state = flow.saga->steps[i];
    list.push_back(Json{{"name", definition->steps[i].name},
                        {"status", word(state.status)},
                        {"startedAt", checkout_time(state.began_at)},
                        {"completedAt", checkout_time(state.ended_at)},
                        {"error", text_or_null(state.error)},
                        {"data", step_data(flow, i, state.execution)},
                        {"attempt", state.execution},
                        {"nodeId", text_or_null(state.node)}});
  }
  return list;
}

// What each retry came to: all but the last have failed, or there would be no other after them.
Json checkout_retries(const Saga& saga) {
  Json list = Json::array();
  for (std::size_t i = 0; i < saga.retries.size(); ++i) {
    const bool is_last = i + 1 == saga.retries.size();
    const bool runs = is_last && !is_terminal(saga.status);
    const bool worked = is_last && saga.status == SagaStatus::completed;
    list.push_back(Json{{"retryAt", iso8601_ms(saga.retries[i].at)},
                        {"fromStep", saga.retries[i].from_step},
                        {"result", runs ? "IN_PROGRESS" : worked ? "SUCCESS" : "FAILED"},
                        {"error", is_last && !runs && !worked ? text_or_null(saga.error) : Json(nullptr)},
                        {"by", saga.retries[i].by}});
  }
  return list;
}

}  // namespace

std::string checkout_order_status(const Flow& flow) {
  switch (flow.order.status) {
    case OrderStatus::paid:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return "COMPLETED";
    case OrderStatus::failed:
      return "FAILED";
    case OrderStatus::cancelled:
      return flow.saga && status_of(*flow.saga, process_payment) == StepStatus::failed ? "FAILED" : "CANCELLED";
    case OrderStatus::pending:
    case OrderStatus::processing:
      break;
  }
  if (!flow.saga) return "PENDING";
  if (status_of(*flow.saga, reserve_inventory) == StepStatus::succeeded) return "INVENTORY_RESERVED";
  if (status_of(*flow.saga, process_payment) == StepStatus::succeeded) return "PAYMENT_COMPLETED";
  if (status_of(*flow.saga, process_payment) == StepStatus::running) return "PAYMENT_PROCESSING";
  return "PENDING";
}

Json checkout_order(const Flow& flow) {
  const Order& order = flow.order;
  return Json{{"orderId", order.id.text()},
              {"customerId", order.customer},
              {"items", to_json(order.items)},
              {"totalAmount", order.total.number()},
              {"status", checkout_order_status(flow)},
              {"cancelReason", text_or_null(order.cancel_reason)},
              {"sagaType", flow.saga ? Json(flow.saga->type) : Json(nullptr)},
              {"correlationId", correlation_of(flow)},
              {"nodeId", order.node},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)}};
}

std::string checkout_payment_id(const Payment& payment) {
  return fmt::format("{}{}-{}", payment_prefix, payment.order.text(), payment.execution);
}

std::optional<PaymentName> parse_checkout_payment_id(std::string_view text) {
  if (!text.starts_with(payment_prefix)) return std::nullopt;
  text.remove_prefix(payment_prefix.size());
  const auto dash = text.rfind('-');
  if (dash == text.npos) return std::nullopt;
  const auto order = OrderId::parse(text.substr(0, dash));
  PaymentName name;
  const auto [end, error] = std::from_chars(text.data() + dash + 1, text.data() + text.size(), name.execution);
  if (!order || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  name.order = *order;
  return name;
}

Json checkout_payment(const Order& order, const Payment& payment) {
  return Json{{"paymentId", checkout_payment_id(payment)},
              {"orderId", payment.order.text()},
              {"customerId", order.customer},
              {"amount", payment.amount.number()},
              {"method", to_string(payment.method)},
              {"status", word(payment.status)},
              {"paymentKey", text_or_null(payment.provider_key)},
              {"transactionId", text_or_null(payment.external_transaction_id)},
              {"failureReason", text_or_null(payment.failure_reason)},
              {"attempt", payment.execution},
              {"createdAt", iso8601_ms(payment.created_at)},
              {"updatedAt", iso8601_ms(payment.updated_at)}};
}

Json checkout_stock(const Stock& stock) {
  return Json{{"productId", stock.key.id},
              {"productName", stock.name},
              {"availableQuantity", stock.available},
              {"reservedQuantity", stock.reserved},
              {"soldQuantity", stock.sold},
              {"price", stock.price.number()},
              {"updatedAt", iso8601_ms(stock.updated_at)}};
}

Json checkout_reservation(const OrderId& order, const Reservation& reservation) {
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

std::string checkout_saga_id(const Saga& saga) {
  return std::string(checkout_saga_prefix) + saga.id.text();
}

std::optional<SagaId> parse_checkout_saga_id(std::string_view text) {
  return SagaId::parse(without_saga_prefix(text));
}

std::string checkout_saga_status(const Saga& saga) {
  switch (saga.status) {
    case SagaStatus::completed:
      return "COMPLETED";
    case SagaStatus::failed:
      return "FAILED";
    case SagaStatus::compensating:
      return "COMPENSATING";
    case SagaStatus::compensated:
      return "COMPENSATED";
    case SagaStatus::started:
      break;
  }
  if (status_of(saga, reserve_inventory) == StepStatus::succeeded) return "INVENTORY_RESERVED";
  if (status_of(saga, reserve_inventory) == StepStatus::running) return "INVENTORY_RESERVING";
  if (status_of(saga, process_payment) == StepStatus::succeeded) return "PAYMENT_COMPLETED";
  if (status_of(saga, process_payment) == StepStatus::running) return "PAYMENT_PROCESSING";
  return "STARTED";
}

std::string checkout_saga_step(const Saga& saga) {
  if (saga.status == SagaStatus::completed) return "COMPLETED";
  if (saga.status == SagaStatus::compensating || saga.status == SagaStatus::compensated) return "COMPENSATE";
  const SagaDefinition* definition = find_definition(saga.type);
  for (std::size_t i = 0; definition && i < saga.steps.size() && i < definition->steps.size(); ++i)
    if (saga.steps[i].status != StepStatus::succeeded) return std::string(definition->steps[i].name);
  return "COMPLETE_ORDER";
}

const std::vector<std::string_view> checkout_saga_statuses = {
    "STARTED",   "PAYMENT_PROCESSING", "PAYMENT_COMPLETED", "INVENTORY_RESERVING", "INVENTORY_RESERVED",
    "COMPLETED", "COMPENSATING",       "COMPENSATED",       "FAILED"};

std::optional<std::vector<SagaStage>> stages_of_checkout_status(std::string_view status) {
  // A step that succeeds has the next one under way in the same commit.
  static const std::map<std::string_view, std::vector<SagaStage>> all = {
      {"STARTED", {{SagaStatus::started, create_order}}},
      {"PAYMENT_PROCESSING", {{SagaStatus::started, process_payment}}},
      {"PAYMENT_COMPLETED", {{SagaStatus::started, step_count}}},
      {"INVENTORY_RESERVING", {{SagaStatus::started, reserve_inventory}}},
      {"INVENTORY_RESERVED", {{SagaStatus::started, complete_order}}},
      {"COMPLETED", {{SagaStatus::completed, {}}}},
      {"COMPENSATING", {{SagaStatus::compensating, {}}}},
      {"COMPENSATED", {{SagaStatus::compensated, {}}}},
      {"FAILED", {{SagaStatus::failed, {}}}}};
  const auto found = all.find(status);
  return found == all.end() ? std::nullopt : std::optional(found->second);
}

Json orchestrated_saga(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const Payment* payment = present_payment(flow);
  const Reservation* reservation = latest_reservation(flow, StockKind::product);
  return Json{{"sagaId", checkout_saga_id(saga)},
              {"orderId", flow.order.id.text()},
              {"sagaType", saga.type},
              {"status", checkout_saga_status(saga)},
              {"currentStep", checkout_saga_step(saga)},
              {"steps", steps(flow)},
              {"orderData",
               {{"customerId", flow.order.customer},
                {"items", to_json(flow.order.items)},
                {"totalAmount", flow.order.total.number()}}},
              {"paymentId", payment ? Json(checkout_payment_id(*payment)) : Json(nullptr)},
              {"paymentStatus", payment ? Json(word(payment->status)) : Json(nullptr)},
              {"reservationId", reservation ? Json(reservation->id.text()) : Json(nullptr)},
              {"compensationReason", text_or_null(saga.error)},
              {"requiresManualIntervention", saga.requires_manual_intervention},
              {"retryHistory", checkout_retries(saga)},
              {"lastRetryAt", saga.retries.empty() ? Json(nullptr) : Json(iso8601_ms(saga.retries.back().at))},
              {"correlationId", correlation_of(flow)},
              {"createdAt", iso8601_ms(saga.created_at)},
              {"updatedAt", iso8601_ms(saga.updated_at)}};
}

}  // namespace sagactl::api
