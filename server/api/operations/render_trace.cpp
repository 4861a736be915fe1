#include "server/api/operations/render_trace.hpp"

#include <fmt/format.h>

#include "server/api/operations/render_calls.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/render.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t recent_events_max = 5;

std::string correlation_of_event(const Event& event) {
  return event.correlation.empty() ? event.order.text() : event.correlation;
}

Json timeline_entry(const Event& event) {
  return Json{{"timestamp", iso8601_ms(event.occurred_at)},
              {"eventType", to_string(event.type)},
              {"aggregateType", to_string(event.aggregate_type)},
              {"aggregateId", event.aggregate.text()},
              {"data", stored_json(event.data)},
              {"metadata", stored_json(event.metadata)},
              {"occurredAt", iso8601_us(event.occurred_at)},
              {"nodeId", event.node},
              {"sequence", event.sequence},
              {"version", event.version}};
}

Json timeline_json(const std::vector<Event>& events) {
  Json list = Json::array();
  for (const Event& event : events) list.push_back(timeline_entry(event));
  return list;
}

Json payments_json(const Flow& flow) {
  Json list = Json::array();
  for (const Payment& payment : flow.payments) list.push_back(traced_payment_json(payment));
  return list;
}

// A reservation of balance shows amounts of money.
Json reservation_json(const Reservation& reservation) {
  const bool is_money = reservation.kind == StockKind::balance;
  Json items = Json::array();
  for (const ReservationLine& line : reservation.lines)
    items.push_back(
        Json{{"id", line.stock}, {"quantity", is_money ? Json(Money{line.quantity}.text()) : Json(line.quantity)}});
  return Json{{"id", reservation.id.text()},
              {"kind", to_string(reservation.kind)},
              {"status", to_string(reservation.status)},
              {"attempt", reservation.execution},
              {"items", std::move(items)},
              {"reason", text_or_null(reservation.reason)},
              {"expiresAt", iso8601_ms(reservation.expires_at)},
              {"nodeId", text_or_null(reservation.node)},
              {"createdAt", iso8601_ms(reservation.created_at)},
              {"updatedAt", iso8601_ms(reservation.updated_at)}};
}

Json reservations_json(const Flow& flow) {
  Json list = Json::array();
  for (const Reservation& each : flow.reservations) list.push_back(reservation_json(each));
  return list;
}

Json latest_payment_or_null(const Flow& flow) {
  const Payment* payment = latest_payment(flow);
  return payment ? traced_payment_json(*payment) : Json(nullptr);
}

Json payment_status_or_null(const Flow& flow) {
  const Payment* payment = latest_payment(flow);
  return payment ? Json(to_string(payment->status)) : Json(nullptr);
}

Json order_or_null(const Flow& flow) {
  return is_users_saga(flow) ? Json(nullptr) : traced_order_json(flow.order);
}

Json order_status_or_null(const Flow& flow) {
  return is_users_saga(flow) ? Json(nullptr) : Json(to_string(flow.order.status));
}

Json saga_status_or_null(const Flow& flow) {
  return flow.saga ? Json(to_string(flow.saga->status)) : Json(nullptr);
}

Json trace_id_of_flow(const Flow& flow) {
  return flow.saga ? trace_id_or_null(flow.saga->trace_parent) : Json(nullptr);
}

}  // namespace

bool is_stuck(const Saga& saga, Timestamp now) {
  if (is_terminal(saga.status) || now - saga.updated_at < stuck_after) return false;
  return !saga.own_definition || (saga.wake_at && now - *saga.wake_at >= stuck_after);
}

Json event_json(const Event& event) {
  return Json{{"id", fmt::format("{}:{}", event.node, event.sequence)},
              {"timestamp", iso8601_ms(event.occurred_at)},
              {"eventType", to_string(event.type)},
              {"aggregateType", to_string(event.aggregate_type)},
              {"aggregateId", event.aggregate.text()},
              {"correlationId", correlation_of_event(event)},
              {"data", stored_json(event.data)},
              {"metadata", stored_json(event.metadata)},
              {"orderId", event.order.text()},
              {"traceId", trace_id_or_null(event.trace_parent)},
              {"occurredAt", iso8601_us(event.occurred_at)},
              {"nodeId", event.node},
              {"sequence", event.sequence},
              {"version", event.version}};
}

