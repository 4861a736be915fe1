// The requests that saga-playground's dashboard makes, with its members and in its order, and what it reads of the
// answers. The page itself is served from a directory by --pages.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/crypto.hpp"
#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

constexpr const char* failed_ones = "/api/orchestrator/sagas?status[]=FAILED&status[]=COMPENSATED&limit=100";

NodeOptions with_shop(bool shop_confirms) {
  NodeOptions options = ApiNode::options();
  options.shop_confirms = shop_confirms;
  return options;
}

// What a page reads of the cards' answer: total, completed, failed, in progress.
Json cards(const Json& page) {
  int completed = 0, failed = 0, open = 0;
  for (const Json& saga : page["data"]) {
    completed += saga["status"] == "COMPLETED";
    failed += saga["status"] == "FAILED";
    open += saga["status"] != "COMPLETED" && saga["status"] != "FAILED" && saga["status"] != "COMPENSATED";
  }
  return Json::array({page["pagination"]["totalCount"], completed, failed, open});
}

TEST(SagaDashboard, ListsAndCountsWithItsOwnQueries) {
  ApiNode node;
  Shop shop(node);
  shop.stock("P", 10);
  shop.stock("SCARCE", 1);
  shop.check_out(CheckoutMode::orchestration, "P");
  shop.check_out(CheckoutMode::orchestration, "SCARCE", 2);
  node.gateway().hold();
  const PlacedCheckout open = shop.place(CheckoutMode::orchestration, checkout_body("P"));
  const Json list = shop.get("/api/orchestrator/sagas?page=1&limit=10&status[]=COMPLETED&status[]=PAYMENT_PROCESSING");
  EXPECT_EQ(list["data"].size(), 2u);
  const Json all = shop.get("/api/orchestrator/sagas?limit=1000");
  EXPECT_EQ(cards(all), Json::array({3, 1, 0, 1}));
  for (const Json& saga : all["data"]) {
    EXPECT_TRUE(saga["sagaId"].is_string() && saga["orderId"].is_string() && saga["currentStep"].is_string());
    EXPECT_TRUE(saga["orderData"]["totalAmount"].is_number()) << "a text would break the whole list";
    EXPECT_TRUE(saga["orderData"]["customerId"].is_string() && saga["createdAt"].is_string());
  }
  EXPECT_EQ(shop.get("/api/orchestrator/sagas?limit=5000")["pagination"]["limit"], 1000) << "cut, not refused";
  const Json detail = shop.get("/api/orchestrator/sagas/" + open.saga);
  EXPECT_EQ(detail["stepStatuses"]["PROCESS_PAYMENT"], "IN_PROGRESS");
  EXPECT_EQ(detail["stepStatuses"]["CREATE_ORDER"], "SUCCESS");
  node.gateway().release();
  node.await_end(open.order);
}

// Retry has no body and no Content-Type. Where the shop confirms, it charges nothing: the buyer pays again.
TEST(SagaDashboard, RetriesRefundedSagasWhereTheBuyerPaysAgain) {
  ApiNode node(with_shop(true));
  Shop shop(node);
  shop.stock("SCARCE", 1);
  const PlacedCheckout placed = shop.place(CheckoutMode::orchestration, checkout_body("SCARCE", 2));
  shop.post("/api/payments/confirm", Json{{"paymentKey", "k1"}, {"orderId", placed.order}, {"amount", 2000}}, 200);
  node.await_end(placed.order);
  ASSERT_EQ(shop.get("/api/payments/order/" + placed.order)["status"], "REFUNDED");
  shop.stock("SCARCE", 5);
  const Json found = shop.get(failed_ones);
  ASSERT_EQ(found["data"].size(), 1u);
  const HttpRequest retry{
      "POST", "/api/orchestrator/sagas/" + found["data"][0]["sagaId"].get<std::string>() + "/retry", "", {}};
  const HttpResponse answer = shop.guest().send(retry).value();
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(node.gateway().charges("k1"), 1);
  EXPECT_EQ(shop.get("/api/orders/" + placed.order)["status"], "PENDING") << "it can be paid again";
  shop.post("/api/payments/confirm", Json{{"paymentKey", "k2"}, {"orderId", placed.order}, {"amount", 2000}}, 200);
  node.await_end(placed.order, 2);
  EXPECT_EQ(shop.get("/api/orchestrator/sagas/" + placed.saga)["status"], "COMPLETED");
}

