// Who may use a shop without accounts: whoever is on this machine, and others when that was asked for or with
// a token.
#include <gtest/gtest.h>

#include "tests/api/shops.hpp"

namespace sagactl::test {
namespace {

const std::vector<const char*> guest_routes = {"/api/orders",
                                               "/api/payments",
                                               "/api/inventory",
                                               "/api/orchestrator/sagas",
                                               "/purchase/user/user-1/balance",
                                               "/sagas/definitions"};

// As it comes from another machine: a proxy handed it on.
int from_elsewhere(HttpClient& client, const std::string& path) {
  return client.send(HttpRequest{"GET", path, "", {{"X-Forwarded-For", "203.0.113.9"}}}).value().status;
}

TEST(Guest, IsLetInOnThisMachineAlone) {
  TestNode node;
  Shop shop(node);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  HttpClient customer = node.customer();
  for (const char* path : guest_routes) {
    EXPECT_EQ(shop.guest().get(path)->status, 200) << path;
    EXPECT_EQ(from_elsewhere(shop.guest(), path), 401) << path;
    EXPECT_EQ(from_elsewhere(customer, path), 200) << path << " with a token";
  }
  EXPECT_EQ(shop.guest().get("/orders")->status, 401) << "that system has accounts";
}

TEST(Guest, IsLetInFromAnywhereWhenItIsAllowed) {
  NodeOptions options = TestNode::options();
  options.allow_anonymous = true;
  TestNode node(options);
  Shop shop(node);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  for (const char* path : guest_routes) EXPECT_EQ(from_elsewhere(shop.guest(), path), 200) << path;
  EXPECT_EQ(from_elsewhere(shop.guest(), "/orders"), 401) << "that system has accounts";
}

TEST(Guest, ABadTokenIsNotAGuest) {
  TestNode node;
  EXPECT_EQ(node.client("no such token").get("/api/orders")->status, 401);
}

TEST(Guest, ACustomerSeesItsOwnAlone) {
  TestNode node;
  Shop shop(node);
  shop.stock("P", 10);
  HttpClient one = node.customer(), other = node.customer();
  const Json placed = one.post("/api/orchestrator/orders", checkout_body("P"))->json().value();
  const std::string order = placed["orderId"], saga = placed["sagaId"];
  node.await_end(order);
  const std::string payment = one.get("/api/payments/order/" + order)->json().value()["paymentId"];
  for (const std::string& path :
       {"/api/orders/" + order, "/api/payments/order/" + order, "/api/payments/" + payment,
        "/api/reservations/order/" + order, "/api/orchestrator/sagas/" + saga,
        "/api/orchestrator/sagas/order/" + order}) {
    EXPECT_EQ(one.get(path)->status, 200) << path;
    EXPECT_EQ(other.get(path)->status, 404) << path;
    EXPECT_EQ(shop.guest().get(path)->status, 200) << path;
  }
  EXPECT_EQ(other.get("/api/orders")->json().value(), Json::array());
  EXPECT_EQ(other.get("/api/payments")->json().value(), Json::array());
  EXPECT_EQ(other.get("/api/orchestrator/sagas")->json().value()["data"], Json::array());
  for (const std::string& path :
       {"/api/orders/" + order + "/cancel", "/api/payments/order/" + order + "/refund",
        "/api/orchestrator/sagas/" + saga + "/retry"})
    EXPECT_EQ(other.post(path, Json::object())->status, 404) << path;
  EXPECT_EQ(one.get("/api/orders/" + order)->json().value()["status"], "COMPLETED");
}

}  // namespace
}  // namespace sagactl::test
