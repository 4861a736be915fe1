#include "server/adapters/toss/toss_request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "common/text/json_object.hpp"
#include "common/text/percent.hpp"
#include "common/text/text.hpp"

namespace sagactl::toss {
namespace {

constexpr std::size_t order_id_min = 6, order_id_max = 64;
constexpr std::size_t payment_key_max = 200;
constexpr const char* cancel_reason = "the order was undone";

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

// "/payments/KEY" and what follows.
std::string path_of(const std::string& payment_key, const char* action) {
  return "/payments/" + percent_encode(payment_key) + action;
}

HttpRequest posting(std::string path, std::string body, const std::string& idempotency_key,
                    const std::string& trace_parent) {
  HttpRequest request{"POST", std::move(path), std::move(body), {{"Idempotency-Key", idempotency_key}}};
  if (!trace_parent.empty()) request.headers.emplace_back("traceparent", trace_parent);
  return request;
}

}  // namespace

std::string payment_key(const std::string& given, const std::string& charge_key) {
  if (!given.empty()) return given;
  std::string key = "sagactl_" + charge_key;
  std::replace_if(
      key.begin(), key.end(), [](char c) { return !is_plain(c); }, '_');
  return key;
}

std::optional<std::string> why_impossible(const std::string& order_id, const std::string& payment_key) {
  const bool order_is_plain =
      std::all_of(order_id.begin(), order_id.end(), [](char c) { return is_plain(c) || c == '='; });
  if (order_id.size() < order_id_min || order_id.size() > order_id_max || !order_is_plain)
    return fmt::format("an order id has {} to {} letters, digits, '-', '_' and '='", order_id_min, order_id_max);
  const bool only_dots = payment_key.find_first_not_of('.') == std::string::npos;
  if (payment_key.size() > payment_key_max || only_dots || !is_utf8(payment_key))
    return fmt::format("a payment key has 1 to {} bytes, as the provider gave it", payment_key_max);
  return std::nullopt;
}

HttpRequest confirm_request(const Charge& charge, const std::string& payment_key, const std::string& idempotency_key) {
  JsonObject body;
  body.add("paymentKey", payment_key).add("orderId", charge.order_id).raw("amount", charge.amount.number_text());
  return posting("/payments/confirm", body.take(), idempotency_key, charge.trace_parent);
}

HttpRequest query_request(const std::string& payment_key, const std::string& trace_parent) {
  HttpRequest request;
  request.path = path_of(payment_key, "");
  if (!trace_parent.empty()) request.headers.emplace_back("traceparent", trace_parent);
  return request;
}

HttpRequest cancel_request(const std::string& payment_key, const std::string& idempotency_key,
                           const std::string& trace_parent) {
  // Without an amount it refunds all that remains, so that it cannot count twice.
  JsonObject body;
  body.add("cancelReason", cancel_reason);
  return posting(path_of(payment_key, "/cancel"), body.take(), idempotency_key, trace_parent);
}

}  // namespace sagactl::toss
