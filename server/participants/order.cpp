#include "server/participants/order.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/crypto.hpp"
#include "common/text/json_object.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// A character that no client's key has.
constexpr char never_in_keys = '\0';

// Adds an event to a decision and counts it in the order's version.
void record(OrderDecision& decision, EventType type, JsonObject data, std::string metadata = {}) {
  Event event;
  event.type = type;
  event.aggregate_type = AggregateType::order;
  event.aggregate = decision.order.id.uuid;
  event.version = ++decision.order.version;
  event.order = decision.order.id;
  event.data = data.take();
  event.metadata = std::move(metadata);
  decision.events.push_back(std::move(event));
}

void change_status(OrderDecision& decision, OrderStatus to, const Moment& moment) {
  const OrderStatus from = decision.order.status;
  decision.order.status = to;
  decision.order.updated_at = moment.now;
  record(decision, EventType::order_status_changed,
         JsonObject()
             .add("orderId", decision.order.id.text())
             .add("previousStatus", to_string(from))
             .add("newStatus", to_string(to)));
}

Error not_allowed(const Order& order, std::string_view what, std::string_view states) {
  const std::string status(to_string(order.status));
  return Error{ErrorCode::conflict,
               fmt::format("order {} is {}; only a {} order can be {}", order.id.text(), status, states, what),
               Json{{"orderStatus", status}}};
}

Result<OrderDecision> confirm(OrderDecision decision, const ConfirmOrder& command, const Moment& moment) {
  Order& order = decision.order;
  if (order.status == OrderStatus::paid) return decision;
  if (order.status != OrderStatus::pending && order.status != OrderStatus::processing)
    return not_allowed(order, "confirmed", "pending");
  order.payment_id = command.payment_id;
  record(decision, EventType::order_confirmed,
         JsonObject()
             .add("orderId", order.id.text())
             .add("userId", order.user.text())
             .add("paymentId", command.payment_id)
             .add("totalAmount", order.total.text()));
  change_status(decision, OrderStatus::paid, moment);
  return decision;
}

Result<OrderDecision> cancel(OrderDecision decision, const CancelOrder& command, const Moment& moment) {
  Order& order = decision.order;
  if (order.status == OrderStatus::cancelled) return decision;
  if (order.status == OrderStatus::delivered)
    return not_allowed(order, "cancelled", "pending, processing, paid or shipped");
  order.cancel_reason = command.reason;
  record(decision, EventType::order_cancelled,
         JsonObject().add("orderId", order.id.text()).add("userId", order.user.text()).add("reason", command.reason),
         requested_by(command.by));
  change_status(decision, OrderStatus::cancelled, moment);
  return decision;
}

Result<OrderDecision> reopen(OrderDecision decision, const Moment& moment) {
  if (decision.order.status == OrderStatus::pending) return decision;
  if (is_live(decision.order.status)) return not_allowed(decision.order, "reopened", "cancelled or failed");
  decision.order.payment_id.clear();
  decision.order.cancel_reason.clear();
  change_status(decision, OrderStatus::pending, moment);
  return decision;
}

Result<OrderDecision> notify(OrderDecision decision, const Moment& moment) {
  Order& order = decision.order;
  order.updated_at = moment.now;
  JsonObject data;
  data.add("orderId", order.id.text()).add("userId", order.user.text());
  if (!order.customer.empty()) data.add("customerId", order.customer);
  record(decision, EventType::notification_sent, std::move(data.add("status", to_string(order.status))));
  return decision;
}

}  // namespace

Json to_json(const std::vector<OrderItem>& items) {
  Json array = Json::array();
  for (const OrderItem& item : items)
    array.push_back(Json{{"productId", item.product_id},
                         {"productName", item.product_name},
                         {"quantity", item.quantity},
                         {"price", item.price.number()}});
  return array;
}

