// The sagas of orchestrated checkouts: read, listed and retried.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

constexpr CheckoutMode orchestrated = CheckoutMode::orchestration;

class CheckoutSaga : public testing::Test {
 protected:
  void SetUp() override {
    shop.stock("P", 100);
    shop.stock("SCARCE", 1);
    shop.stock("PAYMENT_FAIL_1", 100);
  }

  Json saga_of(const PlacedCheckout& placed) { return shop.get("/api/orchestrator/sagas/" + placed.saga); }
  // The orders of a page, in its order.
  std::vector<std::string> orders(const std::string& query) {
    std::vector<std::string> ids;
    const Json page = shop.get("/api/orchestrator/sagas" + query);
    for (const Json& saga : page["data"]) ids.push_back(saga["orderId"].get<std::string>());
    return ids;
  }

  ApiNode node;
  Shop shop{node};
};

TEST_F(CheckoutSaga, IsShownWithItsStepsUnderBothIds) {
  const PlacedCheckout placed = shop.check_out(orchestrated, "P", 2);
  const Json saga = saga_of(placed);
  expect_members(saga,
                 {"sagaId", "orderId", "status", "currentStep", "steps", "orderData", "paymentId", "reservationId",
                  "compensationReason", "retryHistory", "lastRetryAt", "createdAt", "updatedAt"});
  EXPECT_EQ(saga, shop.get("/api/orchestrator/sagas/order/" + placed.order));
  EXPECT_EQ(saga["sagaId"], placed.saga);
  EXPECT_EQ(saga["status"], "COMPLETED");
  const std::vector<std::string> names = {"CREATE_ORDER", "PROCESS_PAYMENT", "RESERVE_INVENTORY", "COMPLETE_ORDER"};
  ASSERT_EQ(saga["steps"].size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Json& step = saga["steps"][i];
    expect_members(step, {"name", "status", "startedAt", "completedAt", "error", "data"});
    EXPECT_EQ(step["name"], names[i]);
    EXPECT_EQ(step["status"], "SUCCESS");
  }
  expect_members(saga["orderData"], {"customerId", "items", "totalAmount"});
  EXPECT_EQ(saga["orderData"]["totalAmount"], 2000);
  EXPECT_EQ(shop.get("/api/payments/" + saga["paymentId"].get<std::string>())["status"], "SUCCESS");
  EXPECT_EQ(shop.get("/api/reservations/order/" + placed.order)["reservationId"], saga["reservationId"]);
}

// Operators have the id that the checkout's answer shows.
TEST_F(CheckoutSaga, CanBeOperatedByTheIdThatItsShopSees) {
  const PlacedCheckout placed = shop.check_out(orchestrated, "P");
  ASSERT_TRUE(placed.saga.starts_with("SAGA-"));
  HttpClient admin = node.admin();
  EXPECT_EQ(admin.get("/sagas/" + placed.saga)->status, 200);
  EXPECT_EQ(admin.get("/trace/correlation/" + placed.saga)->status, 200);
  EXPECT_EQ(admin.post("/saga/compensate/" + placed.saga, Json::object())->status, 202);
}

TEST_F(CheckoutSaga, ThatDoesNotExistIsNotFound) {
  for (const char* id : {"SAGA-00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000000", "x"}) {
    const std::string name = id;
    EXPECT_EQ(shop.get("/api/orchestrator/sagas/" + name, 404)["error"], "Saga not found");
    EXPECT_EQ(shop.get("/api/orchestrator/sagas/order/" + name, 404)["error"], "Saga not found");
    EXPECT_EQ(shop.post("/api/orchestrator/sagas/" + name + "/retry", Json::object(), 404)["error"], "Saga not found");
  }
}

TEST_F(CheckoutSaga, CompensatesItsStepsInReverse) {
  const Json saga = saga_of(shop.check_out(orchestrated, "SCARCE", 2));
  EXPECT_EQ(saga["status"], "COMPENSATED");
  EXPECT_EQ(saga["steps"][0]["status"], "COMPENSATED");
  EXPECT_EQ(saga["steps"][1]["status"], "COMPENSATED");
  EXPECT_EQ(saga["steps"][2]["status"], "FAILED");
  EXPECT_EQ(saga["steps"][3]["status"], "PENDING");
  EXPECT_LE(saga["steps"][1]["completedAt"], saga["steps"][0]["completedAt"]);
  EXPECT_NE(saga["compensationReason"].get<std::string>().find("Insufficient"), std::string::npos);
}

