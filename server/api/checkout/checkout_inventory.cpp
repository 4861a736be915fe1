// The stock of products, and what checkouts have reserved of it.
#include <array>

#include "server/api/checkout/checkout.hpp"
#include "server/api/checkout/handlers.hpp"
#include "server/api/checkout/render_checkout.hpp"
#include "server/api/checkout/sample_products.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t product_id_max = 255, product_name_max = 1000;

struct SampleProduct {
  std::string_view id, name;
  std::int64_t quantity;
  Money price;
};
constexpr std::array samples = {
    SampleProduct{"PROD001", "Laptop", 50, {1000'00}},    SampleProduct{"PROD002", "Mouse", 200, {30'00}},
    SampleProduct{"PROD003", "Keyboard", 150, {80'00}},   SampleProduct{"PROD004", "Monitor", 30, {300'00}},
    SampleProduct{"PROD005", "Headphones", 100, {90'00}},
};

Json stock_list_json(const std::vector<Stock>& stocks) {
  Json list = Json::array();
  for (const Stock& stock : stocks) list.push_back(checkout_stock_json(stock));
  return list;
}

Result<StockSetting> parse_stock_setting(const Request& request) {
  const auto json = http::parse_json_object(request.body);
  if (!json) return checkout_error(json.error());
  const auto id = text_parameter(request, "productId");
  if (!id) return checkout_error(id.error());
  StockSetting setting;
  setting.key = {StockKind::product, *id};
  http::ObjectReader body(*json);
  if (setting.key.id.size() > product_id_max) body.fault("productId must be shorter than or equal to 255 characters");
  (void)body.optional_text("productId");  // accepted and ignored: the path has it
  if (auto name = body.optional_text("productName", {.max = product_name_max})) setting.name = std::move(*name);
  setting.available = body.optional_integer("availableQuantity", {.min = 0, .max = stock_max});
  if (const auto quantity = body.optional_integer("quantity", {.min = 0, .max = stock_max}))
    setting.available = quantity;
  setting.price = body.optional_money("price");
  if (const auto valid = body.finish(); !valid) return checkout_error(valid.error());
  return setting;
}

}  // namespace

std::vector<StockSetting> sample_products() {
  std::vector<StockSetting> settings;
  for (const SampleProduct& sample : samples) {
    StockSetting& setting = settings.emplace_back();
    setting.key = {StockKind::product, std::string(sample.id)};
    setting.name = sample.name;
    setting.price = sample.price;
    setting.available = sample.quantity;
    setting.only_if_absent = true;
  }
  return settings;
}

awaitable<Answer> initialize_inventory(Context& context, Request& request) {
  if (const auto may = may_set_stock(request); !may) co_return may.error();
  SetStockRequest set{actor_of(request), sample_products()};
  Command command = std::move(set);
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return checkout_error(receipt.error());
  const Json stocks = stock_list_json(receipt->stocks);
  const Json body{{"message", "Inventory initialized successfully"}, {"inventory", stocks}, {"products", stocks}};
  co_return http::json_response(200, body);
}

awaitable<Answer> list_stock(Context& context, Request& request) {
  QueryReader query(request);
  const std::string after = query.text("after");
  const std::int64_t limit = query.integer("limit", checkout_list_max, 1, checkout_list_max);
  if (const auto valid = query.finish(); !valid) co_return checkout_error(valid.error());
  auto read = [&queries = context.queries, after, limit] {
    return queries.stocks(StockKind::product, after, static_cast<std::size_t>(limit));
  };
  const Result<std::vector<Stock>> found = co_await context.query_threads.run(read);
  if (!found) co_return checkout_error(found.error());
  const Json body = stock_list_json(*found);
  co_return http::json_response(200, body);
}

awaitable<Answer> get_stock(Context& context, Request& request) {
  const auto id = text_parameter(request, "productId");
  if (!id) co_return checkout_error(id.error());
  const StockKey key{StockKind::product, *id};
  auto read = [&queries = context.queries, key] { return queries.stock(key); };
  const Result<std::optional<Stock>> found = co_await context.query_threads.run(read);
  if (!found) co_return checkout_error(found.error());
  if (!*found) co_return checkout_not_found("Product");
  const Json body = checkout_stock_json(**found);
  co_return http::json_response(200, body);
}

// Sets the quantity that can be reserved from now on. Creates the product when it does not exist.
awaitable<Answer> put_stock(Context& context, Request& request) {
  if (const auto may = may_set_stock(request); !may) co_return may.error();
  auto setting = parse_stock_setting(request);
  if (!setting) co_return setting.error();
  SetStockRequest set{actor_of(request), {std::move(setting).value()}};
  Command command = std::move(set);
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt && receipt.error().code == ErrorCode::not_found) co_return checkout_not_found("Product");
  if (!receipt) co_return checkout_error(receipt.error());
  Json body = checkout_stock_json(receipt->stocks.front());
  body["inventory"] = checkout_stock_json(receipt->stocks.front());
  body["message"] = "Inventory updated successfully";
  co_return http::json_response(200, body);
}

awaitable<Answer> get_reservation(Context& context, Request& request) {
  const auto id = checkout_of_path(request);
  const Error missing = checkout_not_found("Reservation");
  if (!id) co_return missing;
  const Result<Flow> flow = co_await read_checkout(context, request, *id);
  if (!flow) co_return flow.error().code == ErrorCode::not_found ? missing : flow.error();
  const Reservation* reservation = latest_reservation(*flow, StockKind::product);
  if (!reservation) co_return missing;
  const Json body = checkout_reservation_json(*id, *reservation);
  co_return http::json_response(200, body);
}

}  // namespace sagactl::api
