#include "loadgen/profile/test_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/text.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/requests/request_pieces.hpp"

namespace sagactl {
namespace {

constexpr int calls_max = 100;
constexpr std::size_t products_max = 10'000;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

Error lacks(const TestDataRequest& request, const std::string& what) {
  return {ErrorCode::invalid, fmt::format("the answer to {} {} has no {}", request.method, request.path, what)};
}

Result<Json> list_at(const TestDataRequest& request, const Json& answer, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!answer.contains(place) || !answer[place].is_array()) return lacks(request, "list at " + pointer);
  return answer[place];
}

Money price_of(const Json& value) {
  const auto money = value.is_string() ? parse_money(value.get<std::string>()) : money_from_json(value);
  return money ? *money : Money{};
}

Result<void> take_users(const TestDataRequest& request, const Json& answer, std::vector<LoadUser>& users) {
  const auto list = list_at(request, answer, request.users);
  if (!list) return list.error();
  for (const Json& it : *list) {
    if (!it.is_object() || !it.contains(request.user_id)) return lacks(request, request.user_id + " for each user");
    LoadUser user{text_of(it[request.user_id]), {}, it[request.user_id].is_number()};
    const auto same = [&](const LoadUser& known) { return known.id == user.id; };
    if (std::none_of(users.begin(), users.end(), same)) users.push_back(std::move(user));
  }
  return {};
}

Result<void> take_products(const TestDataRequest& request, const Json& answer,
                           std::vector<CatalogueProduct>& products) {
  const auto list = list_at(request, answer, request.products);
  if (!list) return list.error();
  for (const Json& it : *list) {
    if (products.size() == products_max) break;
    if (!it.is_object() || !it.contains(request.product_id))
      return lacks(request, request.product_id + " for each product");
    CatalogueProduct product;
    product.id = text_of(it[request.product_id]);
    product.id_is_number = it[request.product_id].is_number();
    product.name = it.contains(request.product_name) ? text_of(it[request.product_name]) : product.id;
    if (it.contains(request.product_price)) product.price = price_of(it[request.product_price]);
    products.push_back(std::move(product));
  }
  return {};
}

std::string filled(std::string text, const TestDataScope& scope) {
  replace_all(text, "{run}", scope.run);
  replace_all(text, "{users}", std::to_string(scope.users));
  return text;
}

Result<void> send_one(HttpClient& client, const TestDataRequest& request, const TestDataScope& scope,
                      PreparedTestData& prepared) {
  HttpRequest http_request{request.method,
                           escaped(filled(request.path, scope), Escape::target),
                           filled(request.body, scope),
                           {{"Content-Type", "application/json"}}};
  for (int call = 0; call < calls_max; ++call) {
    const auto response = client.send(http_request);
    if (!response) return response.error();
    if (!response->ok()) {
      Error refused = error_of(*response);
      refused.message = fmt::format("test data could not be prepared: {} {} at {} answers {} {}", http_request.method,
                                    http_request.path, client.base().text(), response->status, refused.message);
      return refused;
    }
    if (request.users.empty() && request.products.empty()) return {};
    const auto answer = response->json();
    if (!answer) return answer.error();
    const std::size_t users_before = prepared.users.size();
    if (!request.users.empty())
      if (auto taken = take_users(request, *answer, prepared.users); !taken) return taken.error();
    if (!request.products.empty() && call == 0)
      if (auto taken = take_products(request, *answer, prepared.products); !taken) return taken.error();
    if (request.users.empty() || prepared.users.size() >= scope.users || prepared.users.size() == users_before) break;
  }
  if (!request.users.empty() && prepared.users.empty()) return lacks(request, "user");
  if (!request.products.empty() && prepared.products.empty()) return lacks(request, "product");
  return {};
}

}  // namespace

Result<PreparedTestData> request_test_data(const Url& node, const std::vector<TestDataRequest>& requests,
                                           const TestDataScope& scope) {
  HttpClient client(node, {.token = scope.token, .timeout = scope.timeout, .connect = scope.connect});
  PreparedTestData prepared;
  for (const TestDataRequest& data : requests)
    if (auto done = send_one(client, data, scope, prepared); !done) return done.error();
  if (prepared.users.size() > scope.users) prepared.users.resize(scope.users);
  return prepared;
}

}  // namespace sagactl