TEST(SagaDashboard, RetriesRefundedSagasThatTheNodeChargesByItselfOnlyWhereThatWasAllowed) {
  for (const bool allowed : {false, true}) {
    NodeOptions options = with_shop(false);
    options.retry_recharges = allowed;
    ApiNode node(options);
    Shop shop(node);
    shop.stock("SCARCE", 1);
    const PlacedCheckout placed = shop.check_out(CheckoutMode::orchestration, "SCARCE", 2);
    shop.stock("SCARCE", 5);
    const std::string path = "/api/orchestrator/sagas/" + placed.saga + "/retry";
    const HttpResponse answer = shop.guest().send(HttpRequest{"POST", path, "", {}}).value();
    EXPECT_EQ(answer.status, allowed ? 200 : 400) << answer.body;
    if (allowed) continue;
    EXPECT_NE(answer.json().value()["message"].get<std::string>().find("\"recharge\": true"), std::string::npos);
    EXPECT_EQ(node.gateway().charges(""), 1) << "nothing was charged";
  }
}

class Pages : public testing::Test {
 protected:
  Pages() {
    std::filesystem::create_directories(directory / "assets");
    write("index.html", "<!doctype html><button onclick=\"go()\">Retry All Failed</button>");
    write("app.js", "fetch('/api/orchestrator/sagas?limit=1000')");
    write("assets/app-0123abcd.css", "body { margin: 0 }");
    write(".env", "SECRET=1");
  }
  ~Pages() override { std::filesystem::remove_all(directory); }
  void write(const char* name, const char* text) { std::ofstream(directory / name) << text; }

  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("sagactl-pages-" + hex(random_bytes(8)));
};

TEST_F(Pages, OfADirectoryAreServedBesideTheApi) {
  NodeOptions options = ApiNode::options();
  options.pages = directory;
  ApiNode node(options);
  HttpClient browser = node.client();
  const HttpResponse page = browser.send({"GET", "/", "", {{"Accept", "text/html"}}}).value();
  EXPECT_EQ(page.status, 200);
  EXPECT_NE(page.body.find("Retry All Failed"), std::string::npos);
  EXPECT_EQ(page.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.header("Content-Security-Policy"), "") << "that page has inline handlers";
  const HttpResponse script = browser.get("/app.js").value();
  EXPECT_EQ(script.header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(script.header("Cache-Control"), "no-cache");
  EXPECT_EQ(browser.get("/assets/app-0123abcd.css")->header("Cache-Control"), "public, max-age=31536000, immutable");
  const auto tag = std::string(script.header("ETag"));
  EXPECT_EQ(browser.send({"GET", "/app.js", "", {{"If-None-Match", tag}}})->status, 304);
  EXPECT_EQ(browser.send({"GET", "/payment/success?orderId=1", "", {{"Accept", "text/html"}}})->body, page.body)
      << "pages of an application's own making";
  EXPECT_EQ(browser.get("/payment/success")->status, 404) << "a program asks for no page";
  EXPECT_EQ(browser.get("/health")->json().value()["status"], "ok") << "routes come first";
  EXPECT_EQ(browser.send({"POST", "/app.js", "{}", {}})->status, 404);
  for (const char* outside : {"/.env", "/%2e%65nv", "/../app.js", "/..%2f..%2fetc/passwd", "/assets/", "/%00"})
    EXPECT_NE(browser.get(outside)->status, 200) << outside;
}

// They are of the node's origin, and could use the session of whoever is logged in.
TEST_F(Pages, OfADirectoryCannotUseASession) {
  NodeOptions options = ApiNode::options();
  ApiNode dashboard(options);
  const Json code = dashboard.admin().post("/ui/codes", Json::object())->json().value();
  const HttpRequest log_in{"POST",
                           "/ui/session",
                           Json{{"code", code["code"]}}.dump(),
                           {{"X-Sagactl-Page", "1"}, {"Sec-Fetch-Site", "same-origin"}}};
  const HttpResponse session = dashboard.client().send(log_in).value();
  ASSERT_EQ(session.status, 200) << session.body;
  const std::string cookie(session.header("Set-Cookie").substr(0, session.header("Set-Cookie").find(';')));
  const HttpRequest read{"GET", "/audit", "", {{"Cookie", cookie}, {"Sec-Fetch-Site", "same-origin"}}};
  EXPECT_EQ(dashboard.client().send(read)->status, 200);
  options.pages = directory;
  ApiNode node(options);
  HttpClient page = node.client();
  EXPECT_EQ(page.send(read)->status, 401);
  EXPECT_EQ(page.send(HttpRequest{"GET", "/ui/session", "", read.headers})->json().value()["user"], nullptr);
  const HttpResponse refused = page.send(log_in).value();
  EXPECT_EQ(refused.status, 403);
  EXPECT_NE(refused.body.find("--pages"), std::string::npos) << refused.body;
}

TEST_F(Pages, OfADirectoryThatCannotBeServedEndTheStart) {
  NodeOptions options = ApiNode::options();
  options.pages = directory / "nowhere";
  options.data = directory / "data";
  const auto nodes = start_nodes(options);
  ASSERT_FALSE(nodes.ok());
  EXPECT_NE(nodes.error().message.find("--pages: "), std::string::npos);
  EXPECT_NE(nodes.error().message.find("there is no such directory"), std::string::npos);
}

}  // namespace
}  // namespace sagactl::test
