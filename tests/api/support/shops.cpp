#include "tests/api/support/shops.hpp"

#include <gtest/gtest.h>

namespace sagactl::test {

Json checkout_body(const std::string& product, int quantity, double price) {
  const Json item{{"productId", product}, {"productName", "Laptop"}, {"quantity", quantity}, {"price", price}};
  return Json{{"customerId", "CUST001"}, {"items", Json::array({item})}};
}

void Shop::stock(const std::string& product, int quantity, double price) {
  const Json body{{"productName", "Product " + product}, {"availableQuantity", quantity}, {"price", price}};
  const HttpResponse answer = guest_.put("/api/inventory/" + product, body).value();
  ASSERT_EQ(answer.status, 200) << answer.body;
}

Json Shop::levels(const std::string& product) {
  const Json stock = get("/api/inventory/" + product);
  return Json::array({stock["availableQuantity"], stock["reservedQuantity"], stock["soldQuantity"]});
}

PlacedCheckout Shop::place(CheckoutMode mode, const Json& body) {
  if (mode == CheckoutMode::orchestration) {
    const Json answer = post("/api/orchestrator/orders", body, 201);
    return {answer["orderId"], answer["sagaId"]};
  }
  return {post("/api/orders", body, 201)["order"]["orderId"], ""};
}

PlacedCheckout Shop::check_out(CheckoutMode mode, const std::string& product, int quantity) {
  PlacedCheckout placed = place(mode, checkout_body(product, quantity));
  node_.await_end(placed.order);
  return placed;
}

Json Shop::get(const std::string& path, int status) {
  const HttpResponse answer = guest_.get(path).value();
  EXPECT_EQ(answer.status, status) << "GET " << path << ": " << answer.body;
  return answer.json().value();
}

Json Shop::post(const std::string& path, const Json& body, int status) {
  const HttpResponse answer = guest_.post(path, body).value();
  EXPECT_EQ(answer.status, status) << "POST " << path << ": " << answer.body;
  return answer.json().value();
}

void expect_members(const Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) EXPECT_TRUE(object.contains(name)) << name << " is missing in " << object.dump();
}

}  // namespace sagactl::test
