#include "server/api/orders/idempotency.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/text.hpp"
#include "server/api/orders/order_digest.hpp"
#include "server/api/orders/placed_response.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

// A member of a stored answer, at its top or in its member "order": surfaces differ in where they have it.
std::string member_of(const Json& answer, std::initializer_list<const char*> names) {
  for (const Json* object : {&answer, answer.is_object() && answer.contains("order") ? &answer["order"] : &answer})
    for (const char* name : names)
      if (object->is_object() && object->contains(name) && (*object)[name].is_string())
        return (*object)[name].get<std::string>();
  return {};
}

std::string_view without_quotes(std::string_view value) {
  value = trim(value);
  return value.size() >= 2 && value.front() == '"' && value.back() == '"' ? value.substr(1, value.size() - 2) : value;
}

// Whoever sends an empty one means to be safe, and is not.
bool has_key(const http::Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [](const http::Header& header) { return header.name == "idempotency-key"; });
}

}  // namespace

Result<std::string> idempotency_key(const http::Request& request) {
  const std::string_view value = without_quotes(request.header("idempotency-key"));
  for (const http::Header& header : request.headers)
    if (header.name == "idempotency-key" && without_quotes(header.value) != value)
      return http::validation_error({"Idempotency-Key must be given once"});
  if (value.empty() && has_key(request)) return http::validation_error({"Idempotency-Key must not be empty"});
  if (value.size() > idempotency_key_bytes_max)
    return http::validation_error({fmt::format("Idempotency-Key must be at most {} bytes", idempotency_key_bytes_max)});
  if (!is_utf8(value)) return http::validation_error({"Idempotency-Key must be UTF-8"});
  return std::string(value);
}

ReplayRequest replay_request(const http::Request& request, const PlaceOrder& command, std::string key,
                             std::string (*render)(const Flow&)) {
  ReplayRequest replay;
  replay.key = ReplayKey{command.actor.user, std::move(key)};
  replay.request_digest = order_digest(request, command);
  replay.render = [render](const Receipt& receipt) { return std::pair(201, render(*receipt.flow)); };
  return replay;
}

Error key_in_flight(const std::string& key) {
  return Error{
      ErrorCode::conflict,
      fmt::format("another request with the Idempotency-Key '{}' is still being processed; retry when it is done", key),
      Json{{"code", "IDEMPOTENCY_KEY_IN_FLIGHT"}, {"idempotencyKey", key}, {"retryAfterSeconds", 1}}};
}

bool is_key_reused(const Error& error) {
  return error.code == ErrorCode::invalid && error.members.is_object() &&
         error.members.value("code", "") == "IDEMPOTENCY_KEY_REUSED";
}

http::Response replayed_response(http::Request& request, Replay replay, std::string_view location_prefix) {
  const Json stored = read_json(replay.body);
  if (std::string correlation = member_of(stored, {"correlationId"}); !correlation.empty())
    request.correlation_id = std::move(correlation);
  const std::string id = member_of(stored, {"orderId", "id"});
  http::Response response = placed_response(std::move(replay.body), location_prefix, id);
  response.status = replay.status;
  response.headers.push_back({"Idempotency-Replayed", "true"});
  return response;
}

}  // namespace sagactl::api
