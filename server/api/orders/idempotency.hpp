// The header Idempotency-Key of requests that place orders. Under one key and user an order is placed once, and its
// answer is replayed. The 409 for a key that is in flight is made here; that for a duplicate order by its products
// ("DUPLICATE_ORDER") and the refusal of a key that was used for another request are the engine's (CommandBatch).
#pragma once

#include <string>

#include "common/result.hpp"
#include "server/engine/command.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::api {

constexpr std::size_t idempotency_key_bytes_max = 255;

// The header's value without the quotes of a structured-field string; "" without the header. `invalid` when it is too
// long or not UTF-8.
Result<std::string> idempotency_key(const http::Request& request);

// What the engine stores under the key: `render` makes the answer's body of the order that is placed.
ReplayRequest replay_request(const http::Request& request, const PlaceOrder& command, std::string key,
                             std::string (*render)(const Flow&));

// 409, "IDEMPOTENCY_KEY_IN_FLIGHT".
Error key_in_flight(const std::string& key);

// The engine's refusal of a key that was used for another request.
bool is_key_reused(const Error& error);

// The stored answer again. Sets the request's correlation id to the order's. `location_prefix` comes before the order's
// id in Location.
http::Response replayed_response(http::Request& request, Replay replay, std::string_view location_prefix);

}  // namespace sagactl::api
