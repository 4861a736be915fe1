#include "loadgen/profile/test_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

constexpr int calls_max = 100;
constexpr std::size_t products_max = 10'000;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

Error lacks(const TestData& wanted, const std::string& what) {
  return {ErrorCode::invalid, fmt::format("the answer to {} {} has no {}", wanted.method, wanted.path, what)};
}

Result<Json> list_at(const TestData& wanted, const Json& answer, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!answer.contains(place) || !answer[place].is_array()) return lacks(wanted, "list at " + pointer);
  return answer[place];
}

Money price_of(const Json& value) {
  const auto money = value.is_string() ? parse_money(value.get<std::string>()) : money_from_json(value);
  return money ? *money : Money{};
}

Result<void> take_users(const TestData& wanted, const Json& answer, std::vector<LoadUser>& users) {
  const auto list = list_at(wanted, answer, wanted.users);
  if (!list) return list.error();
  for (const Json& it : *list) {
    if (!it.is_object() || !it.contains(wanted.user_id))
      return lacks(wanted, wanted.user_id + " for each user");
    LoadUser user{text_of(it[wanted.user_id]), {}, it[wanted.user_id].is_number()};
    const auto same = [&](const LoadUser& known) { return known.id == user.id; };
    if (std::none_of(users.begin(), users.end(), same)) users.push_back(std::move(user));
  }
  return {};
}

Result<void> take_products(const TestData& wanted, const Json& answer,
                           std::vector<CatalogueProduct>& products) {
  const auto list = list_at(wanted, answer, wanted.products);
  if (!list) return list.error();
  for (const Json& it : *list) {
    if (products.size() == products_max) break;
    if (!it.is_object() || !it.contains(wanted.product_id))
      return lacks(wanted, wanted.product_id + " for each product");
    CatalogueProduct product;
    product.id = text_of(it[wanted.product_id]);
    product.id_is_number = it[wanted.product_id].is_number();
    product.name = it.contains(wanted.product_name) ? text_of(it[wanted.product_name]) : product.id;
    if (it.contains(wanted.product_price)) product.price = price_of(it[wanted.product_price]);
    products.push_back(std::move(product));
  }
  return {};
}

std::string filled(std::string text, const TestDataFor& whom) {
  for (const auto& [field, value] :
       {std::pair<std::string, std::string>{"{run}", whom.run}, {"{users}", std::to_string(whom.users)}})
    for (auto at = text.find(field); at != std::string::npos; at = text.find(field, at + value.size()))
      text.replace(at, field.size(), value);
  return text;
}

Result<void> make_one(HttpClient& client, const TestData& wanted, const TestDataFor& whom,
                      TestDataMade& made) {
  HttpRequest request{wanted.method,
                      filled(wanted.path, whom),
                      filled(wanted.body, whom),
                      {{"Content-Type", "application/json"}}};
  for (int call = 0; call < calls_max; ++call) {
    const auto response = client.send(request);
    if (!response) return response.error();
    if (!response->ok()) {
      Error refused = error_of(*response);
      refused.message = fmt::format("test data could not be made: {} {} at {} says {} {}", request.method,
                                    request.path, client.base().text(), response->status, refused.message);
      return refused;
    }
    if (wanted.users.empty() && wanted.products.empty()) return {};
    const auto answer = response->json();
    if (!answer) return answer.error();
    const std::size_t users_before = made.users.size();
    if (!wanted.users.empty())
      if (auto taken = take_users(wanted, *answer, made.users); !taken) return taken.error();
    if (!wanted.products.empty() && call == 0)
      if (auto taken = take_products(wanted, *answer, made.products); !taken) return taken.error();
    if (wanted.users.empty() || made.users.size() >= whom.users || made.users.size() == users_before) break;
  }
  if (!wanted.users.empty() && made.users.empty()) return lacks(wanted, "user");
  if (!wanted.products.empty() && made.products.empty()) return lacks(wanted, "product");
  return {};
}

}  // namespace

Result<TestDataMade> make_test_data(const Url& node, const std::vector<TestData>& wanted,
                                    const TestDataFor& whom) {
  HttpClientOptions options;
  options.token = whom.token;
  options.timeout = whom.timeout;
  HttpClient client(node, options);
  TestDataMade made;
  for (const TestData& data : wanted)
    if (auto done = make_one(client, data, whom, made); !done) return done.error();
  if (made.users.size() > whom.users) made.users.resize(whom.users);
  return made;
}

}  // namespace sagactl
