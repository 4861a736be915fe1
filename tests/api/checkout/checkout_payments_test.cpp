// The payments of checkouts: read, refunded, and confirmed by the shop.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

NodeOptions shop_confirms() {
  NodeOptions options = ApiNode::options();
  options.shop_confirms = true;
  return options;
}

Json confirmation(const std::string& key, const std::string& order, double amount = 1000) {
  return Json{{"paymentKey", key}, {"orderId", order}, {"amount", amount}};
}

class CheckoutPayment : public testing::Test {
 protected:
  void SetUp() override { shop.stock("P", 10); }

  ApiNode node;
  Shop shop{node};
};

TEST_F(CheckoutPayment, IsFoundByItsIdItsOrderAndInTheList) {
  const std::string order = shop.check_out(CheckoutMode::choreography, "P").order;
  const Json payment = shop.get("/api/payments/order/" + order);
  expect_members(payment, {"paymentId", "orderId", "amount", "status", "createdAt", "updatedAt"});
  EXPECT_EQ(payment["amount"], 1000);
  EXPECT_EQ(shop.get("/api/payments/" + payment["paymentId"].get<std::string>()), payment);
  EXPECT_EQ(shop.get("/api/payments"), Json::array({payment}));
}

TEST_F(CheckoutPayment, ThatDoesNotExistIsNotFound) {
  const std::string nobody = "00000000-0000-4000-8000-000000000000";
  const std::string order = shop.check_out(CheckoutMode::choreography, "P").order;
  for (const std::string& id :
       {nobody, "PAY-" + nobody + "-1", "PAY-" + order + "-2", "PAY-" + order, std::string("x")})
    EXPECT_EQ(shop.get("/api/payments/" + id, 404)["error"], "Payment not found") << id;
  shop.get("/api/payments/order/" + nobody, 404);
  shop.get("/api/payments/order/x", 404);
  shop.post("/api/payments/order/" + nobody + "/refund", Json::object(), 404);
  shop.post("/api/payments/confirm", confirmation("k", nobody), 404);
  shop.post("/api/payments/create-from-toss", confirmation("k", nobody), 404);
}

TEST_F(CheckoutPayment, RefundedOnceCancelsTheCheckout) {
  const std::string order = shop.check_out(CheckoutMode::orchestration, "P").order;
  const std::string path = "/api/payments/order/" + order + "/refund";
  const Json answer = shop.post(path, Json::object(), 200);
  expect_members(answer, {"message", "payment"});
  EXPECT_EQ(answer["payment"]["status"], "REFUNDED");
  EXPECT_EQ(shop.post(path, Json::object(), 200)["payment"]["status"], "REFUNDED");
  EXPECT_EQ(node.gateway().refunds(), 1);
  node.await_end(order, 2);
  EXPECT_EQ(shop.get("/api/orders/" + order)["status"], "CANCELLED");
  EXPECT_EQ(shop.levels("P"), Json({10, 0, 0}));
}

TEST_F(CheckoutPayment, ThatFailedCannotBeRefunded) {
  shop.stock("PAYMENT_FAIL_1", 1);
  const std::string order = shop.check_out(CheckoutMode::choreography, "PAYMENT_FAIL_1").order;
  EXPECT_TRUE(shop.post("/api/payments/order/" + order + "/refund", Json::object(), 400)["error"].is_string());
}

TEST_F(CheckoutPayment, DoesNotWaitForTheShopByDefault) {
  const std::string order = shop.check_out(CheckoutMode::choreography, "P").order;
  EXPECT_EQ(node.gateway().charges(""), 1);
  const Json refused = shop.post("/api/payments/confirm", confirmation("late", order), 409);
  EXPECT_EQ(refused["status"], 409);
  EXPECT_EQ(refused["paymentStatus"], "completed");
}

class ShopConfirms : public testing::TestWithParam<CheckoutMode> {
 protected:
  void SetUp() override {
    shop.stock("P", 10);
    order = shop.place(GetParam(), checkout_body("P")).order;
  }

