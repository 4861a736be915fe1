// The requests of the API.
#pragma once

#include <optional>
#include <string>

#include "httpclient/http_message.hpp"
#include "server/ports/payment_gateway.hpp"

namespace sagactl::toss {

// The payment's key: the shop's, or one derived from the charge's own key, the same for every retry.
std::string payment_key(const std::string& given, const std::string& charge_key);

// Why Toss would reject every such call; nothing when it may accept it.
std::optional<std::string> why_impossible(const std::string& order_id, const std::string& payment_key);

HttpRequest confirm_request(const Charge& charge, const std::string& payment_key, const std::string& idempotency_key);
HttpRequest query_request(const std::string& payment_key, const std::string& trace_parent);
HttpRequest cancel_request(const std::string& payment_key, const std::string& idempotency_key,
                           const std::string& trace_parent);

}  // namespace sagactl::toss
