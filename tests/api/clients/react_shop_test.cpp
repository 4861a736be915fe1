// The requests that saga-playground's React shop and its test-scenarios.sh make, from a page of another origin, and
// what they read of the answers.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

constexpr const char* origin = "http://localhost:3005";

NodeOptions for_the_shop() {
  NodeOptions options = ApiNode::options();
  options.shop_confirms = true;
  options.allow_anonymous = true;
  options.cors_origins = {"*"};
  return options;
}

class ReactShop : public testing::Test {
 protected:
  // As axios sends it: a body has the Content-Type, and a request without one is a simple request.
  HttpResponse send(const char* method, const std::string& path, const Json& body = nullptr) {
    HttpRequest request{method, path, body.is_null() ? "" : body.dump(), {}};
    request.headers = {{"Accept", "application/json, text/plain, */*"},
                       {"Origin", origin},
                       {"Sec-Fetch-Site", "same-site"},
                       {"Sec-Fetch-Mode", "cors"}};
    if (!body.is_null()) request.headers.emplace_back("Content-Type", "application/json");
    HttpResponse answer = browser.send(request).value();
    EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "*") << path;
    return answer;
  }
  Json read(const char* method, const std::string& path, int status, const Json& body = nullptr) {
    const HttpResponse answer = send(method, path, body);
    EXPECT_EQ(answer.status, status) << path << answer.body;
    return answer.json().value();
  }
  std::string place(const char* product, const char* name, int quantity, double price) {
    const Json item{{"productId", product}, {"productName", name}, {"quantity", quantity}, {"price", price}};
    const Json body{{"customerId", "CUST001"}, {"items", Json::array({item})}};
    return read("POST", "/api/orchestrator/orders", 201, body)["orderId"];
  }
  Json confirm(const std::string& key, const std::string& order, int amount, int status) {
    return read("POST", "/api/payments/confirm", status,
                Json{{"paymentKey", key}, {"orderId", order}, {"amount", amount}});
  }

  ApiNode node{for_the_shop()};
  HttpClient browser = node.client();
};

TEST_F(ReactShop, AsksFirstWhetherItMayCall) {
  for (const char* path : {"/api/orchestrator/orders", "/api/payments/confirm", "/api/orders"}) {
    const HttpRequest preflight{"OPTIONS",
                                path,
                                "",
                                {{"Origin", origin},
                                 {"Access-Control-Request-Method", "POST"},
                                 {"Access-Control-Request-Headers", "content-type"}}};
    const HttpResponse answer = browser.send(preflight).value();
    EXPECT_EQ(answer.status, 204) << path;
    EXPECT_EQ(answer.header("Access-Control-Allow-Headers"), "content-type");
    EXPECT_NE(answer.header("Access-Control-Allow-Methods").find("POST"), std::string_view::npos);
  }
}

TEST_F(ReactShop, BuysPaysAndShowsTheReceipt) {
  const Json initialized = read("POST", "/api/inventory/initialize", 200);
  EXPECT_EQ(initialized["products"].size(), 5u);
  const Json products = read("GET", "/api/inventory", 200);
  for (const Json& product : products)
    EXPECT_TRUE(product["price"].is_number() && product["availableQuantity"].is_number());
  const std::string order = place("PROD001", "Laptop", 2, 1000);
  // The pay page opens for PENDING alone.
  const Json waiting = read("GET", "/api/orders/" + order, 200);
  EXPECT_EQ(waiting["status"], "PENDING");
  EXPECT_EQ(waiting["totalAmount"], 2000);
  EXPECT_EQ(waiting["items"][0]["productName"], "Laptop");
  // In its development mode the page confirms twice at once.
  const Json confirmed = confirm("toss-key-1", order, 2000, 200);
  EXPECT_EQ(confirmed["tossPaymentData"]["paymentKey"], "toss-key-1");
  EXPECT_EQ(confirmed["tossPaymentData"]["status"], "DONE");
  EXPECT_EQ(confirm("toss-key-1", order, 2000, 200)["cached"], true);
  node.await_end(order);
  const Json payment = read("GET", "/api/payments/order/" + order, 200);
  EXPECT_TRUE(payment["paymentMethod"].is_string());
  EXPECT_EQ(payment["tossPaymentKey"], "toss-key-1");
  EXPECT_EQ(payment["tossOrderId"], order);
  const std::string receipt = payment["receiptUrl"];
  EXPECT_TRUE(receipt.starts_with("http://") && receipt.ends_with("/shop/receipts/" + order)) << receipt;
  EXPECT_EQ(read("GET", "/api/orders/" + order, 200)["status"], "COMPLETED");
  EXPECT_NE(read("GET", "/api/orders/" + order, 200)["paymentId"], nullptr);
  const Json history = read("GET", "/api/orchestrator/sagas?page=1&limit=10", 200);
  EXPECT_EQ(history["data"][0]["stepStatuses"]["COMPLETE_ORDER"], "SUCCESS");
}