Json correlation_trace_json(const TracedFlow& traced) {
  const Flow& flow = traced.flow;
  const std::vector<Event>& events = traced.events;
  const Json duration = flow.saga ? Json(milliseconds(flow.saga->updated_at - flow.saga->created_at)) : Json(nullptr);
  const bool successful = flow.saga && flow.saga->status == SagaStatus::completed;
  Json json{{"correlationId", correlation_of(flow)},
            {"traceId", trace_id_of_flow(flow)},
            {"found", true},
            {"saga", flow.saga ? traced_saga_json(flow) : Json(nullptr)},
            {"order", order_or_null(flow)},
            {"payment", latest_payment_or_null(flow)},
            {"payments", payments_json(flow)},
            {"reservations", reservations_json(flow)},
            {"timeline", timeline_json(events)},
            {"summary",
             {{"totalEvents", events.size()},
              {"sagaStatus", saga_status_or_null(flow)},
              {"orderStatus", order_status_or_null(flow)},
              {"paymentStatus", payment_status_or_null(flow)},
              {"duration", duration},
              {"isSuccessful", successful}}}};
  if (is_users_saga(flow)) json["calls"] = calls_json(*flow.saga, traced.calls);
  return json;
}

Json order_trace_json(const TracedFlow& traced) {
  const Flow& flow = traced.flow;
  const std::vector<Event>& events = traced.events;
  Json sagas = Json::array();
  if (flow.saga) sagas.push_back(saga_json(flow));
  const std::size_t total_sagas = sagas.size();
  Json json{{"orderId", flow.order.id.text()},
            {"correlationId", correlation_of(flow)},
            {"traceId", trace_id_of_flow(flow)},
            {"found", true},
            {"order", order_or_null(flow)},
            {"sagas", std::move(sagas)},
            {"payment", latest_payment_or_null(flow)},
            {"payments", payments_json(flow)},
            {"reservations", reservations_json(flow)},
            {"events", timeline_json(events)},
            {"summary",
             {{"totalEvents", events.size()},
              {"totalSagas", total_sagas},
              {"hasPayment", !flow.payments.empty()},
              {"finalStatus",
               {{"order", order_status_or_null(flow)},
                {"payment", payment_status_or_null(flow)},
                {"saga", saga_status_or_null(flow)}}}}}};
  if (is_users_saga(flow)) json["calls"] = calls_json(*flow.saga, traced.calls);
  return json;
}

Json active_flow_json(const Flow& flow, const std::vector<Event>& events, Timestamp now) {
  Json recent = Json::array();
  for (std::size_t i = events.size(); i > 0 && recent.size() < recent_events_max; --i)
    recent.push_back(
        Json{{"eventType", to_string(events[i - 1].type)}, {"timestamp", iso8601_ms(events[i - 1].occurred_at)}});
  const Saga& state = *flow.saga;
  const Payment* payment = latest_payment(flow);
  Json full = traced_saga_json(flow);
  return Json{{"correlationId", correlation_of(flow)},
              {"saga",
               {{"id", full["id"]},
                {"status", full["status"]},
                {"currentStep", full["currentStep"]},
                {"completedSteps", full["completedSteps"]},
                {"errorMessage", full["errorMessage"]},
                {"duration", milliseconds(now - state.created_at)},
                {"nodeId", full["nodeId"]},
                {"nextTryAt", full["nextTryAt"]}}},
              {"order", is_users_saga(flow) ? Json(nullptr)
                                            : Json{{"id", flow.order.id.text()},
                                                   {"status", to_string(flow.order.status)},
                                                   {"totalAmount", flow.order.total.text()}}},
              {"payment", payment ? Json{{"id", payment->id.text()},
                                         {"status", to_string(payment->status)},
                                         {"failureReason", text_or_null(payment->failure_reason)}}
                                  : Json(nullptr)},
              {"recentEvents", std::move(recent)},
              {"isStuck", is_stuck(state, now)}};
}

}  // namespace sagactl::api
