#include "server/adapters/toss/toss_error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl::toss {
namespace {

constexpr std::size_t reason_max = 300;  // bytes

struct Row {
  std::string_view code;
  Meaning meaning;
};

// From https://docs.tosspayments.com/reference/error-codes. Every other code of a 4xx answer is a refusal: the card, the
// account, the amount or the request will not do. Every 5xx is unknown.
constexpr Row rows[] = {
    {"ALREADY_PROCESSED_PAYMENT", Meaning::already_confirmed},
    {"ALREADY_COMPLETED_PAYMENT", Meaning::already_confirmed},
    {"DUPLICATED_ORDER_ID", Meaning::order_taken},
    {"ALREADY_CANCELED_PAYMENT", Meaning::already_cancelled},
    {"ALREADY_REFUND_PAYMENT", Meaning::already_cancelled},
    {"NOT_FOUND_PAYMENT", Meaning::no_such_payment},
    {"NOT_FOUND", Meaning::no_such_payment},
    // Said with status 400 although the card company was asked.
    {"PROVIDER_ERROR", Meaning::unknown},
    {"CARD_PROCESSING_ERROR", Meaning::unknown},
    {"UNKNOWN_PAYMENT_ERROR", Meaning::unknown},
    {"COMMON_ERROR", Meaning::unknown},
    {"ALREADY_PROCESSING_REQUEST", Meaning::unknown},
    {"IDEMPOTENT_REQUEST_PROCESSING", Meaning::unknown},
    // Turned away at the door.
    {"FORBIDDEN_CONSECUTIVE_REQUEST", Meaning::unavailable},
    {"TOO_MANY_REQUESTS", Meaning::unavailable},
    {"NOT_AVAILABLE_BANK", Meaning::unavailable},
};

// The key is wrong: that is a matter of this node, not of the customer whose payment it would be.
constexpr std::string_view key_codes[] = {"UNAUTHORIZED_KEY", "INVALID_API_KEY", "INCORRECT_BASIC_AUTH_FORMAT"};

// What a status means whose answer is not of the API: of a proxy, or of another server altogether.
Meaning meaning_of_status(int status) {
  const bool turned_away = status >= 300 && status < 500 && status != 408 && status != 409;
  return turned_away ? Meaning::unavailable : Meaning::unknown;
}

Meaning meaning_of(int status, std::string_view code) {
  if (status >= 500) return Meaning::unknown;
  const auto row = std::find_if(std::begin(rows), std::end(rows), [&](const Row& it) { return it.code == code; });
  if (row != std::end(rows)) return row->meaning;
  if (status == 401 || status == 429) return Meaning::unavailable;
  return status == 408 || status == 409 ? Meaning::unknown : Meaning::refused;
}

std::string text_member(const Json& body, const char* name) {
  if (!body.is_object() || !body.contains(name) || !body[name].is_string()) return "";
  return body[name].get<std::string>();
}

std::string shortened(std::string text) {
  if (text.size() <= reason_max) return text;
  text.resize(reason_max);
  while (!is_utf8(text)) text.pop_back();
  return text + "…";
}

}  // namespace

TossError toss_error_of(const HttpResponse& response) {
  const Json body = read_json(response.body);
  const std::string code = text_member(body, "code");
  TossError error;
  if (code.empty()) {
    error.meaning = meaning_of_status(response.status);
    error.reason = fmt::format("HTTP {} that is not of the payment provider; is its address right?", response.status);
    return error;
  }
  error.key_refused = std::find(std::begin(key_codes), std::end(key_codes), code) != std::end(key_codes);
  error.in_progress = code == "IDEMPOTENT_REQUEST_PROCESSING" || code == "ALREADY_PROCESSING_REQUEST";
  error.meaning = error.key_refused ? Meaning::unavailable : meaning_of(response.status, code);
  const std::string message = text_member(body, "message");
  error.reason = shortened(message.empty() ? code : fmt::format("{} ({})", message, code));
  return error;
}

}  // namespace sagactl::toss