TEST_F(CheckoutSaga, ListsAreFilteredByOneStatusOrSeveral) {
  const std::string completed = shop.check_out(orchestrated, "P").order;
  const std::string compensated = shop.check_out(orchestrated, "PAYMENT_FAIL_1").order;
  node.gateway().hold();
  const std::string paying = shop.place(orchestrated, checkout_body("P")).order;
  using Ids = std::vector<std::string>;
  EXPECT_EQ(orders(""), (Ids{paying, compensated, completed})) << "newest first";
  EXPECT_EQ(orders("?status=COMPLETED"), Ids{completed});
  EXPECT_EQ(orders("?status=PAYMENT_PROCESSING"), Ids{paying});
  EXPECT_EQ(orders("?status[]=COMPLETED&status[]=COMPENSATED"), (Ids{compensated, completed}));
  EXPECT_EQ(orders("?status%5B%5D=COMPLETED"), Ids{completed}) << "as browsers encode it";
  EXPECT_EQ(orders("?status="), (Ids{paying, compensated, completed})) << "an empty filter matches all";
  for (const char* status :
       {"STARTED", "PAYMENT_COMPLETED", "INVENTORY_RESERVING", "INVENTORY_RESERVED", "COMPENSATING", "FAILED"})
    EXPECT_EQ(orders(std::string("?status=") + status), Ids{}) << status;
  node.gateway().release();
  node.await_end(paying);
}

TEST_F(CheckoutSaga, ListsAreSortedAndComeInPages) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(shop.check_out(orchestrated, "P").order);
  shop.post("/api/orders/" + ids[0] + "/cancel", Json::object(), 200);
  node.await_end(ids[0], 2);
  using Ids = std::vector<std::string>;
  EXPECT_EQ(orders("?sortBy=createdAt&sortOrder=asc&limit=2"), (Ids{ids[0], ids[1]}));
  EXPECT_EQ(orders("?sortBy=updatedAt&sortOrder=desc&limit=1"), Ids{ids[0]}) << "the last one written";
  EXPECT_EQ(orders("?sortBy=updatedAt&sortOrder=asc&page=3&limit=2"), Ids{ids[0]});
  const Json last = shop.get("/api/orchestrator/sagas?page=3&limit=2")["pagination"];
  EXPECT_EQ(last, (Json{{"currentPage", 3},
                        {"totalPages", 3},
                        {"totalCount", 5},
                        {"limit", 2},
                        {"hasNextPage", false},
                        {"hasPrevPage", true}}));
  const Json first = shop.get("/api/orchestrator/sagas")["pagination"];
  EXPECT_EQ(first["limit"], 10);
  EXPECT_EQ(first["hasPrevPage"], false);
  EXPECT_EQ(first["hasNextPage"], false);
}

TEST_F(CheckoutSaga, AnInvalidFilterIsRefused) {
  for (const char* query : {"?status=DONE", "?status[]=COMPLETED&status[]=done", "?sortBy=customer", "?sortOrder=up",
                            "?page=0", "?limit=0", "?limit=ten"}) {
    const Json refused = shop.get(std::string("/api/orchestrator/sagas") + query, 400);
    EXPECT_TRUE(refused["error"].is_string()) << query;
    EXPECT_EQ(refused["status"], 400) << query;
  }
}

TEST_F(CheckoutSaga, IsRetriedOnlyWhenItFailedOrWasCompensated) {
  const PlacedCheckout completed = shop.check_out(orchestrated, "P");
  node.gateway().hold();
  const PlacedCheckout running = shop.place(orchestrated, checkout_body("P"));
  for (const PlacedCheckout& placed : {completed, running}) {
    const Json refused = shop.post("/api/orchestrator/sagas/" + placed.saga + "/retry", Json::object(), 400);
    EXPECT_TRUE(refused["error"].is_string());
    EXPECT_EQ(refused["status"], 400) << "the problem's own, not the saga's";
    EXPECT_EQ(refused["allowedStatuses"], "failed or compensated");
  }
  node.gateway().release();
  node.await_end(running.order);
  EXPECT_TRUE(saga_of(running)["retryHistory"].empty());
}

TEST_F(CheckoutSaga, RetriedContinuesFromItsEarliestStepNotInEffect) {
  const PlacedCheckout placed = shop.check_out(orchestrated, "SCARCE", 2);
  const std::string path = "/api/orchestrator/sagas/" + placed.saga + "/retry";
  EXPECT_EQ(shop.post(path, Json::object(), 400)["code"], "RECHARGE_REQUIRED");
  shop.post(path, Json{{"recharge", true}}, 200);
  node.await_end(placed.order, 2);
  EXPECT_EQ(saga_of(placed)["retryHistory"][0]["result"], "FAILED") << "there was still too little";

  shop.stock("SCARCE", 3);
  const Json retried = shop.post(path, Json{{"recharge", true}}, 200);
  expect_members(retried, {"message", "sagaId", "status", "currentStep"});
  node.await_end(placed.order, 3);
  const Json saga = saga_of(placed);
  EXPECT_EQ(saga["status"], "COMPLETED");
  ASSERT_EQ(saga["retryHistory"].size(), 2u);
  expect_members(saga["retryHistory"][1], {"retryAt", "fromStep", "result", "error"});
  EXPECT_EQ(saga["retryHistory"][1]["result"], "SUCCESS");
  EXPECT_EQ(saga["retryHistory"][1]["fromStep"], "CREATE_ORDER");
  EXPECT_EQ(saga["lastRetryAt"], saga["retryHistory"][1]["retryAt"]);
  EXPECT_EQ(shop.levels("SCARCE"), Json({1, 0, 2}));
  EXPECT_EQ(shop.get("/api/payments").size(), 3u) << "each execution has a payment of its own";
}

}  // namespace
}  // namespace sagactl::test
