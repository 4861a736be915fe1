#include "server/api/place_order.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "common/text.hpp"
#include "server/api/query.hpp"
#include "server/api/render_order.hpp"
#include "server/api/submit.hpp"
#include "server/http/json_body.hpp"
#include "server/http/problem.hpp"
#include "server/http/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t items_max = 1000;
constexpr std::size_t key_bytes_max = 255;
constexpr std::size_t product_bytes_max = 255;
constexpr std::size_t customer_bytes_max = 255;
constexpr std::size_t name_bytes_max = 1000;

http::Response created(std::string body) {
  http::Response response;
  response.status = 201;
  response.body = std::move(body);
  return response;
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

std::string digest_of(const http::Request& request) {
  return hex(sha256(fmt::format("{} {}\n{}", request.method_text, request.path, request.body)));
}

ReplayRequest replay_of(const http::Request& request, const Actor& actor, std::string key,
                        std::string (*render)(const Flow&)) {
  ReplayRequest replay;
  replay.key = ReplayKey{actor.user, std::move(key)};
  replay.request_digest = digest_of(request);
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

http::Response answer_of(Receipt receipt, std::string (*render)(const Flow&)) {
  if (!receipt.replay) return created(render(*receipt.flow));
  http::Response response = created(std::move(receipt.replay->body));
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
      Json{{"code", "IDEMPOTENCY_KEY_IN_FLIGHT"}, {"idempotencyKey", key}}};
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
  if (!parsed) co_return parsed.error();
  PlaceOrder command = std::move(parsed).value();
  command.key_only = context.options.key_only;
  co_return co_await place(context, request, std::move(command), placed_order);
}

boost::asio::awaitable<http::Answer> place(Context& context, http::Request& request, PlaceOrder command,
                                           std::string (*render)(const Flow&)) {
  auto header = idempotency_header(request);
  if (!header) co_return header.error();
  command.id = OrderId::fresh();
  command.actor = actor_of(request);
  if (!request.header("x-correlation-id").empty()) command.correlation = request.correlation_id;
  command.trace_parent = request.trace.traceparent();

  InFlight::Hold hold;
  if (!header->empty()) {
    hold = context.in_flight.hold(command.actor.user.text() + header.value());
    if (!hold) co_return still_working(header.value());
    command.replay = replay_of(request, command.actor, header.value(), render);
  }

  Result<Receipt> receipt = co_await submit_order(context, request, std::move(command));
  if (receipt) {
    receipt->replay ? context.node_metrics.order_replayed() : context.node_metrics.order_accepted();
    co_return answer_of(std::move(receipt).value(), render);
  }
  context.node_metrics.order_refused(receipt.error());
  if (!key_was_reused(receipt.error())) co_return receipt.error();
  co_return http::problem(422, receipt.error().message, request);
}

}  // namespace sagactl::api
