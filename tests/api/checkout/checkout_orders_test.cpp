// Checkouts in both modes: the same participants, the same final states, and separate from each other's and other
// surfaces' orders.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

class CheckoutRoutes : public testing::TestWithParam<CheckoutMode> {
 protected:
  void SetUp() override { shop.post("/api/inventory/initialize", Json::object(), 200); }

  ApiNode node;
  Shop shop{node};
};

INSTANTIATE_TEST_SUITE_P(Both, CheckoutRoutes, testing::Values(CheckoutMode::choreography, CheckoutMode::orchestration),
                         [](const auto& tested) {
                           return tested.param == CheckoutMode::choreography ? "Choreographed" : "Orchestrated";
                         });

TEST_P(CheckoutRoutes, EndsCompletedPaidAndSold) {
  const PlacedCheckout placed = shop.check_out(GetParam(), "PROD001", 2);
  const Json order = shop.get("/api/orders/" + placed.order);
  expect_members(order, {"orderId", "customerId", "items", "totalAmount", "status", "createdAt", "updatedAt"});
  EXPECT_EQ(order["status"], "COMPLETED");
  EXPECT_EQ(order["customerId"], "CUST001");
  EXPECT_EQ(order["totalAmount"], 2000);
  EXPECT_EQ(order["items"], checkout_body("PROD001", 2)["items"]);
  EXPECT_EQ(shop.get("/api/payments/order/" + placed.order)["status"], "SUCCESS");
  EXPECT_EQ(shop.get("/api/reservations/order/" + placed.order)["status"], "CONFIRMED");
  EXPECT_EQ(shop.levels("PROD001"), Json({48, 0, 2}));
}

TEST_P(CheckoutRoutes, WhosePaymentFailsEndsCompensatedWithNothingReserved) {
  shop.stock("PAYMENT_FAIL_1", 5);
  const PlacedCheckout placed = shop.check_out(GetParam(), "PAYMENT_FAIL_1");
  EXPECT_EQ(shop.get("/api/orders/" + placed.order)["status"], "FAILED");
  const Json payment = shop.get("/api/payments/order/" + placed.order);
  EXPECT_EQ(payment["status"], "FAILED");
  EXPECT_EQ(payment["failureReason"], "Insufficient funds or card declined");
  shop.get("/api/reservations/order/" + placed.order, 404);
  EXPECT_EQ(shop.levels("PAYMENT_FAIL_1"), Json({5, 0, 0}));
}

TEST_P(CheckoutRoutes, WithoutStockEndsCompensatedAndRefunded) {
  shop.stock("SCARCE", 1);
  const PlacedCheckout placed = shop.check_out(GetParam(), "SCARCE", 2);
  EXPECT_EQ(shop.get("/api/orders/" + placed.order)["status"], "FAILED");
  EXPECT_EQ(shop.get("/api/payments/order/" + placed.order)["status"], "REFUNDED");
  const Json reservation = shop.get("/api/reservations/order/" + placed.order);
  EXPECT_EQ(reservation["status"], "REFUSED");
  EXPECT_NE(reservation["reason"].get<std::string>().find("1 available, 2 wanted"), std::string::npos);
  EXPECT_EQ(shop.levels("SCARCE"), Json({1, 0, 0}));
  EXPECT_EQ(node.gateway().refunds(), 1);
}

TEST_P(CheckoutRoutes, OfTheLastUnitIsWonByOne) {
  shop.stock("LAST", 1);
  node.gateway().hold();
  std::vector<PlacedCheckout> all;
  for (int i = 0; i < 20; ++i) all.push_back(shop.place(GetParam(), checkout_body("LAST")));
  node.gateway().release();
  int completed = 0;
  for (const PlacedCheckout& placed : all) {
    node.await_end(placed.order);
    completed += shop.get("/api/orders/" + placed.order)["status"] == "COMPLETED";
  }
  EXPECT_EQ(completed, 1);
  EXPECT_EQ(shop.levels("LAST"), Json({0, 0, 1}));
  EXPECT_EQ(node.gateway().refunds(), 19);
}

