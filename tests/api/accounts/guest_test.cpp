// Who may use the surfaces without accounts: the node's user on this machine, and others with a token or where
// anonymous requests are allowed.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

const std::vector<const char*> guest_routes = {
    "/api/orders",       "/api/payments", "/api/inventory", "/api/orchestrator/sagas", "/purchase/user/user-1/balance",
    "/sagas/definitions"};

// The status of a request from another machine: a proxy forwarded it.
int status_from_elsewhere(HttpClient& client, const std::string& path) {
  return client.send(HttpRequest{"GET", path, "", {{"X-Forwarded-For", "203.0.113.9"}}}).value().status;
}

TEST(Guest, MayCallOnlyFromThisMachine) {
  ApiNode node;
  Shop shop(node);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  HttpClient customer = node.customer();
  for (const char* path : guest_routes) {
    EXPECT_EQ(shop.guest().get(path)->status, 200) << path;
    EXPECT_EQ(status_from_elsewhere(shop.guest(), path), 401) << path;
    EXPECT_EQ(status_from_elsewhere(customer, path), 200) << path << " with a token";
  }
  EXPECT_EQ(shop.guest().get("/orders")->status, 401) << "the order system has accounts";
}

TEST(Guest, MayCallFromAnywhereWhenThatIsAllowed) {
  NodeOptions options = ApiNode::options();
  options.allow_anonymous = true;
  ApiNode node(options);
  Shop shop(node);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  for (const char* path : guest_routes) EXPECT_EQ(status_from_elsewhere(shop.guest(), path), 200) << path;
  EXPECT_EQ(status_from_elsewhere(shop.guest(), "/orders"), 401) << "the order system has accounts";
}

TEST(Guest, IsNoPageOfAnotherOrigin) {
  NodeOptions options = ApiNode::options();
  options.allow_anonymous = true;
  for (const NodeOptions& one : {ApiNode::options(), options}) {
    ApiNode node(one);
    const auto initialize = [&](const std::vector<std::pair<std::string, std::string>>& headers) {
      return node.client().send(HttpRequest{"POST", "/api/inventory/initialize", "{}", headers}).value().status;
    };
    EXPECT_NE(initialize({{"Origin", "http://evil.example"}, {"Content-Type", "application/json"}}), 200);
    EXPECT_NE(initialize({{"Sec-Fetch-Site", "cross-site"}, {"Content-Type", "text/plain"}}), 200);
    EXPECT_NE(initialize({{"Sec-Fetch-Site", "same-site"}, {"Content-Type", "application/json"}}), 200);
    EXPECT_NE(initialize({{"Content-Type", "text/plain"}}), 200);
    EXPECT_EQ(initialize({{"Content-Type", "application/json"}}), 200);
    EXPECT_EQ(initialize({}), 200);
  }
}

// Pages of allowed origins may call as other machines may: with a token, or as guests where that is allowed.
TEST(Guest, IsAPageOfAnAllowedOriginWhereAnyoneIsAGuest) {
  for (const char* named : {"https://shop.example", "*"})
    for (const bool anyone : {false, true}) {
      SCOPED_TRACE(std::string(named) + (anyone ? " and anyone" : ""));
      NodeOptions options = ApiNode::options();
      options.cors_origins = {named};
      options.allow_anonymous = anyone;
      ApiNode node(options);
      HttpClient guest = node.client(), customer = node.customer();
      const auto ask = [](HttpClient& client, const char* origin, const char* method, const char* path) {
        const std::string body = std::string_view(method) == "POST" ? "{}" : "";
        const HttpRequest request{
            method,
            path,
            body,
            {{"Origin", origin}, {"Sec-Fetch-Site", "cross-site"}, {"Content-Type", "application/json"}}};
        return client.send(request).value();
      };
      for (const auto& [method, path] : {std::pair("GET", "/api/orders"), {"POST", "/api/inventory/initialize"}}) {
        const HttpResponse answer = ask(guest, "https://shop.example", method, path);
        EXPECT_EQ(answer.status, anyone ? 200 : 401) << path << answer.body;
        EXPECT_NE(answer.header("Access-Control-Allow-Origin"), "") << "the page can read it";
        const bool may_call = std::string_view(named) == "*";
        EXPECT_EQ(ask(guest, "https://evil.example", method, path).status, !anyone ? 401 : may_call ? 200 : 403);
      }
      EXPECT_EQ(ask(customer, "https://shop.example", "GET", "/api/orders").status, 200);
      EXPECT_EQ(ask(customer, "https://shop.example", "GET", "/orders").status, 200);
      EXPECT_EQ(ask(guest, "https://shop.example", "GET", "/kafka-test").status, 403) << "a page is not local";
      EXPECT_EQ(node.client().get("/api/orders")->status, 200) << "a request without an origin is local";
    }
}

TEST(Guest, GetsTheReasonWhenItIsRefused) {
  ApiNode node;
  const HttpResponse refused =
      node.client().send(HttpRequest{"GET", "/api/orders", "", {{"Via", "1.1 some-proxy"}}}).value();
  EXPECT_EQ(refused.status, 401);
  for (const char* words : {"a proxy has forwarded it", "--allow-anonymous", "token"})
    EXPECT_NE(refused.body.find(words), std::string::npos) << refused.body;
}

TEST(Guest, SendsNoTestMessageFromElsewhere) {
  NodeOptions options = ApiNode::options();
  ApiNode closed(options);
  options.allow_test_routes = true;
  ApiNode open(options);
  HttpClient refused = closed.client(), allowed = open.client();
  EXPECT_EQ(status_from_elsewhere(refused, "/kafka-test"), 403);
  EXPECT_NE(status_from_elsewhere(allowed, "/kafka-test"), 403);
}

TEST(Guest, AnInvalidTokenIsNotAGuest) {
  ApiNode node;
  EXPECT_EQ(node.client("no such token").get("/api/orders")->status, 401);
}

TEST(Guest, ACustomerSeesOnlyTheirOwnCheckouts) {
  ApiNode node;
  Shop shop(node);
  shop.stock("P", 10);
  HttpClient one = node.customer(), other = node.customer();
  const Json placed = one.post("/api/orchestrator/orders", checkout_body("P"))->json().value();
  const std::string order = placed["orderId"], saga = placed["sagaId"];
  node.await_end(order);
  const std::string payment = one.get("/api/payments/order/" + order)->json().value()["paymentId"];
  for (const std::string& path : {"/api/orders/" + order, "/api/payments/order/" + order, "/api/payments/" + payment,
                                  "/api/reservations/order/" + order, "/api/orchestrator/sagas/" + saga,
                                  "/api/orchestrator/sagas/order/" + order}) {
    EXPECT_EQ(one.get(path)->status, 200) << path;
    EXPECT_EQ(other.get(path)->status, 404) << path;
    EXPECT_EQ(shop.guest().get(path)->status, 200) << path;
  }
  EXPECT_EQ(other.get("/api/orders")->json().value(), Json::array());
  EXPECT_EQ(other.get("/api/payments")->json().value(), Json::array());
  EXPECT_EQ(other.get("/api/orchestrator/sagas")->json().value()["data"], Json::array());
  for (const std::string& path : {"/api/orders/" + order + "/cancel", "/api/payments/order/" + order + "/refund",
                                  "/api/orchestrator/sagas/" + saga + "/retry"})
    EXPECT_EQ(other.post(path, Json::object())->status, 404) << path;
  EXPECT_EQ(one.get("/api/orders/" + order)->json().value()["status"], "COMPLETED");
}

}  // namespace
}  // namespace sagactl::test
