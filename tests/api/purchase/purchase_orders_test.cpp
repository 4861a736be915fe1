// Item purchases: every branch of the saga, with exact balances, slots and stock at its end.
#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

class PurchaseRoutes : public testing::Test {
 protected:
  void set_up(const Json& body = Json::object()) { shop.post("/purchase/setup-test-data", body, 201); }

  std::string place(const std::string& user, const std::string& item, int quantity) {
    const Json answer = shop.post("/purchase/orders", buy(user, item, quantity), 201);
    return answer["orderId"];
  }
  std::string buy_and_await(const std::string& user, const std::string& item, int quantity) {
    std::string order = place(user, item, quantity);
    node.await_end(order);
    return order;
  }
  static Json buy(const std::string& user, const std::string& item, int quantity) {
    return Json{{"userId", user}, {"itemId", item}, {"quantity", quantity}};
  }
  // [balance, reserved, spent, slots free, slots reserved, slots used]
  Json holdings(const std::string& user) {
    const Json money = shop.get("/purchase/user/" + user + "/balance");
    const Json slots = shop.get("/purchase/user/" + user + "/inventory");
    return Json{money["balance"],        money["reserved"],      money["spent"],
                slots["availableSlots"], slots["reservedSlots"], slots["usedSlots"]};
  }

  ApiNode node;
  Shop shop{node};
};

TEST_F(PurchaseRoutes, SetUpCreatesUsersAndItemsOnce) {
  const Json created = shop.post("/purchase/setup-test-data", Json::object(), 201);
  expect_members(created, {"message", "users", "items"});
  expect_members(created["users"][0], {"userId", "name", "balance", "slots"});
  EXPECT_EQ(created["users"][0]["balance"], 10'000);
  EXPECT_EQ(created["users"][0]["slots"], 20);
  buy_and_await("user-1", "item-1", 1);
  EXPECT_EQ(shop.post("/purchase/setup-test-data", Json::object(), 201)["users"][0]["balance"], 9'900);
}

TEST_F(PurchaseRoutes, TakesMoneySlotsAndStock) {
  set_up();
  const Json placed = shop.post("/purchase/orders", buy("user-1", "item-2", 3), 201);
  expect_members(placed, {"message", "orderId", "userId", "itemId", "quantity", "status"});
  EXPECT_EQ(placed["totalPrice"], 600);
  const std::string id = placed["orderId"];
  node.await_end(id);
  const Json order = shop.get("/purchase/orders/" + id);
  EXPECT_EQ(order["status"], "completed");
  EXPECT_EQ(order["sagaStatus"], "completed");
  EXPECT_EQ(order["itemName"], "Item 2");
  EXPECT_EQ(holdings("user-1"), Json({9'400, 0, 600, 17, 0, 3}));
  const Json items = shop.get("/purchase/user/user-1/inventory")["items"];
  EXPECT_EQ(items, Json::array({Json{{"itemId", "item-2"}, {"itemName", "Item 2"}, {"quantity", 3}}}));
  EXPECT_EQ(shop.get("/purchase/user/user-1/orders"), Json::array({order}));
  EXPECT_EQ(shop.get("/purchase/user/user-2/orders"), Json::array());
}

struct Failing {
  const char* name;
  Json setup;
  std::string user, item;
  int quantity;
  const char* message;
};

class FailedPurchase : public PurchaseRoutes, public testing::WithParamInterface<Failing> {};

TEST_P(FailedPurchase, ReleasesEverythingReservedBefore) {
  const Failing& failing = GetParam();
  set_up(failing.setup);
  const Json before = holdings(failing.user);
  const std::string id = buy_and_await(failing.user, failing.item, failing.quantity);
  const Json order = shop.get("/purchase/orders/" + id);
  EXPECT_EQ(order["status"], "cancelled");
  EXPECT_EQ(order["sagaStatus"], "compensated");
  EXPECT_NE(order["failureReason"].get<std::string>().find(failing.message), std::string::npos) << order.dump();
  EXPECT_EQ(holdings(failing.user), before);
}

INSTANTIATE_TEST_SUITE_P(Branches, FailedPurchase,
                         testing::Values(Failing{"NoMoney", Json{{"balance", 250}}, "user-1", "item-1", 3, "balance"},
                                         Failing{"NoSlots", Json{{"slots", 2}}, "user-1", "item-1", 3, "slots"},
                                         Failing{"NoStock", Json{{"stock", 2}}, "user-1", "item-1", 3, "item item-1"},
                                         Failing{"PaymentRefused", Json{{"prefix", "PAYMENT_FAIL-"}},
                                                 "PAYMENT_FAIL-user-1", "PAYMENT_FAIL-item-1", 3, "declined"}),
                         [](const auto& failing) { return failing.param.name; });

// In the reference system, a failed purchase restores the old balance and so undoes the payment of another.
TEST_F(PurchaseRoutes, ThatFailsDoesNotAffectAnotherOfTheSameUser) {
  set_up();
  set_up(Json{{"prefix", "PAYMENT_FAIL-"}});
  node.gateway().hold();
  const std::string good = place("user-1", "item-1", 2), bad = place("user-1", "PAYMENT_FAIL-item-1", 3);
  EXPECT_EQ(holdings("user-1"), Json({9'500, 500, 0, 15, 5, 0}));
  node.gateway().release();
  node.await_end(good);
  node.await_end(bad);
  EXPECT_EQ(holdings("user-1"), Json({9'800, 0, 200, 18, 0, 2}));
}

TEST_F(PurchaseRoutes, ThatIsNotValidIsRefusedWithoutEffect) {
  set_up();
  const auto refused = [&](const Json& body, int status) { shop.post("/purchase/orders", body, status); };
  refused(buy("user-1", "item-1", 0), 400);
  refused(buy("user-1", "item-1", -1), 400);
  refused(Json{{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 1.5}}, 400);
  refused(Json{{"userId", "user-1"}, {"itemId", "item-1"}}, 400);
  refused(Json{{"userId", ""}, {"itemId", "item-1"}, {"quantity", 1}}, 400);
  refused(buy("nobody", "item-1", 1), 404);
  refused(buy("user-1", "nothing", 1), 404);
  for (const char* path : {"balance", "inventory", "orders"})
    shop.get(std::string("/purchase/user/nobody/") + path, 404);
  shop.get("/purchase/orders/00000000-0000-4000-8000-000000000000", 404);
  shop.get("/purchase/orders/x", 404);
  shop.post("/purchase/setup-test-data", Json{{"users", 0}}, 400);
  shop.post("/purchase/setup-test-data", Json{{"balance", 1.999}}, 400);
  EXPECT_EQ(holdings("user-1"), Json({10'000, 0, 0, 20, 0, 0}));
}

TEST_F(PurchaseRoutes, SentAgainWithItsIdempotencyKeyIsPlacedOnce) {
  set_up();
  const auto send = [&](const Json& body) {
    return shop.guest().send(HttpRequest{"POST", "/purchase/orders", body.dump(), {{"Idempotency-Key", "k"}}}).value();
  };
  const HttpResponse first = send(buy("user-1", "item-1", 1)), again = send(buy("user-1", "item-1", 1));
  EXPECT_EQ(first.status, 201);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(send(buy("user-1", "item-1", 2)).status, 422);
  EXPECT_EQ(shop.get("/purchase/user/user-1/orders").size(), 1u);
}

}  // namespace
}  // namespace sagactl::test
