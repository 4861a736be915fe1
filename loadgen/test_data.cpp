#include "loadgen/test_data.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

constexpr int calls_max = 100;
constexpr std::size_t products_max = 10'000;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

Error lacks(const TestData& wanted, const std::string& what) {
  return {ErrorCode::invalid, fmt::format("the answer to POST {} has no {}", wanted.path, what)};
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
    if (!it.is_object() || !it.contains(wanted.user_id)) return lacks(wanted, wanted.user_id + " for each user");
    LoadUser user{text_of(it[wanted.user_id]), {}, it[wanted.user_id].is_number()};
    const auto same = [&](const LoadUser& known) { return known.id == user.id; };
    if (std::none_of(users.begin(), users.end(), same)) users.push_back(std::move(user));
  }
  return {};
}

Result<void> take_products(const TestData& wanted, const Json& answer, std::vector<CatalogueProduct>& products) {
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

}  // namespace

Result<TestDataMade> make_test_data(const Url& node, const TestData& wanted, const std::string& token,
                                    std::uint32_t users_wanted, Duration timeout) {
  HttpClientOptions options;
  options.token = token;
  options.timeout = timeout;
  HttpClient client(node, options);
  HttpRequest request{"POST", wanted.path, wanted.body, {{"Content-Type", "application/json"}}};
  TestDataMade made;
  for (int call = 0; call < calls_max; ++call) {
    const auto response = client.send(request);
    if (!response) return response.error();
    if (!response->ok()) {
      Error refused = error_of(*response);
      refused.message = fmt::format("test data could not be made: POST {} at {} says {} {}", wanted.path,
                                    node.text(), response->status, refused.message);
      return refused;
    }
    if (wanted.users.empty() && wanted.products.empty()) return made;
    const auto answer = response->json();
    if (!answer) return answer.error();
    const std::size_t users_before = made.users.size();
    if (!wanted.users.empty())
      if (auto taken = take_users(wanted, *answer, made.users); !taken) return taken.error();
    if (!wanted.products.empty() && call == 0)
      if (auto taken = take_products(wanted, *answer, made.products); !taken) return taken.error();
    if (made.users.size() >= users_wanted || made.users.size() == users_before) break;
  }
  if (!wanted.users.empty() && made.users.empty()) return lacks(wanted, "user");
  if (!wanted.products.empty() && made.products.empty()) return lacks(wanted, "product");
  if (!wanted.users.empty() && made.users.size() > users_wanted) made.users.resize(users_wanted);
  return made;
}

}  // namespace sagactl
