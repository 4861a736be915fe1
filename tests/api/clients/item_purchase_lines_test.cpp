// The five lines of the item purchase's README, without a prefix and without a token.
#include <gtest/gtest.h>

#include <set>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

// curl -X POST http://localhost:3000/orders -H "Content-Type: application/json" -d '{...}'
HttpResponse post_line(HttpClient& curl, const char* path, const std::string& body) {
  HttpRequest request{"POST", path, body, {{"Accept", "*/*"}}};
  if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  return curl.send(request).value();
}

TEST(ItemPurchaseLines, WorkAsTheyAreWritten) {
  ApiNode node;
  HttpClient curl = node.client();
  const HttpResponse data = post_line(curl, "/setup-test-data", "");
  ASSERT_EQ(data.status, 201) << data.body;
  const std::string user = data.json().value()["users"][0]["userId"], item = data.json().value()["items"][0]["itemId"];
  const HttpResponse placed =
      post_line(curl, "/orders", Json{{"userId", user}, {"itemId", item}, {"quantity", 1}}.dump());
  ASSERT_EQ(placed.status, 201) << placed.body;
  const std::string order = placed.json().value()["orderId"];
  EXPECT_EQ(placed.header("Location"), "/purchase/orders/" + order);
  node.await_end(order);
  EXPECT_EQ(curl.get("/user/" + user + "/balance")->json().value()["balance"], 9'900);
  EXPECT_EQ(curl.get("/user/" + user + "/inventory")->json().value()["usedSlots"], 1);
  const Json orders = curl.get("/user/" + user + "/orders")->json().value();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0]["orderId"], order);
  EXPECT_EQ(orders[0]["status"], "completed");
}

TEST(ItemPurchaseLines, AreNotTakenForOrdersOfUsersNorTheReverse) {
  ApiNode node;
  HttpClient curl = node.client(), customer = node.customer();
  ASSERT_EQ(post_line(curl, "/setup-test-data", "").status, 201);
  const std::string purchase = R"({"userId":"user-1","itemId":"item-1","quantity":1})";
  EXPECT_EQ(post_line(customer, "/orders", purchase).status, 400) << "with a token it is an order, which has items";
  EXPECT_EQ(post_line(curl, "/orders", order_body("p").dump()).status, 401) << "orders need a token";
  EXPECT_EQ(post_line(curl, "/orders", R"({"itemId":"item-1","items":[]})").status, 401);
  EXPECT_EQ(post_line(curl, "/orders", R"(["itemId"])").status, 401);
  EXPECT_EQ(post_line(curl, "/orders", R"({"itemId":"item-1","userId":"user-1","quantity":0})").status, 400);
  const std::vector<std::pair<std::string, std::string>> forwarded = {{"X-Forwarded-For", "203.0.113.9"}};
  EXPECT_EQ(curl.send(HttpRequest{"POST", "/orders", purchase, forwarded})->status, 401) << "from another machine";
  const std::vector<std::pair<std::string, std::string>> page = {{"Origin", "http://evil.example"},
                                                                 {"Content-Type", "application/json"}};
  EXPECT_NE(curl.send(HttpRequest{"POST", "/orders", purchase, page})->status, 201) << "from a page of another origin";
  EXPECT_EQ(curl.get("/user/user-1/orders")->json().value(), Json::array());
}

// A buyer's own events name the account: userId is the purchase system's user.
TEST(ItemPurchaseLines, EventsNameTheirUserAndWhoseOrderItIs) {
  ApiNode node;
  HttpClient curl = node.client();
  ASSERT_EQ(post_line(curl, "/setup-test-data", "").status, 201);
  const std::string body = R"({"userId":"user-1","itemId":"item-2","quantity":2})";
  const std::string order = post_line(curl, "/orders", body).json().value()["orderId"];
  node.await_end(order);
  const Json trace = node.admin().get("/trace/order/" + order)->json().value();
  std::set<std::string> checked;
  for (const Json& event : trace["events"]) {
    const std::string type = event["eventType"], aggregate = event["aggregateType"];
    const Json& data = event.contains("eventData") ? event["eventData"] : event["data"];
    if (type == "OrderCreated" || type == "PaymentProcessed") {
      EXPECT_EQ(data["userId"], "user-1") << data;
      EXPECT_EQ(data["accountId"], "00000000-0000-7000-8000-000000000002") << data;
      checked.insert(type);
    }
    if (type == "StockReserved" && aggregate == "Balance") {
      EXPECT_EQ(data["userId"], "user-1") << data;
      EXPECT_EQ(data["reservedAmount"], 400);
      EXPECT_EQ(data["remainingBalance"], 9'600);
      checked.insert(type);
    }
  }
  EXPECT_EQ(checked.size(), 3u) << trace.dump();
}

}  // namespace
}  // namespace sagactl::test
