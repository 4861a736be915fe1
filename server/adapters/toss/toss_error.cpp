#include "server/adapters/toss/toss_error.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"

namespace sagactl::toss {
namespace {

constexpr std::size_t reason_max = 300;  // bytes

struct ErrorCodeMeaning {
  std::string_view code;
  TossErrorMeaning meaning;
};

// From https://docs.tosspayments.com/reference/error-codes. Every other code of a 4xx answer is a refusal: because of
// the card, the account, the amount or the request. Every 5xx is unknown.
constexpr ErrorCodeMeaning rows[] = {
    {"ALREADY_PROCESSED_PAYMENT", TossErrorMeaning::already_confirmed},
    {"ALREADY_COMPLETED_PAYMENT", TossErrorMeaning::already_confirmed},
    {"DUPLICATED_ORDER_ID", TossErrorMeaning::order_taken},
    {"ALREADY_CANCELED_PAYMENT", TossErrorMeaning::already_cancelled},
    {"ALREADY_REFUND_PAYMENT", TossErrorMeaning::already_cancelled},
    {"NOT_FOUND_PAYMENT", TossErrorMeaning::no_such_payment},
    {"NOT_FOUND", TossErrorMeaning::no_such_payment},
    // These have status 400 although the card company may have been called.
    {"PROVIDER_ERROR", TossErrorMeaning::unknown},
    {"CARD_PROCESSING_ERROR", TossErrorMeaning::unknown},
    {"UNKNOWN_PAYMENT_ERROR", TossErrorMeaning::unknown},
    {"COMMON_ERROR", TossErrorMeaning::unknown},
    {"ALREADY_PROCESSING_REQUEST", TossErrorMeaning::unknown},
    {"IDEMPOTENT_REQUEST_PROCESSING", TossErrorMeaning::unknown},
    // Rejected before anything was done.
    {"FORBIDDEN_CONSECUTIVE_REQUEST", TossErrorMeaning::unavailable},
    {"TOO_MANY_REQUESTS", TossErrorMeaning::unavailable},
    {"NOT_AVAILABLE_BANK", TossErrorMeaning::unavailable},
};

// The key is wrong: a fault of this node's configuration, not of the customer's payment.
constexpr std::string_view key_codes[] = {"UNAUTHORIZED_KEY", "INVALID_API_KEY", "INCORRECT_BASIC_AUTH_FORMAT"};

// The meaning of a status whose answer is not of the API: of a proxy, or of another server.
TossErrorMeaning meaning_of_foreign_status(int status) {
  const bool is_rejected = status >= 300 && status < 500 && status != 408 && status != 409;
  return is_rejected ? TossErrorMeaning::unavailable : TossErrorMeaning::unknown;
}

TossErrorMeaning meaning_of(int status, std::string_view code) {
  if (status >= 500) return TossErrorMeaning::unknown;
  const auto row =
      std::find_if(std::begin(rows), std::end(rows), [&](const ErrorCodeMeaning& it) { return it.code == code; });
  if (row != std::end(rows)) return row->meaning;
  if (status == 401 || status == 429) return TossErrorMeaning::unavailable;
  return status == 408 || status == 409 ? TossErrorMeaning::unknown : TossErrorMeaning::refused;
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
  const std::string code = text_or_empty(body, "code");
  TossError error;
  if (code.empty()) {
    error.meaning = meaning_of_foreign_status(response.status);
    error.reason =
        fmt::format("HTTP {}, which is not from the payment provider; is its address right?", response.status);
    return error;
  }
  error.key_refused = std::find(std::begin(key_codes), std::end(key_codes), code) != std::end(key_codes);
  error.in_progress = code == "IDEMPOTENT_REQUEST_PROCESSING" || code == "ALREADY_PROCESSING_REQUEST";
  error.meaning = error.key_refused ? TossErrorMeaning::unavailable : meaning_of(response.status, code);
  const std::string message = text_or_empty(body, "message");
  error.reason = shortened(message.empty() ? code : fmt::format("{} ({})", message, code));
  return error;
}

}  // namespace sagactl::toss
