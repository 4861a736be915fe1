// The systems that a `sagactl serve` node speaks.
#include "common/text/json.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {
namespace {

// So that a long load is not one of shortages; what is to fail asks for more.
constexpr std::int64_t ample_stock = 10'000'000;
constexpr std::int64_t more_than_any_stock = 100'000'000;

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

// A product of the run's own, so that nobody else's stock is touched.
void make_checkout_product(Profile& profile, const std::string& id, const std::string& name, Money price) {
  TestData put{.method = "PUT", .path = "/api/inventory/" + id};
  put.body = json_text({{"productName", name}, {"availableQuantity", ample_stock}, {"price", price.number()}});
  profile.test_data.push_back(std::move(put));
}

void add_checkout_product(Profile& profile, const std::string& name, Money price) {
  const std::string id = "LT-{run}-" + name;
  make_checkout_product(profile, id, name, price);
  profile.catalogue.push_back({id, name, price});
}

Profile make_checkout() {
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
  profile.status = {
      "/api/orchestrator/sagas/order/{order}", "/status", {"COMPLETED", "COMPENSATED", "FAILED"}};
  add_checkout_product(profile, "Laptop", Money{100'000});
  add_checkout_product(profile, "Mouse", Money{3'000});
  add_checkout_product(profile, "Keyboard", Money{8'000});
  add_checkout_product(profile, "Monitor", Money{30'000});
  add_checkout_product(profile, "Headphones", Money{9'000});
  FailWay payment, stock;
  payment.product = "LT-{run}-PAYMENT_FAIL";
  payment.name = "PAYMENT_FAIL";
  make_checkout_product(profile, payment.product, payment.name, profile.catalogue.front().price);
  stock.quantity = more_than_any_stock;
  profile.fail_ways = {payment, stock};
  return profile;
}

Profile make_choreography() {
  Profile profile = make_checkout();
  profile.name = "checkout-choreography";
  profile.path = "/api/orders";
  profile.answer.order = {"/order/orderId"};
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
  profile.answer.order = {"/orderId"};
  profile.answer.correlation = {"/correlationId"};
  profile.answer.status = {"/status"};
  profile.answer.total = {"/totalPrice"};
  profile.answer.ids_are_uuids = true;
  profile.status = {"/purchase/orders/{order}", "/status", {"completed", "cancelled", "failed"}};
  profile.test_data = {
      {.path = "/purchase/setup-test-data",
       .body =
           R"({"prefix":"LT-{run}-","users":{users},"items":5,"stock":10000000,)"
               R"("balance":1000000000,"slots":10000000})",
       .users = "/users",
       .user_id = "userId",
       .products = "/items",
       .product_id = "itemId",
       .product_name = "name",
       .product_price = "price"}};
  FailWay stock;
  stock.quantity = more_than_any_stock;
  profile.fail_ways = {stock};
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
