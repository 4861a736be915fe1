// Orders that are sent more than once.
#include <gtest/gtest.h>

#include "tests/api/test_node.hpp"

namespace sagactl::test {
namespace {

class Idempotency : public testing::Test {
 protected:
  HttpResponse post(HttpClient& client, const Json& body, const std::string& key,
                    const char* path = "/orders") {
    return client.send(HttpRequest{"POST", path, body.dump(), {{"Idempotency-Key", key}}}).value();
  }

  TestNode node;
  HttpClient customer = node.customer();
};

TEST_F(Idempotency, TheSameRequestGetsTheSameAnswer) {
  const HttpResponse first = post(customer, order_body("p"), "k");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  node.await_end(first.json().value()["id"]);
  const HttpResponse again = post(customer, order_body("p"), "\"k\"");
  EXPECT_EQ(again.status, 201) << "the header's quotes are not part of the key";
  EXPECT_EQ(again.body, first.body) << "as it was, although the order has been paid since";
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(customer.get("/orders")->json().value()["total"], 1);
}

TEST_F(Idempotency, AnotherRequestUnderTheSameKeyIsRefused) {
  ASSERT_EQ(post(customer, order_body("p"), "k").status, 201);
  EXPECT_EQ(post(customer, order_body("q"), "k").status, 422);
  EXPECT_EQ(post(customer, order_body("p"), "k", "/orders/test/create").status, 422);
}

TEST_F(Idempotency, AKeyBelongsToItsCustomer) {
  HttpClient other = node.customer();
  ASSERT_EQ(post(customer, order_body("p"), "k").status, 201);
  EXPECT_EQ(post(other, order_body("q"), "k").status, 201);
}

TEST_F(Idempotency, ARefusedRequestLeavesItsKeyFree) {
  ASSERT_EQ(post(customer, Json::object(), "k").status, 400);
  node.place(customer, "p");
  ASSERT_EQ(post(customer, order_body("p"), "k").status, 409) << "a live order has the product";
  EXPECT_EQ(post(customer, order_body("q"), "k").status, 201);
}

TEST_F(Idempotency, ALiveOrderHoldsItsProductsUntilItIsCancelled) {
  const std::string id = node.place_and_await(customer, "p");
  const HttpResponse duplicate = customer.post("/orders", order_body("p")).value();
  EXPECT_EQ(duplicate.status, 409);
  EXPECT_EQ(duplicate.json().value()["existingOrderId"], id);
  ASSERT_EQ(customer.del("/orders/" + id)->status, 200);
  EXPECT_EQ(customer.post("/orders", order_body("p"))->status, 201);
}

TEST_F(Idempotency, WithKeyOnlyNothingIsHeldWithoutAKey) {
  TestNode key_only(Dedupe::key_only);
  HttpClient client = key_only.customer();
  key_only.place(client, "p");
  key_only.place(client, "p");
  Json keyed = order_body("p");
  keyed["idempotencyKey"] = "mine";
  EXPECT_EQ(client.post("/orders", keyed)->status, 201);
  EXPECT_EQ(client.post("/orders", keyed)->status, 409);
}

TEST_F(Idempotency, ACorrelationIsTheClientsWhenItSentOne) {
  const HttpRequest traced{"POST", "/orders", order_body("p").dump(), {{"X-Correlation-ID", "mine-1"}}};
  const HttpResponse placed = customer.send(traced).value();
  EXPECT_EQ(placed.json().value()["correlationId"], "mine-1");
  EXPECT_EQ(placed.header("X-Correlation-ID"), "mine-1");
  EXPECT_EQ(customer.get("/trace/correlation/mine-1")->status, 200);

  const Json own = node.place(customer, "q");
  EXPECT_EQ(own["correlationId"], own["id"]);
}

TEST_F(Idempotency, AKeyThatIsTooLongIsRefused) {
  EXPECT_EQ(post(customer, order_body("p"), std::string(256, 'k')).status, 400);
}

}  // namespace
}  // namespace sagactl::test
