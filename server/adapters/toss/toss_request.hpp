// The calls of the API, as requests.
#pragma once

#include <optional>
#include <string>

#include "httpclient/http_client.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl::toss {

// The key of the payment: the shop's, or one that follows from the charge's own key and is the same for every try.
std::string payment_key(const std::string& given, const std::string& charge_key);

// Why Toss would never take such a call; nothing when it may.
std::optional<std::string> why_impossible(const std::string& order_id, const std::string& payment_key);

HttpRequest confirm_request(const Charge& charge, const std::string& payment_key, const std::string& idempotency_key);
HttpRequest query_request(const std::string& payment_key, const std::string& trace_parent);
HttpRequest cancel_request(const std::string& payment_key, const std::string& idempotency_key,
                           const std::string& trace_parent);

}  // namespace sagactl::toss
