#include "server/adapters/kafka/payment_message.hpp"

#include <fmt/format.h>

#include "common/id.hpp"
#include "common/text/json.hpp"
#include "common/text/json_object.hpp"

namespace sagactl::kafka {
namespace {

constexpr std::size_t text_max = 1024;  // bytes of an id, a key or a name

Error wrong(std::string_view member, std::string_view rule) {
  return Error{ErrorCode::invalid, fmt::format("member '{}' {}", member, rule)};
}

Result<Json> body_of(const Incoming& message) {
  Json json = message.value ? read_json(*message.value) : Json(nullptr);
  if (!json.is_object()) return Error{ErrorCode::invalid, "the message is not a JSON object"};
  return json;
}

Result<std::string> required_text(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return wrong(name, "must be a string");
  std::string text = found->get<std::string>();
  if (text.empty() || text.size() > text_max) return wrong(name, fmt::format("must have 1 to {} bytes", text_max));
  return text;
}

Result<void> read_products(const Json& json, PaymentCommandMessage& command) {
  const auto found = json.find("productIds");
  if (found == json.end() || !found->is_array()) return wrong("productIds", "must be a list of strings");
  for (const Json& id : *found) {
    if (!id.is_string()) return wrong("productIds", "must be a list of strings");
    command.product_ids.push_back(id.get<std::string>());
  }
  return {};
}

Result<void> read_amount(const Json& json, PaymentCommandMessage& command) {
  const auto found = json.find("amount");
  if (found == json.end()) return wrong("amount", "is missing");
  const auto amount = money_from_json(*found);
  if (!amount) return wrong("amount", "must be a number with at most two decimal places");
  command.amount = *amount;
  return {};
}

Result<void> read_expiry(const Json& json, PaymentCommandMessage& command) {
  const std::string text = text_or_empty(json, "expiresAt");
  if (text.empty()) return {};
  const auto at = parse_iso8601(text);
  if (!at) return wrong("expiresAt", "must be a time such as 2026-11-20T13:04:07.137Z");
  command.expires_at = *at;
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

Outgoing to_message(const PaymentCommandMessage& command, const std::string& topic_prefix) {
  JsonObject json;
  json.add("type", to_string(command.request)).add("messageId", command.message_id).add("orderId", command.order_id);
  json.add("chargeKey", command.charge_key);
  if (!command.payment_key.empty()) json.add("paymentKey", command.payment_key);
  if (command.request != PaymentRequest::query) json.raw("amount", command.amount.number_text());
  if (command.request == PaymentRequest::charge) json.raw("productIds", array_of(command.product_ids));
  json.add("replyTo", command.reply_to);
  if (command.expires_at) json.add("expiresAt", iso8601_ms(*command.expires_at));
  Outgoing message{topic_prefix + payment_commands, command.order_id, json.take(), {}};
  message.headers = {{message_id_header, command.message_id}, {reply_to_header, command.reply_to}};
  if (!command.trace_parent.empty()) message.headers.emplace_back(traceparent_header, command.trace_parent);
  return message;
}

Outgoing to_message(const PaymentReplyMessage& reply, const PaymentCommandMessage& command,
                    const std::string& topic_prefix) {
  JsonObject json;
  json.add("type", to_string(command.request)).add("inReplyTo", command.message_id).add("orderId", command.order_id);
  json.add("chargeKey", command.charge_key).add("outcome", to_string(reply.result));
  if (!reply.transaction_id.empty()) json.add("transactionId", reply.transaction_id);
  if (!reply.facts.method.empty()) json.add("method", reply.facts.method);
  if (!reply.facts.receipt_url.empty()) json.add("receiptUrl", reply.facts.receipt_url);
  if (reply.facts.approved_at != Timestamp{}) json.add("approvedAt", iso8601_ms(reply.facts.approved_at));
  if (!reply.reason.empty()) json.add("reason", reply.reason);
  Outgoing message{topic_prefix + payment_replies, command.order_id, json.take(), {}};
  message.headers = {{in_reply_to_header, command.message_id}, {reply_to_header, command.reply_to}};
  if (!command.trace_parent.empty()) message.headers.emplace_back(traceparent_header, command.trace_parent);
  return message;
}

Result<PaymentCommandMessage> to_payment_command(const Incoming& message) {
  const auto json = body_of(message);
  if (!json) return json.error();
  PaymentCommandMessage command;
  const auto request = from_string<PaymentRequest>(text_or_empty(*json, "type"));
  if (!request) return wrong("type", "must be charge, query or refund");
  command.request = *request;
  const std::pair<const char*, std::string*> texts[] = {{"messageId", &command.message_id},
                                                        {"orderId", &command.order_id},
                                                        {"chargeKey", &command.charge_key},
                                                        {"replyTo", &command.reply_to}};
  for (const auto& [name, value] : texts) {
    auto text = required_text(*json, name);
    if (!text) return text.error();
    *value = std::move(text).value();
  }
  if (command.request == PaymentRequest::charge) {
    if (const auto read = read_products(*json, command); !read) return read.error();
    if (const auto read = read_expiry(*json, command); !read) return read.error();
  }
  if (command.request != PaymentRequest::query)
    if (const auto read = read_amount(*json, command); !read) return read.error();
  command.payment_key = text_or_empty(*json, "paymentKey");
  command.trace_parent = message.header(traceparent_header);
  return command;
}

Result<PaymentReplyMessage> to_payment_reply(const Incoming& message) {
  const auto json = body_of(message);
  if (!json) return json.error();
  PaymentReplyMessage reply;
  const auto result = from_string<PaymentResult>(text_or_empty(*json, "outcome"));
  if (!result) return wrong("outcome", "must be charged, refused, not_charged, refunded, unavailable or unknown");
  reply.result = *result;
  auto id = required_text(*json, "inReplyTo");
  if (!id) return id.error();
  reply.in_reply_to = std::move(id).value();
  reply.transaction_id = text_or_empty(*json, "transactionId");
  reply.reason = text_or_empty(*json, "reason");
  reply.facts.method = text_or_empty(*json, "method");
  reply.facts.receipt_url = text_or_empty(*json, "receiptUrl");
  if (const auto approved = parse_iso8601(text_or_empty(*json, "approvedAt"))) reply.facts.approved_at = *approved;
  if (reply.result == PaymentResult::charged && reply.transaction_id.empty())
    return wrong("transactionId", "is missing, and the outcome is charged");
  return reply;
}

}  // namespace sagactl::kafka
