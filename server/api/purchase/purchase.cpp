// Item purchases (system C): users with a balance and inventory slots, who buy items.
#include <fmt/format.h>

#include <map>

#include "server/api/orders/place_order.hpp"
#include "server/api/query.hpp"
#include "server/api/read_flow.hpp"
#include "server/api/operations/render_saga.hpp"
#include "server/api/routes.hpp"
#include "server/api/orders/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using http::Answer;
using http::Request;

constexpr std::size_t id_max = 255;
constexpr std::int64_t orders_max = 1000;
constexpr std::int64_t balance_at_creation = 10'000'00, slots_at_creation = 20;  // cents; slots
constexpr std::int64_t users_otherwise = 3, items_otherwise = 4, stock_otherwise = 100, made_max = 2000;

Result<PlaceOrder> parse_purchase(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PlaceOrder order;
  http::Object body(*json);
  order.saga = item_purchase_saga;
  order.key_only = true;
  order.customer = body.text("userId", {.max = id_max, .not_empty = true});
  OrderItem& item = order.items.emplace_back();
  item.product_id = body.text("itemId", {.max = id_max, .not_empty = true});
  item.quantity = body.integer("quantity", {.min = 1, .max = quantity_max});
  if (const auto valid = body.finish(); !valid) return valid.error();
  return order;
}

std::string_view status_of(const Order& order) {
  switch (order.status) {
    case OrderStatus::paid:
    case OrderStatus::shipped:
    case OrderStatus::delivered:
      return "completed";
    case OrderStatus::cancelled:
      return "cancelled";
    case OrderStatus::failed:
      return "failed";
    case OrderStatus::pending:
    case OrderStatus::processing:
      break;
  }
  return "pending";
}

Json purchase(const Flow& flow) {
  const Order& order = flow.order;
  const OrderItem item = order.items.empty() ? OrderItem{} : order.items.front();
  return Json{{"orderId", order.id.text()},
              {"sagaId", order.id.text()},
              {"correlationId", correlation_of(flow)},
              {"userId", order.customer},
              {"itemId", item.product_id},
              {"itemName", item.product_name},
              {"quantity", item.quantity},
              {"price", item.price.number()},
              {"totalPrice", order.total.number()},
              {"status", status_of(order)},
              {"sagaStatus", flow.saga ? Json(to_string(flow.saga->status)) : Json(nullptr)},
              {"currentStep", flow.saga ? Json(saga_step(flow)) : Json(nullptr)},
              {"failureReason", flow.saga && !flow.saga->error.empty() ? Json(flow.saga->error) : Json(nullptr)},
              {"nodeId", order.node},
              {"createdAt", iso8601_ms(order.created_at)},
              {"updatedAt", iso8601_ms(order.updated_at)}};
}

std::string placed_purchase(const Flow& flow) {
  Json body = purchase(flow);
  body["message"] = "Order created; the purchase has begun";
  return json_text(body);
}

awaitable<Answer> place_purchase(Context& context, Request& request) {
  auto parsed = parse_purchase(request.body);
  co_return co_await place(context, request, std::move(parsed), placed_purchase, "/purchase/orders/");
}

awaitable<Answer> get_purchase(Context& context, Request& request) {
  const auto id = OrderId::parse(request.parameter("orderId"));
  const Error missing{ErrorCode::not_found, "Order not found"};
  if (!id) co_return missing;
  const Result<Flow> flow = co_await read_flow(context, request, *id);
  if (!flow && flow.error().code != ErrorCode::not_found) co_return flow.error();
  if (!flow || !flow->saga || flow->saga->type != item_purchase_saga) co_return missing;
  const Json body = purchase(*flow);
  co_return http::json_response(200, body);
}

struct TestData {
  std::string prefix;
  std::int64_t users = users_otherwise, items = items_otherwise, stock = stock_otherwise;
  Money balance{balance_at_creation};
  std::int64_t slots = slots_at_creation;
};

Result<TestData> parse_test_data(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  TestData data;
  http::Object body(*json);
  if (auto prefix = body.optional_text("prefix", {.max = 64})) data.prefix = std::move(*prefix);
  data.users = body.optional_integer("users", {.min = 1, .max = made_max}).value_or(data.users);
  data.items = body.optional_integer("items", {.min = 1, .max = made_max}).value_or(data.items);
  data.stock = body.optional_integer("stock", {.min = 0, .max = quantity_max}).value_or(data.stock);
  data.slots = body.optional_integer("slots", {.min = 0, .max = quantity_max}).value_or(data.slots);
  data.balance = body.optional_money("balance").value_or(data.balance);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return data;
}

StockSetting setting(StockKind kind, std::string id, std::string name, std::int64_t available) {
  StockSetting made;
  made.key = {kind, std::move(id)};
  made.name = std::move(name);
  made.available = available;
  made.only_if_absent = true;
  return made;
}

