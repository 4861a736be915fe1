// The systems that a `sagactl serve` node speaks.
#include "loadgen/profile.hpp"

namespace sagactl {
namespace {

constexpr std::int64_t more_than_any_stock = 1'000'000;

const std::pair<std::string, std::string> json_content{"Content-Type", "application/json"};
const std::pair<std::string, std::string> correlated{"X-Correlation-ID", "{correlation}"};
const std::pair<std::string, std::string> keyed{"Idempotency-Key", "{key}"};

Profile make_order() {
  Profile profile;
  profile.name = "order";
  profile.is_ours = true;
  profile.accounts = Profile::Accounts::registered;
  profile.duplicates_by = Profile::DuplicatesBy::product;
  profile.path = "/orders";
  profile.headers = {json_content, correlated};
  profile.body = R"({"items":[{items}],"shippingAddress":"Load test street 1"})";
  profile.item = R"({"productId":"{product}","productName":"{name}","quantity":{quantity},"price":{price}})";
  profile.answer.order = {"/id", "/existingOrderId"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status"};
  profile.answer.total = {"/totalAmount"};
  profile.answer.ids_are_uuids = true;
  profile.outcome.duplicate_tells = {{"/error", {"DUPLICATE_ORDER"}}, {"/code", {"ORDER_ALREADY_EXISTS"}}};
  profile.status = {"/orders/{order}", "/status", {"paid", "shipped", "delivered", "cancelled", "failed"}};
  return profile;
}

Profile make_checkout() {
  Profile profile;
  profile.name = "checkout";
  profile.is_ours = true;
  profile.path = "/api/orchestrator/orders";
  profile.headers = {json_content, correlated, keyed};
  profile.body = R"({"customerId":"{user}","items":[{items}]})";
  profile.item = R"({"productId":"{product}","productName":"{name}","quantity":{quantity},"price":{price}})";
  profile.answer.order = {"/orderId", "/order/orderId"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status"};
  profile.status = {
      "/api/orchestrator/sagas/order/{order}", "/status", {"COMPLETED", "COMPENSATED", "FAILED"}};
  profile.test_data.path = "/api/inventory/initialize";
  profile.catalogue = {{"PROD001", "Laptop", Money{100'000}},
                       {"PROD002", "Mouse", Money{3'000}},
                       {"PROD003", "Keyboard", Money{8'000}},
                       {"PROD004", "Monitor", Money{30'000}},
                       {"PROD005", "Headphones", Money{9'000}}};
  profile.fail_ways = {{"PAYMENT_FAIL Laptop", std::nullopt}, {"", more_than_any_stock}};
  return profile;
}

Profile make_choreography() {
  Profile profile = make_checkout();
  profile.name = "checkout-choreography";
  profile.path = "/api/orders";
  profile.answer.order = {"/order/orderId", "/order/id", "/orderId"};
  profile.answer.status = {"/order/status"};
  profile.answer.total = {"/order/totalAmount"};
  profile.status = {"/api/orders/{order}", "/status", {"COMPLETED", "CANCELLED", "FAILED"}};
  return profile;
}

Profile make_purchase() {
  Profile profile;
  profile.name = "purchase";
  profile.is_ours = true;
  profile.path = "/purchase/orders";
  profile.headers = {json_content, correlated, keyed};
  profile.body = "{items}";
  profile.item = R"({"userId":{userJson},"itemId":{productJson},"quantity":{quantity}})";
  profile.answer.order = {"/orderId", "/id", "/order/orderId", "/order/id"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status", "/order/status"};
  profile.answer.total = {"/totalPrice", "/totalAmount"};
  profile.test_data.path = "/purchase/setup-test-data";
  profile.test_data.users = "/users";
  profile.test_data.user_id = "userId";
  profile.test_data.products = "/items";
  profile.test_data.product_id = "itemId";
  profile.test_data.product_name = "name";
  profile.test_data.product_price = "price";
  profile.fail_ways = {{"", more_than_any_stock}};
  return profile;
}

const std::vector<Profile>& builtin_profiles() {
  static const std::vector<Profile> profiles = {make_order(), make_checkout(), make_choreography(),
                                                make_purchase()};
  return profiles;
}

}  // namespace

const Profile* find_builtin_profile(std::string_view name) {
  for (const Profile& profile : builtin_profiles())
    if (profile.name == name) return &profile;
  return nullptr;
}

std::vector<std::string> builtin_profile_names() {
  std::vector<std::string> names;
  for (const Profile& profile : builtin_profiles()) names.push_back(profile.name);
  return names;
}

const Profile& order_profile() {
  return builtin_profiles().front();
}

}  // namespace sagactl