TEST_F(ReactShop, ShowsWhatTheProviderSaysOfThePayment) {
  read("POST", "/api/inventory/initialize", 200);
  node.gateway().set_facts({"카드", "https://dashboard.tosspayments.com/receipt/1", Timestamp{1'700'000'000'000'000}});
  const std::string order = place("PROD002", "Mouse", 1, 30);
  const Json payment = confirm("k", order, 30, 200)["payment"];
  EXPECT_EQ(payment["paymentMethod"], "카드");
  EXPECT_EQ(payment["receiptUrl"], "https://dashboard.tosspayments.com/receipt/1");
  EXPECT_EQ(payment["processedAt"], "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(payment["refundedAt"], nullptr);
}

TEST_F(ReactShop, ARefusedCardFailsTheOrderAndItsReasonIsShown) {
  read("POST", "/api/inventory/initialize", 200);
  const std::string order = place("PROD001", "Laptop", 1, 1000);
  confirm("REFUSED", order, 1000, 400);
  node.await_end(order);
  const Json failed = read("GET", "/api/orders/" + order, 200);
  EXPECT_EQ(failed["status"], "FAILED");
  EXPECT_EQ(failed["failureReason"], "Insufficient funds or card declined");
  const Json payment = read("GET", "/api/payments/order/" + order, 200);
  EXPECT_EQ(payment["receiptUrl"], nullptr) << "nothing was charged";
}

// The node's own shop asks how one pays.
TEST(ShopSettings, SayHowOnePaysAndShowNoSecret) {
  NodeOptions options = for_the_shop();
  options.payment_provider = PaymentProvider::toss;
  options.toss_client_key = "test_ck_1";
  options.toss.secret_file = "/nowhere/secret";
  ApiNode node(options);
  const HttpResponse answer = node.client().get("/shop/settings").value();
  EXPECT_EQ(answer.json().value(), (Json{{"provider", "toss"}, {"shopConfirms", true}, {"clientKey", "test_ck_1"}}));
  ApiNode plain;
  EXPECT_EQ(plain.client().get("/shop/settings")->json().value(),
            (Json{{"provider", "simulated"}, {"shopConfirms", false}, {"clientKey", nullptr}}));
}

// The recovery sends the whole record. paymentId and the provider's data are not taken over.
TEST_F(ReactShop, ARecordFromTheProviderIsAcceptedWithAllItsMembers) {
  read("POST", "/api/inventory/initialize", 200);
  const std::string order = place("PROD001", "Laptop", 1, 1000);
  const Json record{{"paymentId", "00000000-0000-4000-8000-000000000001"},
                    {"orderId", order},
                    {"customerId", "CUST001"},
                    {"amount", 1000},
                    {"status", "DONE"},
                    {"paymentMethod", "카드"},
                    {"transactionId", "t"},
                    {"tossPaymentKey", "toss-key-2"},
                    {"tossOrderId", order},
                    {"receiptUrl", "https://evil.example"},
                    {"processedAt", "2026-11-20T13:04:07+09:00"},
                    {"tossResponseData", {{"status", "DONE"}}}};
  const Json created = read("POST", "/api/payments/create-from-toss", 201, record);
  EXPECT_EQ(created["created"], true);
  EXPECT_EQ(created["payment"]["paymentKey"], "toss-key-2");
  EXPECT_NE(created["payment"]["receiptUrl"], "https://evil.example") << "the provider is asked, not the caller";
  EXPECT_EQ(read("POST", "/api/payments/create-from-toss", 200, record)["created"], false);
  Json without = record;
  without.erase("tossPaymentKey");
  EXPECT_NE(read("POST", "/api/payments/create-from-toss", 400, without)["error"].get<std::string>().find("paymentKey"),
            std::string::npos);
}

struct ScenarioOrder {
  const char* customer;
  const char* product;
  int quantity;
  double price;
};

// test-scenarios.sh: orders that are paid by themselves, out of stock, cancelled; and what it prints of them.
TEST(TestScenarios, PrintWhatTheirTextsExpect) {
  ApiNode node;
  Shop shop(node);
  const auto place = [&](const ScenarioOrder& row) {
    const Json item{
        {"productId", row.product}, {"productName", row.product}, {"quantity", row.quantity}, {"price", row.price}};
    return shop.post("/api/orders", Json{{"customerId", row.customer}, {"items", Json::array({item})}}, 201);
  };
  shop.guest().send(HttpRequest{"POST", "/api/inventory/initialize", "", {}}).value();
  const Json paid = place({"CUST001", "PROD001", 2, 999.99});
  EXPECT_EQ(paid["order"]["status"], "PENDING");
  node.await_end(paid["order"]["orderId"]);
  EXPECT_EQ(shop.get("/api/inventory/PROD001")["availableQuantity"], 48);

  const std::string scarce = place({"CUST003", "PROD004", 100, 299.99})["order"]["orderId"];
  node.await_end(scarce);
  const Json refused = shop.get("/api/orders/" + scarce);
  EXPECT_EQ(refused["status"], "FAILED");
  EXPECT_NE(refused["failureReason"].get<std::string>().find("Insufficient"), std::string::npos);
  EXPECT_EQ(shop.get("/api/payments/order/" + scarce)["status"], "REFUNDED");

  const std::string wanted = place({"CUST004", "PROD005", 1, 89.99})["order"]["orderId"];
  node.await_end(wanted);
  shop.post("/api/orders/" + wanted + "/cancel", Json{{"reason", "Customer changed mind"}}, 200);
  node.await_end(wanted, 2);
  const Json cancelled = shop.get("/api/orders/" + wanted);
  EXPECT_EQ(cancelled["status"], "CANCELLED");
  EXPECT_EQ(cancelled["failureReason"], "Customer changed mind");
  for (const char* list : {"/api/orders", "/api/payments", "/api/inventory"})
    EXPECT_TRUE(shop.get(list).is_array()) << list;
  EXPECT_EQ(shop.get("/api/orchestrator/sagas?status=FAILED&limit=1")["data"], Json::array());
}

TEST(TestScenarios, AnOrderThatIsCancelledBeforeItIsPaidIsCancelledAndNotFailed) {
  NodeOptions options = ApiNode::options();
  options.shop_confirms = true;
  ApiNode node(options);
  Shop shop(node);
  shop.stock("P", 1);
  const std::string order = shop.place(CheckoutMode::choreography, checkout_body("P")).order;
  shop.post("/api/orders/" + order + "/cancel", Json{{"reason", "no"}}, 200);
  node.await_end(order);
  EXPECT_EQ(shop.get("/api/orders/" + order)["status"], "CANCELLED");
}

}  // namespace
}  // namespace sagactl::test
