// POST /purchase/setup-test-data: users and items to try purchases with.
#include <fmt/format.h>

#include "server/api/orders/parse_order.hpp"
#include "server/api/purchase/handlers.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/http/message/json_body.hpp"
#include "server/http/message/validate.hpp"

namespace sagactl::api {
namespace {

constexpr std::int64_t created_max = 2000;  // users, and items

struct PurchaseTestData {
  std::string prefix;
  std::int64_t users = 3, items = 4;
  std::int64_t stock = 100;  // of each item
  Money balance{10'000'00};  // of each user
  std::int64_t slots = 20;   // of each user
};

Result<PurchaseTestData> parse_test_data(std::string_view text) {
  const auto json = http::parse_json_object(text);
  if (!json) return json.error();
  PurchaseTestData data;
  http::ObjectReader body(*json);
  if (auto prefix = body.optional_text("prefix", {.max = 64})) data.prefix = std::move(*prefix);
  data.users = body.optional_integer("users", {.min = 1, .max = created_max}).value_or(data.users);
  data.items = body.optional_integer("items", {.min = 1, .max = created_max}).value_or(data.items);
  data.stock = body.optional_integer("stock", {.min = 0, .max = quantity_max}).value_or(data.stock);
  data.slots = body.optional_integer("slots", {.min = 0, .max = quantity_max}).value_or(data.slots);
  data.balance = body.optional_money("balance").value_or(data.balance);
  if (const auto valid = body.finish(); !valid) return valid.error();
  return data;
}

StockSetting if_absent(StockKind kind, std::string id, std::string name, std::int64_t available) {
  StockSetting setting;
  setting.key = {kind, std::move(id)};
  setting.name = std::move(name);
  setting.available = available;
  setting.only_if_absent = true;
  return setting;
}

// The same ids every time; those that exist are left as they are.
std::vector<StockSetting> settings_of(const PurchaseTestData& data) {
  std::vector<StockSetting> settings;
  for (std::int64_t i = 1; i <= data.users; ++i) {
    const std::string id = fmt::format("{}user-{}", data.prefix, i), name = fmt::format("User {}", i);
    settings.push_back(if_absent(StockKind::balance, id, name, data.balance.cents));
    settings.push_back(if_absent(StockKind::slots, id, name, data.slots));
  }
  for (std::int64_t i = 1; i <= data.items; ++i) {
    const std::string id = fmt::format("{}item-{}", data.prefix, i);
    settings.push_back(if_absent(StockKind::item, id, fmt::format("Item {}", i), data.stock));
    settings.back().price = Money{i * 100'00};
  }
  return settings;
}

}  // namespace

awaitable<Answer> set_up_test_data(Context& context, Request& request) {
  if (const auto may = may_set_stock(request); !may) co_return may.error();
  const auto data = parse_test_data(request.body);
  if (!data) co_return data.error();
  SetStockRequest set{actor_of(request), settings_of(*data)};
  Command command = std::move(set);
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  Json users = Json::array(), items = Json::array();
  const std::vector<Stock>& stocks = receipt->stocks;
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
  const Json body{{"message", "Test data is set up"}, {"users", std::move(users)}, {"items", std::move(items)}};
  co_return http::json_response(201, body);
}

}  // namespace sagactl::api
