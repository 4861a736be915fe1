// The profiles of the systems of `sagactl serve`.
#include "common/text/json.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {
namespace {

// Enough for long loads; orders that are meant to fail ask for more.
constexpr std::int64_t ample_stock = 10'000'000;
constexpr std::int64_t more_than_any_stock = 100'000'000;

const std::pair<std::string, std::string> json_content{"Content-Type", "application/json"};
const std::pair<std::string, std::string> correlated{"X-Correlation-ID", "{correlation}"};
const std::pair<std::string, std::string> keyed{"Idempotency-Key", "{key}"};

Profile order_system() {
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
  profile.outcome.duplicate_markers = {{"/error", {"DUPLICATE_ORDER"}}, {"/code", {"ORDER_ALREADY_EXISTS"}}};
  profile.status = {"/orders/{order}", "/status", {"paid", "shipped", "delivered", "cancelled", "failed"}};
  return profile;
}

// A product that only this run uses.
void create_checkout_product(Profile& profile, const std::string& id, const std::string& name, Money price) {
  TestDataRequest put{.method = "PUT", .path = "/api/inventory/" + id};
  put.body = json_text({{"productName", name}, {"availableQuantity", ample_stock}, {"price", price.number()}});
  profile.test_data.push_back(std::move(put));
}

void add_checkout_product(Profile& profile, const std::string& name, Money price) {
  const std::string id = "LT-{run}-" + name;
  create_checkout_product(profile, id, name, price);
  profile.catalogue.push_back({id, name, price});
}

Profile checkout_system() {
  Profile profile;
  profile.name = "checkout";
  profile.is_ours = true;
  profile.path = "/api/orchestrator/orders";
  profile.headers = {json_content, correlated, keyed};
  profile.body = R"({"customerId":"{user}","items":[{items}]})";
  profile.item = R"({"productId":"{product}","productName":"{name}","quantity":{quantity},"price":{price}})";
  profile.answer.order = {"/orderId"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status"};
  profile.answer.ids_are_uuids = true;
  profile.status = {"/api/orchestrator/sagas/order/{order}", "/status", {"COMPLETED", "COMPENSATED", "FAILED"}};
  add_checkout_product(profile, "Laptop", Money{100'000});
  add_checkout_product(profile, "Mouse", Money{3'000});
  add_checkout_product(profile, "Keyboard", Money{8'000});
  add_checkout_product(profile, "Monitor", Money{30'000});
  add_checkout_product(profile, "Headphones", Money{9'000});
  FailureVariant payment, stock;
  payment.product = "LT-{run}-PAYMENT_FAIL";
  payment.name = "PAYMENT_FAIL";
  create_checkout_product(profile, payment.product, payment.name, profile.catalogue.front().price);
  stock.quantity = more_than_any_stock;
  profile.failure_variants = {payment, stock};
  return profile;
}

Profile choreography_system() {
  Profile profile = checkout_system();
  profile.name = "checkout-choreography";
  profile.path = "/api/orders";
  profile.answer.order = {"/order/orderId"};
  profile.answer.status = {"/order/status"};
  profile.answer.total = {"/order/totalAmount"};
  profile.status = {"/api/orders/{order}", "/status", {"COMPLETED", "CANCELLED", "FAILED"}};
  return profile;
}

Profile purchase_system() {
  Profile profile;
  profile.name = "purchase";
  profile.is_ours = true;
  profile.path = "/purchase/orders";
  profile.headers = {json_content, correlated, keyed};
  profile.body = "{items}";
  profile.item = R"({"userId":{userJson},"itemId":{productJson},"quantity":{quantity}})";
  profile.answer.order = {"/orderId"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status"};
  profile.answer.total = {"/totalPrice"};
  profile.answer.ids_are_uuids = true;
  profile.status = {"/purchase/orders/{order}", "/status", {"completed", "cancelled", "failed"}};
  profile.test_data = {{.path = "/purchase/setup-test-data",
                        .body = R"({"prefix":"LT-{run}-","users":{users},"items":5,"stock":10000000,)"
                                R"("balance":1000000000,"slots":10000000})",
                        .users = "/users",
                        .user_id = "userId",
                        .products = "/items",
                        .product_id = "itemId",
                        .product_name = "name",
                        .product_price = "price"}};
  FailureVariant stock;
  stock.quantity = more_than_any_stock;
  profile.failure_variants = {stock};
  return profile;
}

const std::vector<Profile>& builtin_profiles() {
  static const std::vector<Profile> profiles = {order_system(), checkout_system(), choreography_system(),
                                                purchase_system()};
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
