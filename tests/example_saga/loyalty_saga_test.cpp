// A saga that is added from outside runs, compensates and is shown like a built-in one.
#include "tests/example_saga/loyalty_saga.hpp"

#include <gtest/gtest.h>

#include "tests/api/support/shops.hpp"

namespace sagactl::example {
namespace {

using test::ApiNode;
using test::Shop;

class Loyalty : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto added = add_saga(loyalty_definition(), loyalty_commands());
    ASSERT_TRUE(added.ok()) << added.error().message;
  }

  void SetUp() override { shop.stock("points:ann", 100); }

  // Orders `quantity` books at 9.50 each, waits until the saga has ended, and returns the order's id.
  std::string order_books(int quantity) {
    Json body = test::checkout_body("BOOK", quantity, 9.5);
    body["customerId"] = "ann";
    const HttpResponse placed = admin.post("/sagas/definitions/LoyaltySaga/orders", body).value();
    EXPECT_EQ(placed.status, 201) << placed.body;
    std::string id = placed.json().value()["id"];
    node.await_end(id);
    return id;
  }
  Json saga(const std::string& id) { return admin.get("/sagas/" + id)->json().value(); }

  ApiNode node;
  Shop shop{node};
  HttpClient admin = node.admin();
};

TEST(LoyaltyDeciders, RoundPointsUp) {
  Order order;
  order.customer = "ann";
  const std::vector<std::pair<std::int64_t, std::int64_t>> rows = {{0, 0}, {1, 1}, {100, 1}, {101, 2}, {1900, 19}};
  for (const auto& [cents, points] : rows) {
    order.total = Money{cents};
    EXPECT_EQ(points_for(order), (std::vector<ReservationLine>{{"points:ann", points}})) << cents;
  }
}

TEST_F(Loyalty, SpendsThePointsAndConfirmsTheOrder) {
  const std::string id = order_books(2);
  EXPECT_EQ(saga(id)["status"], "completed");
  EXPECT_EQ(admin.get("/orders/" + id)->json().value()["status"], "paid");
  EXPECT_EQ(shop.levels("points:ann"), Json({81, 0, 19}));
}

TEST_F(Loyalty, WithTooFewPointsIsCompensated) {
  shop.stock("points:ann", 18);
  const std::string id = order_books(2);
  EXPECT_EQ(saga(id)["status"], "compensated");
  EXPECT_EQ(admin.get("/orders/" + id)->json().value()["status"], "cancelled");
  EXPECT_EQ(shop.levels("points:ann"), Json({18, 0, 0}));
}

TEST_F(Loyalty, OfTooManyUnitsIsRefusedBeforeAnyPointIsReserved) {
  shop.stock("points:ann", 1000);
  const Json refused = saga(order_books(11));
  EXPECT_EQ(refused["status"], "compensated");
  EXPECT_EQ(refused["errorMessage"], "too many units for an order that is paid with points");
  EXPECT_EQ(shop.levels("points:ann"), Json({1000, 0, 0}));
}

TEST_F(Loyalty, CompensatedByAnOperatorReturnsThePointsOnce) {
  const std::string id = order_books(2);
  ASSERT_EQ(admin.post("/saga/compensate/" + id, Json::object())->status, 202);
  node.await_end(id, 2);
  EXPECT_EQ(admin.post("/saga/compensate/" + id, Json::object())->status, 409);
  EXPECT_EQ(saga(id)["compensationSteps"], Json::array({"points_given_back", "order_cancelled"}));
  EXPECT_EQ(shop.levels("points:ann"), Json({100, 0, 0}));
}

TEST_F(Loyalty, OfACustomerWithoutPointsIsNotPlaced) {
  Json body = test::checkout_body("BOOK");
  body["customerId"] = "nobody";
  EXPECT_EQ(admin.post("/sagas/definitions/LoyaltySaga/orders", body)->status, 400);
}

TEST_F(Loyalty, IsShownAmongTheDefinitions) {
  const Json all = admin.get("/sagas/definitions")->json().value()["definitions"];
  EXPECT_EQ(all.back()["name"], "LoyaltySaga");
  EXPECT_EQ(all.back()["pivot"], "points_settlement");
}

TEST_F(Loyalty, CannotBeAddedTwiceNorWithUnknownCommands) {
  EXPECT_FALSE(add_saga(loyalty_definition(), loyalty_commands()).ok());
  SagaDefinition other = loyalty_definition();
  other.name = "OtherSaga";
  other.steps[1].action = "units.weigh";
  const auto refused = add_saga(other);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message, "step units_check of OtherSaga calls 'units.weigh', which no participant has");
  other.steps[1] = other.steps[0];
  EXPECT_FALSE(add_saga(other).ok()) << "two steps of one name";
  other.steps.clear();
  EXPECT_FALSE(add_saga(other).ok()) << "no steps";
  EXPECT_EQ(find_definition("OtherSaga"), nullptr);
}

}  // namespace
}  // namespace sagactl::example