// Users and items with the same ids each time; those that are there stay as they are.
std::vector<StockSetting> settings_of(const TestData& data) {
  std::vector<StockSetting> settings;
  for (std::int64_t i = 1; i <= data.users; ++i) {
    const std::string id = fmt::format("{}user-{}", data.prefix, i), name = fmt::format("User {}", i);
    settings.push_back(setting(StockKind::balance, id, name, data.balance.cents));
    settings.push_back(setting(StockKind::slots, id, name, data.slots));
  }
  for (std::int64_t i = 1; i <= data.items; ++i) {
    const std::string id = fmt::format("{}item-{}", data.prefix, i);
    settings.push_back(setting(StockKind::item, id, fmt::format("Item {}", i), data.stock));
    settings.back().price = Money{i * 100'00};
  }
  return settings;
}

awaitable<Answer> set_up(Context& context, Request& request) {
  if (const auto may = may_set_stock(request); !may) co_return may.error();
  const auto data = parse_test_data(request.body);
  if (!data) co_return data.error();
  SetStockRequest set{actor_of(request), settings_of(*data)};
  Command command = std::move(set);
  const Result<Receipt> done = co_await submit(context, request, std::move(command));
  if (!done) co_return done.error();
  Json users = Json::array(), items = Json::array();
  const std::vector<Stock>& stocks = done->stocks;
  for (std::size_t i = 0; i < stocks.size(); ++i) {
    const Stock& stock = stocks[i];
    if (stock.key.kind == StockKind::balance && i + 1 < stocks.size())
      users.push_back(Json{{"userId", stock.key.id},
                           {"name", stock.name},
                           {"balance", Money{stock.available}.number()},
                           {"slots", stocks[i + 1].available}});
    else if (stock.key.kind == StockKind::item)
      items.push_back(Json{{"itemId", stock.key.id},
                           {"name", stock.name},
                           {"price", stock.price.number()},
                           {"availableQuantity", stock.available}});
  }
  const Json body{{"message", "Test data is there"}, {"users", std::move(users)}, {"items", std::move(items)}};
  co_return http::json_response(201, body);
}

awaitable<Result<Stock>> read_stock(Context& context, const Request& request, StockKind kind) {
  const StockKey key{kind, std::string(request.parameter("id"))};
  auto read = [&queries = context.queries, key] { return queries.stock(key); };
  Result<std::optional<Stock>> found = co_await context.query_threads.run(read);
  if (!found) co_return found.error();
  if (!*found) co_return Error{ErrorCode::not_found, "User not found"};
  co_return std::move(**found);
}

awaitable<Answer> get_balance(Context& context, Request& request) {
  const Result<Stock> balance = co_await read_stock(context, request, StockKind::balance);
  if (!balance) co_return balance.error();
  const Json body{{"userId", balance->key.id},
                  {"name", balance->name},
                  {"balance", Money{balance->available}.number()},
                  {"reserved", Money{balance->reserved}.number()},
                  {"spent", Money{balance->sold}.number()}};
  co_return http::json_response(200, body);
}

awaitable<Result<FlowPage>> read_purchases(Context& context, const Request& request) {
  OrderFilter filter;
  filter.user = owner_filter(request);
  filter.types = {std::string(item_purchase_saga)};
  filter.customer = std::string(request.parameter("id"));
  auto read = [&queries = context.queries, filter] {
    Page page;
    page.limit = orders_max;
    return queries.orders(filter, page);
  };
  co_return co_await context.query_threads.run(read);
}

awaitable<Answer> get_inventory(Context& context, Request& request) {
  const Result<Stock> slots = co_await read_stock(context, request, StockKind::slots);
  if (!slots) co_return slots.error();
  const Result<FlowPage> found = co_await read_purchases(context, request);
  if (!found) co_return found.error();
  std::map<std::string, Json> owned;
  for (const Flow& flow : found->flows) {
    if (status_of(flow.order) != "completed") continue;
    for (const OrderItem& item : flow.order.items) {
      Json& entry = owned[item.product_id];
      const std::int64_t before = entry.is_object() ? entry["quantity"].get<std::int64_t>() : 0;
      entry = Json{{"itemId", item.product_id}, {"itemName", item.product_name}, {"quantity", before + item.quantity}};
    }
  }
  Json items = Json::array();
  for (auto& [id, entry] : owned) items.push_back(std::move(entry));
  const Json body{{"userId", slots->key.id},        {"totalSlots", slots->total},
                  {"usedSlots", slots->sold},       {"reservedSlots", slots->reserved},
                  {"availableSlots", slots->available}, {"items", std::move(items)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_purchases(Context& context, Request& request) {
  const Result<Stock> user = co_await read_stock(context, request, StockKind::balance);
  if (!user) co_return user.error();
  const Result<FlowPage> found = co_await read_purchases(context, request);
  if (!found) co_return found.error();
  Json body = Json::array();
  for (const Flow& flow : found->flows) body.push_back(purchase(flow));
  co_return http::json_response(200, body);
}

}  // namespace

void add_purchase_routes(http::Router& router, Context& context) {
  using http::Method;
  const auto add = [&](Method method, std::string pattern, awaitable<Answer> (*handler)(Context&, Request&),
                       std::string summary) {
    router.add({method, std::move(pattern), http::Access::guest,
                [&context, handler](Request& request) { return handler(context, request); }, std::move(summary),
                "purchase"});
  };
  add(Method::post, "/purchase/setup-test-data", set_up, "Makes users and items that are not there");
  add(Method::post, "/purchase/orders", place_purchase, "A user buys an item");
  add(Method::get, "/purchase/orders/{orderId}", get_purchase, "One purchase");
  add(Method::get, "/purchase/user/{id}/balance", get_balance, "A user's money");
  add(Method::get, "/purchase/user/{id}/inventory", get_inventory, "A user's slots and items");
  add(Method::get, "/purchase/user/{id}/orders", list_purchases, "A user's purchases, newest first, at most 1000");
}

}  // namespace sagactl::api
