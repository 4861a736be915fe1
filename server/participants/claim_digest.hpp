// What is claimed in one table: an order's idempotency key, the key of a user's saga, the key of a payment. None of
// them has the digest of another, whatever a client sends as a key. The names are stored as digests: they never change.
#pragma once

#include <string_view>

#include "server/participants/order.hpp"

namespace sagactl {

// With this begins what claim_of_saga_key() returns; digest_of_key() gives orders' keys that begin so another name.
inline constexpr std::string_view saga_claim_prefix = "saga ";

// A character that no client's key has.
inline constexpr char never_in_keys = '\0';

KeyDigest digest_of_claim(std::string_view claim);

// Of the provider's own key of a payment: of one order, for as long as that is stored.
KeyDigest digest_of_payment_key(std::string_view provider_key);

}  // namespace sagactl
