// What an answer that is not ok means: the table of error codes.
#pragma once

#include <cstdint>
#include <string>

#include "httpclient/http_client.hpp"

namespace sagactl::toss {

enum class Meaning : std::uint8_t {
  refused,            // for good, and not in effect
  unavailable,        // for now, and not in effect
  unknown,            // it may be in effect, or may yet take effect
  already_confirmed,  // an earlier confirmation of the payment was taken, perhaps ours
  order_taken,        // a payment for the order was confirmed, perhaps this one
  already_cancelled,
  no_such_payment,
};

struct TossError {
  Meaning meaning = Meaning::unknown;
  std::string reason;      // for people: the provider's own message and code
  bool key_refused = false;  // the secret key is not taken
  bool in_progress = false;  // an earlier call with the same idempotency key is not done yet
};

TossError toss_error_of(const HttpResponse& response);

}  // namespace sagactl::toss