TEST_P(CheckoutRoutes, CancelledReleasesStockAndIsRefunded) {
  const PlacedCheckout placed = shop.check_out(GetParam(), "PROD002", 3);
  const std::string path = "/api/orders/" + placed.order + "/cancel";
  const Json answer = shop.post(path, Json{{"reason", "too late"}}, 200);
  expect_members(answer, {"message", "order"});
  EXPECT_EQ(answer["order"]["orderId"], placed.order);
  node.await_end(placed.order, 2);
  EXPECT_EQ(shop.get("/api/orders/" + placed.order)["cancelReason"], "too late");
  EXPECT_EQ(shop.get("/api/payments/order/" + placed.order)["status"], "REFUNDED");
  EXPECT_EQ(shop.get("/api/reservations/order/" + placed.order)["status"], "RELEASED");
  EXPECT_EQ(shop.levels("PROD002"), Json({200, 0, 0}));
  shop.post(path, Json::object(), 200);
}

TEST_P(CheckoutRoutes, CancelledDuringThePaymentEndsCompensated) {
  node.gateway().hold();
  const PlacedCheckout placed = shop.place(GetParam(), checkout_body("PROD001"));
  EXPECT_EQ(shop.get("/api/orders/" + placed.order)["status"], "PAYMENT_PROCESSING");
  shop.post("/api/orders/" + placed.order + "/cancel", Json::object(), 200);
  node.gateway().release();
  node.await_end(placed.order);
  EXPECT_EQ(shop.get("/api/payments/order/" + placed.order)["status"], "REFUNDED");
  EXPECT_EQ(shop.levels("PROD001"), Json({50, 0, 0}));
}

struct Wrong {
  const char* body;
  const char* message;
};

TEST_P(CheckoutRoutes, ThatIsNotValidIsRefusedWithoutEffect) {
  const std::vector<Wrong> rows = {
      {R"({"items":[{"productId":"PROD001","productName":"L","quantity":1,"price":1}]})", "customerId"},
      {R"({"customerId":"","items":[{"productId":"PROD001","productName":"L","quantity":1,"price":1}]})",
       "customerId should not be empty"},
      {R"({"customerId":"C","items":[]})", "items should not be empty"},
      {R"({"customerId":"C"})", "items"},
      {R"({"customerId":"C","items":[{"productId":"PROD001","productName":"L","quantity":0,"price":1}]})",
       "items.0.quantity must not be less than 1"},
      {R"({"customerId":"C","items":[{"productId":"PROD001","productName":"L","quantity":1.5,"price":1}]})",
       "items.0.quantity"},
      {R"({"customerId":"C","items":[{"productId":"PROD001","productName":"L","quantity":1,"price":9.999}]})",
       "items.0.price"},
      {R"({"customerId":"C","items":[{"productId":"PROD001","productName":"L","quantity":1,"price":-1}]})",
       "items.0.price"},
      {R"({"customerId":"C","items":[{"productId":"PROD001","productName":"L","quantity":1,"price":9.9500000000000000001}]})",
       "items.0.price has more digits"},
      {R"({"customerId":"C","items":[{"productId":"NOPE","productName":"L","quantity":1,"price":1}]})",
       "product NOPE is not in the inventory"},
      {R"({"customerId":"C","coupon":"x","items":[{"productId":"PROD001","productName":"L","quantity":1,"price":1}]})",
       "coupon"},
      {"[]", ""},
      {"{", ""},
  };
  const char* path = GetParam() == CheckoutMode::choreography ? "/api/orders" : "/api/orchestrator/orders";
  for (const Wrong& row : rows) {
    const HttpResponse answer = shop.guest().send(HttpRequest{"POST", path, row.body, {}}).value();
    EXPECT_EQ(answer.status, 400) << row.body << answer.body;
    const Json json = answer.json().value();
    EXPECT_TRUE(json["error"].is_string()) << answer.body;
    EXPECT_NE(answer.body.find(row.message), std::string::npos) << row.body << " gives " << answer.body;
  }
  EXPECT_EQ(shop.get("/api/orders"), Json::array());
  EXPECT_EQ(shop.levels("PROD001"), Json({50, 0, 0}));
}

