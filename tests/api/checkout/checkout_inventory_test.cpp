// The inventory of products: set and read.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

class Inventory : public testing::Test {
 protected:
  HttpResponse put(const std::string& product, const Json& body) {
    return shop.guest().put("/api/inventory/" + product, body).value();
  }

  ApiNode node;
  Shop shop{node};
};

TEST_F(Inventory, AProductsIdHasNoControlCharacters) {
  for (const char* id : {"a%00b", "a%0Ab"}) {
    EXPECT_EQ(put(id, {{"quantity", 3}}).status, 400) << id;
    EXPECT_EQ(shop.guest().get(std::string("/api/inventory/") + id)->status, 400) << id;
  }
}

TEST_F(Inventory, InitializeCreatesTheSamplesOnce) {
  const Json answer = shop.post("/api/inventory/initialize", Json::object(), 200);
  EXPECT_TRUE(answer.contains("message"));
  const std::vector<std::tuple<std::string, std::string, int, int>> samples = {{"PROD001", "Laptop", 50, 1000},
                                                                               {"PROD002", "Mouse", 200, 30},
                                                                               {"PROD003", "Keyboard", 150, 80},
                                                                               {"PROD004", "Monitor", 30, 300},
                                                                               {"PROD005", "Headphones", 100, 90}};
  const Json stock = shop.get("/api/inventory");
  ASSERT_EQ(stock.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto& [id, name, quantity, price] = samples[i];
    expect_members(stock[i], {"productId", "productName", "availableQuantity", "reservedQuantity", "price"});
    EXPECT_EQ(stock[i]["productId"], id);
    EXPECT_EQ(stock[i]["productName"], name);
    EXPECT_EQ(stock[i]["availableQuantity"], quantity);
    EXPECT_EQ(stock[i]["reservedQuantity"], 0);
    EXPECT_EQ(stock[i]["price"], price);
  }
  shop.check_out(CheckoutMode::choreography, "PROD001", 2);
  shop.post("/api/inventory/initialize", Json::object(), 200);
  EXPECT_EQ(shop.levels("PROD001"), Json({48, 0, 2})) << "existing products are unchanged";
}

TEST_F(Inventory, PutCreatesAndChangesAProduct) {
  const Json created =
      put("NEW", Json{{"productName", "New"}, {"availableQuantity", 7}, {"price", 9.99}}).json().value();
  EXPECT_EQ(created["productName"], "New");
  EXPECT_EQ(created["price"], 9.99);
  EXPECT_EQ(put("NEW", Json{{"quantity", 0}}).status, 200);
  EXPECT_EQ(shop.get("/api/inventory/NEW")["productName"], "New");
  EXPECT_EQ(shop.levels("NEW"), Json({0, 0, 0}));
}

TEST_F(Inventory, PutLeavesReservedAndSoldUnchanged) {
  shop.stock("P", 10);
  shop.check_out(CheckoutMode::orchestration, "P", 4);
  shop.stock("P", 1);
  EXPECT_EQ(shop.levels("P"), Json({1, 0, 4}));
}

TEST_F(Inventory, AWrongSettingChangesNothing) {
  shop.stock("P", 10);
  for (const char* body : {R"({"availableQuantity":-1})", R"({"availableQuantity":1.5})", R"({"quantity":"ten"})",
                           R"({"price":1.999})", R"({"price":-1})", R"({"colour":"red"})", "[]", "{"}) {
    const HttpRequest request{"PUT", "/api/inventory/P", body, {}};
    const HttpResponse answer = shop.guest().send(request).value();
    EXPECT_EQ(answer.status, 400) << body << answer.body;
    EXPECT_TRUE(answer.json().value()["error"].is_string()) << answer.body;
  }
  EXPECT_EQ(shop.levels("P"), Json({10, 0, 0}));
}

TEST_F(Inventory, AProductThatDoesNotExistIsNotFound) {
  EXPECT_EQ(shop.get("/api/inventory/NOPE", 404)["error"], "Product not found");
  shop.get("/api/reservations/order/00000000-0000-4000-8000-000000000000", 404);
  shop.get("/api/reservations/order/x", 404);
}

TEST_F(Inventory, ListsContinueAfterAnId) {
  for (const char* id : {"C", "A", "B"}) shop.stock(id, 1);
  EXPECT_EQ(shop.get("/api/inventory?limit=2")[1]["productId"], "B");
  EXPECT_EQ(shop.get("/api/inventory?after=B")[0]["productId"], "C");
  shop.get("/api/inventory?limit=0", 400);
}

TEST_F(Inventory, AReservationShowsItsItems) {
  shop.stock("P", 10);
  const std::string order = shop.check_out(CheckoutMode::choreography, "P", 3).order;
  const Json reservation = shop.get("/api/reservations/order/" + order);
  expect_members(reservation, {"reservationId", "orderId", "items", "status"});
  EXPECT_EQ(reservation["orderId"], order);
  EXPECT_EQ(reservation["items"], Json::array({Json{{"productId", "P"}, {"quantity", 3}}}));
}

TEST_F(Inventory, MayBeSetByMerchantsAdminsAndGuestsButNotByCustomers) {
  HttpClient customer = node.customer();
  EXPECT_EQ(customer.put("/api/inventory/P", Json{{"quantity", 1}})->status, 403);
  EXPECT_EQ(customer.post("/api/inventory/initialize", Json::object())->status, 403);
  EXPECT_EQ(customer.post("/purchase/setup-test-data", Json::object())->status, 403);
  EXPECT_EQ(node.admin().put("/api/inventory/P", Json{{"productName", "P"}, {"quantity", 1}})->status, 200);
}

}  // namespace
}  // namespace sagactl::test
