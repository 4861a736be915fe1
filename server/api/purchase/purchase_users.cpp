// The users who buy: their balance, their slots and items, their purchases.
#include <map>

#include "server/api/purchase/handlers.hpp"
#include "server/api/purchase/render_purchase.hpp"
#include "server/api/query.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t purchases_max = 1000;

awaitable<Result<Stock>> read_user_stock(Context& context, const Request& request, StockKind kind) {
  const auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  const StockKey key{kind, *id};
  auto read = [&queries = context.queries, key] { return queries.stock(key); };
  Result<std::optional<Stock>> found = co_await context.query_threads.run(read);
  if (!found) co_return found.error();
  if (!*found) {
    Error unknown{ErrorCode::not_found, "User not found", Json{{"userId", *id}}};
    co_return unknown;
  }
  co_return std::move(**found);
}

awaitable<Result<FlowPage>> read_purchases(Context& context, const Request& request) {
  auto id = text_parameter(request, "id");
  if (!id) co_return id.error();
  OrderFilter filter;
  filter.user = owner_filter(request);
  filter.types = {std::string(item_purchase_saga)};
  filter.customer = *std::move(id);
  auto read = [&queries = context.queries, filter] {
    Page page;
    page.limit = purchases_max;
    return queries.orders(filter, page);
  };
  co_return co_await context.query_threads.run(read);
}

}  // namespace

awaitable<Answer> get_user_balance(Context& context, Request& request) {
  const Result<Stock> balance = co_await read_user_stock(context, request, StockKind::balance);
  if (!balance) co_return balance.error();
  const Json body{{"userId", balance->key.id},
                  {"name", balance->name},
                  {"balance", Money{balance->available}.number()},
                  {"reserved", Money{balance->reserved}.number()},
                  {"spent", Money{balance->sold}.number()}};
  co_return http::json_response(200, body);
}

awaitable<Answer> get_user_inventory(Context& context, Request& request) {
  const Result<Stock> slots = co_await read_user_stock(context, request, StockKind::slots);
  if (!slots) co_return slots.error();
  const Result<FlowPage> found = co_await read_purchases(context, request);
  if (!found) co_return found.error();
  std::map<std::string, Json> owned;
  for (const Flow& flow : found->flows) {
    if (purchase_status(flow.order) != "completed") continue;
    for (const OrderItem& item : flow.order.items) {
      Json& entry = owned[item.product_id];
      const std::int64_t before = entry.is_object() ? entry["quantity"].get<std::int64_t>() : 0;
      entry = Json{{"itemId", item.product_id}, {"itemName", item.product_name}, {"quantity", before + item.quantity}};
    }
  }
  Json items = Json::array();
  for (auto& [id, entry] : owned) items.push_back(std::move(entry));
  const Json body{
      {"userId", slots->key.id},          {"totalSlots", slots->total},         {"usedSlots", slots->sold},
      {"reservedSlots", slots->reserved}, {"availableSlots", slots->available}, {"items", std::move(items)}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_user_purchases(Context& context, Request& request) {
  const Result<Stock> user = co_await read_user_stock(context, request, StockKind::balance);
  if (!user) co_return user.error();
  const Result<FlowPage> found = co_await read_purchases(context, request);
  if (!found) co_return found.error();
  Json body = Json::array();
  for (const Flow& flow : found->flows) body.push_back(purchase_json(flow));
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api