TEST_P(CheckoutRoutes, SentAgainWithItsIdempotencyKeyIsPlacedOnce) {
  const char* path = GetParam() == CheckoutMode::choreography ? "/api/orders" : "/api/orchestrator/orders";
  const auto send = [&](const Json& body) {
    return shop.guest().send(HttpRequest{"POST", path, body.dump(), {{"Idempotency-Key", "k"}}}).value();
  };
  const HttpResponse first = send(checkout_body("PROD001")), again = send(checkout_body("PROD001"));
  EXPECT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(send(checkout_body("PROD002")).status, 422);
  EXPECT_EQ(shop.get("/api/orders").size(), 1u);
}

TEST_P(CheckoutRoutes, WithoutAKeyIsPlacedEachTime) {
  shop.check_out(GetParam(), "PROD001");
  shop.check_out(GetParam(), "PROD001");
  EXPECT_EQ(shop.get("/api/orders").size(), 2u);
  EXPECT_EQ(shop.levels("PROD001"), Json({48, 0, 2}));
}

TEST(CheckoutAnswers, HaveTheMembersOfTheReferenceSystem) {
  ApiNode node;
  Shop shop(node);
  shop.stock("P", 10);
  const Json choreographed = shop.post("/api/orders", checkout_body("P"), 201);
  expect_members(choreographed, {"message", "order"});
  const Json orchestrated = shop.post("/api/orchestrator/orders", checkout_body("P"), 201);
  expect_members(orchestrated, {"message", "sagaId", "orderId", "status"});
  EXPECT_TRUE(orchestrated["sagaId"].get<std::string>().starts_with("SAGA-"));
  const Json missing = shop.get("/api/orders/nobody", 404);
  EXPECT_EQ(missing["error"], "Order not found");
  EXPECT_TRUE(missing.contains("message"));
}

// The routes of one surface do not find orders of another, nor those of the other mode.
TEST(CheckoutSurfaces, DoNotFindEachOthersOrders) {
  ApiNode node;
  Shop shop(node);
  shop.stock("P", 10);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  HttpClient customer = node.customer();
  const std::string of_a = node.place_and_await(customer, "p");
  const std::string choreographed = shop.check_out(CheckoutMode::choreography, "P").order;
  const std::string of_c =
      shop.post("/purchase/orders", Json{{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 1}}, 201)["orderId"];
  node.await_end(of_c);
  for (const std::string& id : {of_a, choreographed, of_c}) {
    shop.get("/api/orchestrator/sagas/" + id, 404);
    shop.get("/api/orchestrator/sagas/SAGA-" + id, 404);
    shop.get("/api/orchestrator/sagas/order/" + id, 404);
    shop.post("/api/orchestrator/sagas/SAGA-" + id + "/retry", Json::object(), 404);
  }
  for (const std::string& id : {of_a, of_c}) {
    shop.get("/api/orders/" + id, 404);
    shop.post("/api/orders/" + id + "/cancel", Json::object(), 404);
    shop.get("/api/payments/order/" + id, 404);
    shop.get("/api/payments/PAY-" + id + "-1", 404);
    shop.post("/api/payments/order/" + id + "/refund", Json::object(), 404);
    shop.post("/api/payments/confirm", Json{{"paymentKey", "k"}, {"orderId", id}, {"amount", 1000}}, 404);
    shop.post("/api/payments/create-from-toss", Json{{"paymentKey", "k"}, {"orderId", id}, {"amount", 1000}}, 404);
    shop.get("/api/reservations/order/" + id, 404);
  }
  shop.get("/purchase/orders/" + of_a, 404);
  shop.get("/purchase/orders/" + choreographed, 404);
  EXPECT_EQ(shop.get("/api/orchestrator/sagas")["data"].size(), 0u);
  EXPECT_EQ(shop.get("/api/orders").size(), 1u);
  EXPECT_EQ(customer.get("/orders/" + of_a)->json().value()["status"], "paid");
}

}  // namespace
}  // namespace sagactl::test
