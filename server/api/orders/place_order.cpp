#include "server/api/orders/place_order.hpp"

#include <fmt/format.h>

#include "common/text/text.hpp"
#include "server/api/orders/order_digest.hpp"
#include "server/api/query.hpp"
#include "server/api/orders/render_order.hpp"
#include "server/api/orders/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/problem.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t items_max = 1000;
constexpr std::size_t key_bytes_max = 255;
constexpr std::size_t product_bytes_max = 255;
constexpr std::size_t customer_bytes_max = 255;
constexpr std::size_t name_bytes_max = 1000;

http::Response created(std::string body, std::string_view where, std::string_view id) {
  http::Response response;
  response.status = 201;
  response.body = std::move(body);
  std::string location(where);
  location += id;
  response.headers.push_back({"Location", std::move(location)});
  return response;
}

// What an earlier answer says of its order, whichever system's it is.
std::string text_of(const Json& answer, std::initializer_list<const char*> names) {
  for (const Json* object : {&answer, answer.is_object() && answer.contains("order") ? &answer["order"] : &answer})
    for (const char* name : names)
      if (object->is_object() && object->contains(name) && (*object)[name].is_string())
        return (*object)[name].get<std::string>();
  return {};
}

// The header's value; a structured-field string loses its quotes.
Result<std::string> idempotency_header(const http::Request& request) {
  std::string_view value = trim(request.header("idempotency-key"));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  if (value.size() > key_bytes_max)
    return http::validation_error({fmt::format("Idempotency-Key must be at most {} bytes", key_bytes_max)});
  if (!is_utf8(value)) return http::validation_error({"Idempotency-Key must be UTF-8"});
  return std::string(value);
}

ReplayRequest replay_of(const http::Request& request, const PlaceOrder& command, std::string key,
                        std::string (*render)(const Flow&)) {
  ReplayRequest replay;
  replay.key = ReplayKey{command.actor.user, std::move(key)};
  replay.request_digest = order_digest(request, command);
  replay.render = [render](const Receipt& receipt) { return std::pair(201, render(*receipt.flow)); };
  return replay;
}

// What system A does not ask of an item, so that what it does ask is said in its words and no more.
void check_bounds(http::Object& object, const OrderItem& item) {
  if (object.has("productId") && item.product_id.empty()) object.fault("productId should not be empty");
  if (item.product_id.size() > product_bytes_max)
    object.fault(fmt::format("productId must be shorter than or equal to {} characters", product_bytes_max));
  if (item.product_name.size() > name_bytes_max)
    object.fault(fmt::format("productName must be shorter than or equal to {} characters", name_bytes_max));
  if (item.quantity > quantity_max)
    object.fault(fmt::format("quantity must not be greater than {}", quantity_max));
}

// The answer carries the order's correlation id in its header too: it is what people write down and look for.
http::Response answer_of(http::Request& request, Receipt receipt, std::string (*render)(const Flow&),
                         std::string_view where) {
  if (!receipt.replay) {
    request.correlation_id = correlation_of(*receipt.flow);
    return created(render(*receipt.flow), where, receipt.flow->order.id.text());
  }
  const Json earlier = read_json(receipt.replay->body);
  if (std::string known = text_of(earlier, {"correlationId"}); !known.empty()) request.correlation_id = std::move(known);
  http::Response response =
      created(std::move(receipt.replay->body), where, text_of(earlier, {"orderId", "id"}));
  response.status = receipt.replay->status;
  response.headers.push_back({"Idempotency-Replayed", "true"});
  return response;
}

bool key_was_reused(const Error& error) {
  return error.code == ErrorCode::invalid && error.members.is_object() &&
         error.members.value("code", "") == "IDEMPOTENCY_KEY_REUSED";
}

Error still_working(const std::string& key) {
  return Error{
      ErrorCode::conflict,
      fmt::format("a request with the Idempotency-Key '{}' is being worked on; ask again when it is done",
                  key),
      Json{{"code", "IDEMPOTENCY_KEY_IN_FLIGHT"}, {"idempotencyKey", key}, {"retryAfterSeconds", 1}}};
}

boost::asio::awaitable<http::Answer> place_parsed(Context& context, http::Request& request, PlaceOrder command,
                                                  std::string (*render)(const Flow&), std::string_view where) {
  auto header = idempotency_header(request);
  if (!header) co_return header.error();
  command.id = OrderId::fresh();
  command.actor = actor_of(request);
  if (!request.header("x-correlation-id").empty()) command.correlation = request.correlation_id;
  // Without a trace of the caller's own the order begins one under its id, so that it can be found by it.
  if (!request.trace.is_continued()) request.trace.trace_id = command.id.uuid.bytes;
  command.trace_parent = request.trace.traceparent();

  InFlight::Hold hold;
  if (!header->empty()) {
    hold = context.in_flight.hold(command.actor.user.text() + header.value());
    if (!hold) co_return still_working(header.value());
    command.replay = replay_of(request, command, header.value(), render);
  }

  Result<Receipt> receipt = co_await submit_order(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  receipt->replay ? context.node_metrics.order_replayed() : context.node_metrics.order_accepted();
  co_return answer_of(request, std::move(receipt).value(), render, where);
}

// An array "items" of {productId, productName, quantity, price}.
std::vector<OrderItem> read_items(http::Object& body) {
  std::vector<OrderItem> items;
  body.objects("items", {.min = 1, .max = items_max}, [&](http::Object& item) {
    OrderItem& next = items.emplace_back();
    next.product_id = item.text("productId");
    next.product_name = item.text("productName");
    next.quantity = item.integer("quantity", {.min = 1});
    next.price = item.money("price");
    check_bounds(item, next);
  });
  return items;
}

}  // namespace

Result<PlaceOrder> parse_order(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::Object body(*json);
  order.items = read_items(body);
  order.address = body.text("shippingAddress");
  if (auto key = body.optional_text("idempotencyKey", {.max = key_bytes_max, .not_empty = true}))
    order.idempotency_key = std::move(*key);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

Result<PlaceOrder> parse_customer_order(std::string_view text, std::string_view saga) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::Object body(*json);
  order.saga = saga;
  order.key_only = true;
  order.customer = body.text("customerId", {.max = customer_bytes_max, .not_empty = true});
  order.items = read_items(body);
  if (auto address = body.optional_text("shippingAddress")) order.address = std::move(*address);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

boost::asio::awaitable<http::Answer> place_order(Context& context, http::Request& request) {
  auto parsed = parse_order(request.body);
  if (parsed) parsed->key_only = context.options.key_only;
  co_return co_await place(context, request, std::move(parsed), placed_order, "/orders/");
}

boost::asio::awaitable<http::Answer> place(Context& context, http::Request& request, Result<PlaceOrder> parsed,
                                           std::string (*render)(const Flow&), std::string_view where) {
  if (!parsed) {
    context.node_metrics.order_refused(parsed.error());
    co_return parsed.error();
  }
  http::Answer answer = co_await place_parsed(context, request, std::move(parsed).value(), render, where);
  if (answer) co_return answer;
  context.node_metrics.order_refused(answer.error());
  if (!key_was_reused(answer.error())) co_return answer;
  co_return http::problem(422, answer.error().message, request);
}

}  // namespace sagactl::api