  ApiNode node{shop_confirms()};
  Shop shop{node};
  std::string order;
};

INSTANTIATE_TEST_SUITE_P(Both, ShopConfirms, testing::Values(CheckoutMode::choreography, CheckoutMode::orchestration),
                         [](const auto& tested) {
                           return tested.param == CheckoutMode::choreography ? "Choreographed" : "Orchestrated";
                         });

TEST_P(ShopConfirms, AndThenItIsCharged) {
  EXPECT_EQ(shop.get("/api/orders/" + order)["status"], "PENDING") << "it can be paid";
  EXPECT_EQ(shop.get("/api/payments/order/" + order)["status"], "PENDING");
  EXPECT_EQ(node.gateway().charges(""), 0);
  const Json first = shop.post("/api/payments/confirm", confirmation("toss-1", order), 200);
  expect_members(first, {"message", "payment"});
  EXPECT_EQ(first["cached"], false);
  EXPECT_EQ(first["payment"]["status"], "SUCCESS");
  EXPECT_EQ(first["payment"]["paymentKey"], "toss-1");
  node.await_end(order);
  EXPECT_EQ(shop.get("/api/orders/" + order)["status"], "COMPLETED");

  const Json again = shop.post("/api/payments/confirm", confirmation("toss-1", order), 200);
  EXPECT_EQ(again["cached"], true);
  EXPECT_EQ(again["payment"]["paymentId"], first["payment"]["paymentId"]);
  EXPECT_EQ(node.gateway().charges("toss-1"), 1);
  shop.post("/api/payments/confirm", confirmation("toss-2", order), 409);
  EXPECT_EQ(node.gateway().charges("toss-2"), 0);
}

TEST_P(ShopConfirms, ARefusalIsReportedAndCompensatesTheCheckout) {
  const Json refused = shop.post("/api/payments/confirm", confirmation("REFUSED-1", order), 400);
  EXPECT_EQ(refused["error"], "Insufficient funds or card declined");
  EXPECT_EQ(refused["payment"]["status"], "FAILED");
  EXPECT_EQ(refused["status"], 400);
  node.await_end(order);
  EXPECT_EQ(shop.get("/api/orders/" + order)["status"], "FAILED");
  EXPECT_EQ(shop.levels("P"), Json({10, 0, 0}));
}

TEST_P(ShopConfirms, AWrongConfirmationChargesNothing) {
  const std::vector<Json> wrong = {confirmation("k", order, 999.99), confirmation("k", order, 1000.001),
                                   confirmation("", order),          confirmation("k", "x"),
                                   Json{{"orderId", order}},         confirmation(std::string(201, 'k'), order)};
  for (const char* path : {"/api/payments/confirm", "/api/payments/create-from-toss"})
    for (const Json& body : wrong) EXPECT_TRUE(shop.post(path, body, 400)["error"].is_string()) << path << body.dump();
  EXPECT_EQ(node.gateway().charges("k"), 0);
  EXPECT_EQ(shop.get("/api/payments/order/" + order)["status"], "PENDING");
}

TEST_P(ShopConfirms, APaymentThatTheNodeLacksIsRecordedOnce) {
  const Json first = shop.post("/api/payments/create-from-toss", confirmation("toss-1", order), 201);
  expect_members(first, {"message", "payment", "created"});
  EXPECT_EQ(first["created"], true);
  const Json again = shop.post("/api/payments/create-from-toss", confirmation("toss-1", order), 200);
  EXPECT_EQ(again["created"], false);
  EXPECT_EQ(again["payment"]["paymentId"], first["payment"]["paymentId"]);
  EXPECT_EQ(node.gateway().charges("toss-1"), 1);
}

TEST(ShopDoesNotConfirm, OrdersOfOtherSurfaces) {
  ApiNode node(shop_confirms());
  HttpClient customer = node.customer();
  const std::string id = node.place_and_await(customer, "p");
  EXPECT_EQ(customer.get("/orders/" + id)->json().value()["status"], "paid");
}

}  // namespace
}  // namespace sagactl::test
