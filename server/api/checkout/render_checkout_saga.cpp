#include "server/api/checkout/render_checkout_saga.hpp"

#include <map>

#include "server/api/checkout/checkout_step.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/render.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

std::string_view checkout_step_word(StepStatus status) {
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

// The ids that the step's participant assigned.
Json checkout_step_data(const Flow& flow, std::size_t step, int execution) {
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

Json checkout_steps(const Flow& flow) {
  const SagaDefinition* definition = definition_of(*flow.saga);
  Json list = Json::array();
  for (std::size_t i = 0; definition && i < flow.saga->steps.size() && i < definition->steps.size(); ++i) {
    const StepState& state = flow.saga->steps[i];
    list.push_back(Json{{"name", definition->steps[i].name},
                        {"status", checkout_step_word(state.status)},
                        {"startedAt", time_or_null(state.began_at)},
                        {"completedAt", time_or_null(state.ended_at)},
                        {"error", text_or_null(state.error)},
                        {"data", checkout_step_data(flow, i, state.execution)},
                        {"attempt", state.execution},
                        {"nodeId", text_or_null(state.node)}});
  }
  return list;
}

// The status of each step, by its name.
Json checkout_step_statuses(const Flow& flow) {
  const SagaDefinition* definition = definition_of(*flow.saga);
  Json statuses = Json::object();
  for (std::size_t i = 0; definition && i < flow.saga->steps.size() && i < definition->steps.size(); ++i)
    statuses[definition->steps[i].name] = checkout_step_word(flow.saga->steps[i].status);
  return statuses;
}

// The result of each retry: all but the last have failed, or there would have been no later one.
Json checkout_retries(const Saga& saga) {
  Json list = Json::array();
  for (std::size_t i = 0; i < saga.retries.size(); ++i) {
    const bool is_last = i + 1 == saga.retries.size();
    const bool runs = is_last && !is_terminal(saga.status);
    const bool worked = is_last && saga.status == SagaStatus::completed;
    list.push_back(Json{{"retryAt", iso8601_ms(saga.retries[i].at)},
                        {"fromStep", saga.retries[i].from_step},
                        {"result", runs     ? "IN_PROGRESS"
                                   : worked ? "SUCCESS"
                                            : "FAILED"},
                        {"error", is_last && !runs && !worked ? text_or_null(saga.error) : Json(nullptr)},
                        {"by", saga.retries[i].by}});
  }
  return list;
}

}  // namespace

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
  if (checkout_step_status(saga, reserve_inventory) == StepStatus::succeeded) return "INVENTORY_RESERVED";
  if (checkout_step_status(saga, reserve_inventory) == StepStatus::running) return "INVENTORY_RESERVING";
  if (checkout_step_status(saga, process_payment) == StepStatus::succeeded) return "PAYMENT_COMPLETED";
  if (checkout_step_status(saga, process_payment) == StepStatus::running) return "PAYMENT_PROCESSING";
  return "STARTED";
}

std::string checkout_saga_step(const Saga& saga) {
  if (saga.status == SagaStatus::completed) return "COMPLETED";
  if (saga.status == SagaStatus::compensating || saga.status == SagaStatus::compensated) return "COMPENSATE";
  const SagaDefinition* definition = definition_of(saga);
  for (std::size_t i = 0; definition && i < saga.steps.size() && i < definition->steps.size(); ++i)
    if (saga.steps[i].status != StepStatus::succeeded) return std::string(definition->steps[i].name);
  return "COMPLETE_ORDER";
}

const std::vector<std::string_view> checkout_saga_statuses = {"STARTED",
                                                              "PAYMENT_PROCESSING",
                                                              "PAYMENT_COMPLETED",
                                                              "INVENTORY_RESERVING",
                                                              "INVENTORY_RESERVED",
                                                              "COMPLETED",
                                                              "COMPENSATING",
                                                              "COMPENSATED",
                                                              "FAILED"};

std::optional<std::vector<SagaStage>> stages_of_checkout_status(std::string_view status) {
  // A step that succeeds has the next one running in the same commit.
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

Json checkout_saga_json(const Flow& flow) {
  const Saga& saga = *flow.saga;
  const Payment* payment = latest_payment(flow);
  const Reservation* reservation = latest_reservation(flow, StockKind::product);
  return Json{{"sagaId", checkout_saga_id(saga)},
              {"orderId", flow.order.id.text()},
              {"sagaType", saga.type},
              {"status", checkout_saga_status(saga)},
              {"currentStep", checkout_saga_step(saga)},
              {"steps", checkout_steps(flow)},
              {"stepStatuses", checkout_step_statuses(flow)},
              {"waitsForPayment", waits_for_buyer(flow)},
              {"orderData",
               {{"customerId", flow.order.customer},
                {"items", to_json(flow.order.items)},
                {"totalAmount", flow.order.total.number()}}},
              {"paymentId", payment ? Json(checkout_payment_id(*payment)) : Json(nullptr)},
              {"paymentStatus", payment ? Json(checkout_payment_status(payment->status)) : Json(nullptr)},
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
