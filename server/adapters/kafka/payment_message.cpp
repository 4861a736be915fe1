#include "server/adapters/kafka/payment_message.hpp"

#include <fmt/format.h>

#include "common/id.hpp"
#include "common/text/json.hpp"
#include "common/text/json_object.hpp"

namespace sagactl::kafka {
namespace {

constexpr std::size_t text_max = 1024;  // bytes of an id, a key or a name

Error wrong(std::string_view member, std::string_view should) {
  return Error{ErrorCode::invalid, fmt::format("member '{}' {}", member, should)};
}

Result<Json> body_of(const Incoming& message) {
  Json json = message.value ? read_json(*message.value) : Json(nullptr);
  if (!json.is_object()) return Error{ErrorCode::invalid, "the message is not a JSON object"};
  return json;
}

Result<std::string> text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return wrong(name, "must be a text");
  std::string text = found->get<std::string>();
  if (text.empty() || text.size() > text_max) return wrong(name, fmt::format("must have 1 to {} bytes", text_max));
  return text;
}

// An optional text: "" when it is not there.
std::string text_or_none(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Result<void> read_products(const Json& json, PaymentOrder& order) {
  const auto found = json.find("productIds");
  if (found == json.end() || !found->is_array()) return wrong("productIds", "must be a list of texts");
  for (const Json& id : *found) {
    if (!id.is_string()) return wrong("productIds", "must be a list of texts");
    order.product_ids.push_back(id.get<std::string>());
  }
  return {};
}

Result<void> read_amount(const Json& json, PaymentOrder& order) {
  const auto found = json.find("amount");
  if (found == json.end()) return wrong("amount", "is missing");
  const auto amount = money_from_json(*found);
  if (!amount) return wrong("amount", "must be a number with at most two decimal places");
  order.amount = *amount;
  return {};
}

Result<void> read_expiry(const Json& json, PaymentOrder& order) {
  const std::string text = text_or_none(json, "expiresAt");
  if (text.empty()) return {};
  const auto at = parse_iso8601(text);
  if (!at) return wrong("expiresAt", "must be a time such as 2026-11-20T13:04:07.137Z");
  order.expires_at = *at;
  return {};
}

std::string array_of(const std::vector<std::string>& texts) {
  std::string array = "[";
  for (const std::string& text : texts) {
    if (array.size() > 1) array += ',';
    append_json_string(array, text);
  }
  return array + ']';
}

}  // namespace

Outgoing to_message(const PaymentOrder& order, const std::string& topic_prefix) {
  JsonObject json;
  json.add("type", to_string(order.request)).add("messageId", order.message_id).add("orderId", order.order_id);
  json.add("chargeKey", order.charge_key);
  if (!order.payment_key.empty()) json.add("paymentKey", order.payment_key);
  if (order.request != PaymentRequest::query) json.raw("amount", order.amount.number_text());
  if (order.request == PaymentRequest::charge) json.raw("productIds", array_of(order.product_ids));
  json.add("replyTo", order.reply_to);
  if (order.expires_at) json.add("expiresAt", iso8601_ms(*order.expires_at));
  Outgoing message{topic_prefix + payment_commands, order.order_id, json.take(), {}};
  message.headers = {{message_id_header, order.message_id}, {reply_to_header, order.reply_to}};
  if (!order.trace_parent.empty()) message.headers.emplace_back(traceparent_header, order.trace_parent);
  return message;
}

Outgoing to_message(const PaymentAnswer& answer, const PaymentOrder& order, const std::string& topic_prefix) {
  JsonObject json;
  json.add("type", to_string(order.request)).add("inReplyTo", order.message_id).add("orderId", order.order_id);
  json.add("chargeKey", order.charge_key).add("outcome", to_string(answer.result));
  if (!answer.transaction_id.empty()) json.add("transactionId", answer.transaction_id);
  if (!answer.reason.empty()) json.add("reason", answer.reason);
  Outgoing message{topic_prefix + payment_replies, order.order_id, json.take(), {}};
  message.headers = {{in_reply_to_header, order.message_id}, {reply_to_header, order.reply_to}};
  if (!order.trace_parent.empty()) message.headers.emplace_back(traceparent_header, order.trace_parent);
  return message;
}

Result<PaymentOrder> to_payment_order(const Incoming& message) {
  const auto json = body_of(message);
  if (!json) return json.error();
  PaymentOrder order;
  const auto request = from_string<PaymentRequest>(text_or_none(*json, "type"));
  if (!request) return wrong("type", "must be charge, query or refund");
  order.request = *request;
  const std::pair<const char*, std::string*> texts[] = {{"messageId", &order.message_id},
                                                        {"orderId", &order.order_id},
                                                        {"chargeKey", &order.charge_key},
                                                        {"replyTo", &order.reply_to}};
  for (const auto& [name, value] : texts) {
    auto text = text_of(*json, name);
    if (!text) return text.error();
    *value = std::move(text).value();
  }
  if (order.request == PaymentRequest::charge) {
    if (const auto read = read_products(*json, order); !read) return read.error();
    if (const auto read = read_expiry(*json, order); !read) return read.error();
  }
  if (order.request != PaymentRequest::query)
    if (const auto read = read_amount(*json, order); !read) return read.error();
  order.payment_key = text_or_none(*json, "paymentKey");
  order.trace_parent = message.header(traceparent_header);
  return order;
}

Result<PaymentAnswer> to_payment_answer(const Incoming& message) {
  const auto json = body_of(message);
  if (!json) return json.error();
  PaymentAnswer answer;
  const auto result = from_string<PaymentResult>(text_or_none(*json, "outcome"));
  if (!result)
    return wrong("outcome", "must be charged, refused, not_charged, refunded, unavailable or unknown");
  answer.result = *result;
  auto id = text_of(*json, "inReplyTo");
  if (!id) return id.error();
  answer.in_reply_to = std::move(id).value();
  answer.transaction_id = text_or_none(*json, "transactionId");
  answer.reason = text_or_none(*json, "reason");
  if (answer.result == PaymentResult::charged && answer.transaction_id.empty())
    return wrong("transactionId", "must be there when the outcome is charged");
  return answer;
}

}  // namespace sagactl::kafka
