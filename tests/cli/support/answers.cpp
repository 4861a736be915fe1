#include "tests/cli/support/answers.hpp"

namespace sagactl {
namespace {

Json step(const char* name, const char* status, int execution, int tries, const char* from, const char* to,
          const Json& error) {
  return {{"name", name},      {"status", status}, {"attempt", execution}, {"tries", tries}, {"inDoubt", false},
          {"startedAt", from}, {"endedAt", to},    {"nodeId", "node-2"},   {"error", error}};
}

Json event(const char* type, const char* at, const char* node, const Json& data) {
  return {{"timestamp", at}, {"eventType", type}, {"occurredAt", at}, {"nodeId", node}, {"data", data}};
}

}  // namespace

Json an_order(const std::string& status) {
  return {{"id", some_id},
          {"userId", other_id},
          {"totalAmount", "19.00"},
          {"status", status},
          {"items", {{{"productId", "BOOK"}, {"productName", "BOOK"}, {"quantity", 2}, {"price", 9.5}}}},
          {"shippingAddress", "to be collected"},
          {"createdAt", "2026-11-20T13:04:07.137Z"},
          {"updatedAt", "2026-11-20T13:04:08.377Z"},
          {"correlationId", some_id},
          {"nodeId", "node-1"}};
}

Json a_saga(const std::string& id, const std::string& status, const std::string& error) {
  return {{"id", id},
          {"sagaType", "OrderProcessingSaga"},
          {"correlationId", id},
          {"status", status},
          {"currentStep", status == "started" ? "payment_processing" : status},
          {"completedSteps", Json::array({"payment_processing"})},
          {"compensationSteps", Json::array()},
          {"errorMessage", error.empty() ? Json(nullptr) : Json(error)},
          {"createdAt", "2026-11-20T13:04:07.137Z"},
          {"updatedAt", "2026-11-20T13:04:08.377Z"},
          {"nodeId", "node-1"},
          {"requiresManualIntervention", false}};
}

Json some_sagas(std::initializer_list<Json> sagas) {
  return {{"sagas", Json(sagas)}, {"total", sagas.size()}, {"page", 1}, {"limit", 20}, {"totalPages", 1}};
}

Json a_trace() {
  Json saga = a_saga(some_id, "completed");
  saga.erase("sagaType");
  saga["type"] = "OrderProcessingSaga";
  saga["steps"] = {
      step("payment_processing", "succeeded", 2, 3, "2026-11-20T13:04:07.200Z", "2026-11-20T13:04:08.300Z",
           "card declined"),
      step("order_confirmation", "succeeded", 1, 1, "2026-11-20T13:04:08.300Z", "2026-11-20T13:04:08.377Z", nullptr)};
  Json order = an_order("paid");
  const Json payment = {{"id", other_id},
                        {"status", "completed"},
                        {"amount", "19.00"},
                        {"attempt", 2},
                        {"externalTransactionId", "ext_tx_1"},
                        {"failureReason", nullptr}};
  return {{"correlationId", some_id},
          {"found", true},
          {"saga", saga},
          {"order", order},
          {"payment", payment},
          {"payments", Json::array({payment})},
          {"timeline",
           {event("OrderCreated", "2026-11-20T13:04:07.137042Z", "node-1", Json::object()),
            event("SagaStepCompleted", "2026-11-20T13:04:08.300500Z", "node-2", {{"step", "payment_processing"}})}},
          {"summary", {{"sagaStatus", "completed"}}}};
}

Json a_healthy_node() {
  return {{"status", "ok"},
          {"nodeId", "node-1"},
          {"dependencies",
           {{"database", {{"status", "up"}, {"required", true}, {"latencyMs", 0.5}}},
            {"committer", {{"status", "up"}, {"required", true}, {"commits", 7}, {"queueDepth", 2}}},
            {"bus", {{"status", "up"}, {"required", false}, {"unpublishedEvents", 3}}}}}};
}

}  // namespace sagactl