std::string to_json_text(const std::vector<OrderItem>& items) {
  std::string text = "[";
  for (const OrderItem& item : items) {
    if (text.size() > 1) text += ',';
    text += JsonObject()
                .add("productId", item.product_id)
                .add("productName", item.product_name)
                .add("quantity", item.quantity)
                .raw("price", item.price.number_text())
                .take();
  }
  text += ']';
  return text;
}

Result<std::vector<OrderItem>> items_from_json(const Json& items) {
  const Error broken{ErrorCode::bug, "the stored items of an order cannot be read"};
  if (!items.is_array()) return broken;
  std::vector<OrderItem> list;
  list.reserve(items.size());
  for (const Json& json : items) {
    if (!json.is_object()) return broken;
    const auto id = json.find("productId"), name = json.find("productName"), quantity = json.find("quantity"),
               price = json.find("price");
    if (id == json.end() || name == json.end() || quantity == json.end() || price == json.end()) return broken;
    const auto amount = money_from_json(*price);
    if (!id->is_string() || !name->is_string() || !quantity->is_number_integer() || !amount) return broken;
    list.push_back({id->get<std::string>(), name->get<std::string>(), quantity->get<std::int64_t>(), *amount});
  }
  return list;
}

Result<Money> value_of(const std::vector<OrderItem>& items) {
  Money value;
  for (const OrderItem& item : items) {
    const auto amount = multiply(item.price, item.quantity);
    if (!amount) return amount.error();
    value = value + *amount;
    if (value.cents > Money::cents_max)
      return Error{ErrorCode::invalid, "the total amount must not be greater than 1000000000000"};
  }
  return value;
}

KeyDigest digest_of_claim(std::string_view name) {
  const Digest digest = sha256(name);
  KeyDigest key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

KeyDigest digest_of_payment_key(std::string_view provider_key) {
  return digest_of_claim(fmt::format("{}payment {}", never_in_keys, provider_key));
}

KeyDigest digest_of_key(std::string_view idempotency_key) {
  if (!idempotency_key.starts_with(saga_claim_prefix)) return digest_of_claim(idempotency_key);
  return digest_of_claim(fmt::format("{}{}", never_in_keys, idempotency_key));
}

std::string default_idempotency_key(const std::vector<OrderItem>& items) {
  std::vector<std::string> products;
  for (const OrderItem& item : items) products.push_back(item.product_id);
  std::sort(products.begin(), products.end());
  return hex(sha256("SOLDOUT:" + join(products, "|")));
}

Result<OrderDecision> create_order(CreateOrder command, const Moment& moment) {
  if (command.items.empty()) return Error{ErrorCode::invalid, "an order needs at least one item"};
  const auto total = value_of(command.items);
  if (!total) return total.error();
  OrderDecision decision;
  Order& order = decision.order;
  order.id = command.id;
  order.user = command.user;
  order.items = std::move(command.items);
  order.total = *total;
  order.address = std::move(command.address);
  order.customer = std::move(command.customer);
  order.holds_key = !command.idempotency_key.empty();
  order.idempotency_key = std::move(command.idempotency_key);
  order.fencing_token = command.fencing_token;
  order.node = moment.node;
  order.created_at = order.updated_at = moment.now;
  JsonObject data;
  data.add("orderId", order.id.text())
      .add("userId", order.user.text())
      .raw("items", to_json_text(order.items))
      .raw("totalAmount", total->number_text())
      .add("shippingAddress", order.address);
  if (!order.customer.empty()) data.add("customerId", order.customer);
  record(decision, EventType::order_created, std::move(data), std::move(command.lock_metadata));
  return decision;
}

Result<OrderDecision> decide(Order order, const OrderCommand& command, const Moment& moment) {
  OrderDecision decision{std::move(order), {}};
  if (const auto* it = std::get_if<ConfirmOrder>(&command)) return confirm(std::move(decision), *it, moment);
  if (const auto* it = std::get_if<CancelOrder>(&command)) return cancel(std::move(decision), *it, moment);
  if (std::holds_alternative<NotifyBuyer>(command)) return notify(std::move(decision), moment);
  return reopen(std::move(decision), moment);
}

}  // namespace sagactl
