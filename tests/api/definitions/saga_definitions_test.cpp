// The saga definitions of a node, and orders for any of them.
#include <gtest/gtest.h>

#include "server/saga/definition.hpp"
#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

TEST(SagaDefinitions, AreShownCompletely) {
  ApiNode node;
  Shop shop(node);
  const Json shown = shop.get("/sagas/definitions")["definitions"];
  ASSERT_EQ(shown.size(), definitions().size());
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const SagaDefinition& definition = definitions()[i];
    EXPECT_EQ(shown[i]["name"], definition.name);
    EXPECT_EQ(shown[i]["pivot"], definition.steps[definition.pivot].name);
    ASSERT_EQ(shown[i]["steps"].size(), definition.steps.size());
    for (std::size_t s = 0; s < definition.steps.size(); ++s) {
      const Json& step = shown[i]["steps"][s];
      EXPECT_EQ(step["action"], definition.steps[s].action);
      EXPECT_EQ(step["compensation"].is_null(), definition.steps[s].compensation.empty());
      EXPECT_GT(step["retry"]["budgetMs"], 0);
    }
    EXPECT_EQ(shown[i]["topics"].size(), definition.topics.size());
  }
}

TEST(SagaDefinitions, AcceptOrdersByName) {
  ApiNode node;
  Shop shop(node);
  shop.stock("P", 3);
  HttpClient customer = node.customer();
  const HttpResponse placed =
      customer.post("/sagas/definitions/CheckoutChoreographySaga/orders", checkout_body("P")).value();
  ASSERT_EQ(placed.status, 201) << placed.body;
  const std::string id = placed.json().value()["id"];
  node.await_end(id);
  EXPECT_EQ(customer.get("/sagas/" + id)->json().value()["sagaType"], "CheckoutChoreographySaga");
  EXPECT_EQ(shop.levels("P"), Json({2, 0, 1}));
  EXPECT_EQ(customer.post("/sagas/definitions/NoSuchSaga/orders", checkout_body("P"))->status, 404);
  EXPECT_EQ(customer.post("/sagas/definitions/CheckoutSaga/orders", Json::object())->status, 400);
}

TEST(SagaDefinitions, ATraceShowsTheReservations) {
  ApiNode node;
  Shop shop(node);
  shop.post("/purchase/setup-test-data", Json::object(), 201);
  const Json buy{{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 2}};
  const std::string id = shop.post("/purchase/orders", buy, 201)["orderId"];
  node.await_end(id);
  for (const char* path : {"/trace/correlation/", "/trace/order/"}) {
    const Json reservations = node.admin().get(path + id)->json().value()["reservations"];
    ASSERT_EQ(reservations.size(), 3u) << path;
    EXPECT_EQ(reservations[0]["kind"], "balance");
    EXPECT_EQ(reservations[0]["items"], Json::array({Json{{"id", "user-1"}, {"quantity", "200.00"}}}));
    EXPECT_EQ(reservations[1]["kind"], "slots");
    EXPECT_EQ(reservations[2]["items"], Json::array({Json{{"id", "item-1"}, {"quantity", 2}}}));
    for (const Json& reservation : reservations) EXPECT_EQ(reservation["status"], "confirmed");
  }
}

}  // namespace
}  // namespace sagactl::test
