// The meaning of answers that are errors: the table of error codes.
#pragma once

#include <cstdint>
#include <string>

#include "httpclient/http_message.hpp"

namespace sagactl::toss {

enum class TossErrorMeaning : std::uint8_t {
  refused,            // permanently; had no effect
  unavailable,        // temporarily; had no effect
  unknown,            // it may be in effect, or may yet take effect
  already_confirmed,  // an earlier confirmation of the payment was accepted, perhaps ours
  order_taken,        // a payment for the order was confirmed, perhaps this one
  already_cancelled,
  no_such_payment,
};

struct TossError {
  TossErrorMeaning meaning = TossErrorMeaning::unknown;
  std::string reason;        // for people: the provider's own message and code
  bool key_refused = false;  // the secret key is rejected
  bool in_progress = false;  // an earlier call with the same idempotency key has not finished
};

TossError toss_error_of(const HttpResponse& response);

}  // namespace sagactl::toss
