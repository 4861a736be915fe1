#include "server/participants/shop_events.hpp"

#include <algorithm>

#include "common/text/json_object.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {
namespace {

// Puts the members before the end of the object.
void append_members(std::string& object, JsonObject more) {
  const std::string text = more.take();
  if (text.size() <= 2 || object.empty() || object.back() != '}') return;
  object.pop_back();
  if (object.size() > 1) object += ',';
  object.append(text, 1);
}

const Payment* payment_of(const Flow& flow, const Uuid& id) {
  const auto found = std::find_if(flow.payments.begin(), flow.payments.end(),
                                  [&](const Payment& payment) { return payment.id.uuid == id; });
  return found == flow.payments.end() ? nullptr : &*found;
}

void add_payment_facts(JsonObject& data, const Payment& payment) {
  if (!payment.external_transaction_id.empty()) data.add("transactionId", payment.external_transaction_id);
  if (!payment.facts.method.empty()) data.add("paymentMethod", payment.facts.method);
}

JsonObject checkout_members(const Event& event, const Flow& flow) {
  JsonObject data;
  const Payment* payment = event.aggregate_type == AggregateType::payment ? payment_of(flow, event.aggregate) : nullptr;
  switch (event.type) {
    case EventType::payment_processed:
      data.add("customerId", flow.order.customer);
      if (payment) add_payment_facts(data, *payment);
      data.raw("items", to_json_text(flow.order.items));
      break;
    case EventType::payment_failed:
      data.add("customerId", flow.order.customer);
      if (payment) data.add("reason", payment->failure_reason);
      break;
    case EventType::payment_refunded:
      if (payment) data.add("refundedAt", iso8601_ms(payment->updated_at));
      break;
    case EventType::stock_released:
      data.add("released", true);
      break;
    case EventType::order_cancelled:
      data.add("cancelledAt", iso8601_ms(flow.order.updated_at));
      break;
    default:
      break;
  }
  return data;
}

// Of an event about the order or its payment, which name the account.
void name_purchasing_user(Event& event, const Flow& flow) {
  const std::string account = flow.order.user.text();
  const std::string member = JsonObject().add("userId", account).take();
  const std::string_view pair = std::string_view(member).substr(1, member.size() - 2);
  const auto at = event.data.find(pair);
  if (at == std::string::npos) return;
  const std::string named = JsonObject().add("userId", flow.order.customer).add("accountId", account).take();
  event.data.replace(at, pair.size(), named, 1, named.size() - 2);
}

}  // namespace

void add_shop_members(Event& event, const Flow& flow) {
  if (!flow.saga) return;
  if (is_checkout(flow.saga->type)) {
    append_members(event.data, checkout_members(event, flow));
    return;
  }
  if (flow.saga->type != item_purchase_saga) return;
  name_purchasing_user(event, flow);
  if (event.type != EventType::order_created || flow.order.items.empty()) return;
  const OrderItem& item = flow.order.items.front();
  append_members(event.data, JsonObject().add("itemId", item.product_id).add("quantity", item.quantity));
}

std::string shop_reply_data(const Flow& flow, std::string_view command, int execution) {
  JsonObject data;
  if (command == "PROCESS_PAYMENT" || command == "REFUND_PAYMENT") {
    for (const Payment& payment : flow.payments) {
      if (payment.execution != execution) continue;
      data.add("paymentId", payment.id.text()).raw("amount", payment.amount.number_text());
      add_payment_facts(data, payment);
      if (payment.status == PaymentStatus::refunded) data.add("refundedAt", iso8601_ms(payment.updated_at));
    }
  } else if (command == "RESERVE_INVENTORY") {
    for (const Reservation& reservation : flow.reservations) {
      if (reservation.kind != StockKind::product || reservation.execution != execution) continue;
      std::string items = "[";
      for (const ReservationLine& line : reservation.lines) {
        if (items.size() > 1) items += ',';
        items += JsonObject().add("productId", line.stock).add("quantity", line.quantity).take();
      }
      items += ']';
      data.add("reservationId", reservation.id.text()).raw("items", items);
    }
  } else if (command == "RELEASE_INVENTORY") {
    data.add("released", true);
  } else if (command == "CANCEL_ORDER") {
    data.add("cancelledAt", iso8601_ms(flow.order.updated_at));
  }
  return data.take();
}

}  // namespace sagactl
