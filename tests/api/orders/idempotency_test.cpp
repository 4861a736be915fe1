// Orders sent more than once.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

class Idempotency : public testing::Test {
 protected:
  HttpResponse post(HttpClient& client, const Json& body, const std::string& key, const char* path = "/orders") {
    return client.send(HttpRequest{"POST", path, body.dump(), {{"Idempotency-Key", key}}}).value();
  }

  ApiNode node;
  HttpClient customer = node.customer();
};

TEST_F(Idempotency, TheSameRequestGetsTheSameAnswer) {
  const HttpResponse first = post(customer, order_body("p"), "k");
  ASSERT_EQ(first.status, 201) << first.body;
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  node.await_end(first.json().value()["id"]);
  const HttpResponse again = post(customer, order_body("p"), "\"k\"");
  EXPECT_EQ(again.status, 201) << "the header's quotes are not part of the key";
  EXPECT_EQ(again.body, first.body) << "the stored answer, although the order has been paid since";
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(customer.get("/orders")->json().value()["total"], 1);
}

TEST_F(Idempotency, AnotherRequestUnderTheSameKeyIsRefused) {
  ASSERT_EQ(post(customer, order_body("p"), "k").status, 201);
  EXPECT_EQ(post(customer, order_body("q"), "k").status, 422);
  EXPECT_EQ(post(customer, order_body("p"), "k", "/orders/test/create").status, 422);
}

// Which of two keys counts would depend on the order in which a proxy or a library has put them.
TEST_F(Idempotency, TwoKeysOfOneRequestAreRefused) {
  const auto send = [&](const char* first, const char* second) {
    const HttpRequest request{
        "POST", "/orders", order_body("p").dump(), {{"Idempotency-Key", first}, {"Idempotency-Key", second}}};
    return customer.send(request)->status;
  };
  EXPECT_EQ(send("k", "l"), 400);
  EXPECT_EQ(send("k", ""), 400);
  EXPECT_EQ(send("k", "k"), 201) << "the same one twice is one key";
  EXPECT_EQ(send("k", "\"k\""), 201);
}

// Such as one from a variable that is not set.
TEST_F(Idempotency, AnEmptyKeyIsRefused) {
  for (const char* key : {"", " ", "\"\""}) {
    const HttpResponse answer = post(customer, order_body("p"), key);
    EXPECT_EQ(answer.status, 400) << key;
    EXPECT_NE(answer.body.find("Idempotency-Key must not be empty"), std::string::npos) << answer.body;
  }
  HttpClient admin = node.admin();
  EXPECT_EQ(post(admin, Json::object(), "", "/sagas/definitions/none/sagas").status, 400);
  EXPECT_EQ(customer.get("/orders")->json().value()["total"], 0);
}

TEST_F(Idempotency, TheSameRequestMayBeWrittenDifferently) {
  const auto send = [&](const char* path, const std::string& body) {
    return customer.send(HttpRequest{"POST", path, body, {{"Idempotency-Key", "k"}}}).value();
  };
  const HttpResponse first = send("/orders", R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":1,)"
                                             R"("price":2.5}],"shippingAddress":"x"})");
  ASSERT_EQ(first.status, 201) << first.body;
  const char* const same[] = {
      R"({ "shippingAddress" : "x", "items" : [ { "price" : 2.50, "quantity" : 1, "productName" : "Pen é",
           "productId" : "I-1" } ] })",
      R"({"items":[{"productId":"I-1","productName":"Pen \u00e9","quantity":1.0,"price":25e-1}],"shippingAddress":"x"})",
      "\xEF\xBB\xBF"
      R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":1e0,"price":2.500}],
           "shippingAddress":"\u0078"})",
  };
  for (const char* body : same)
    for (const char* path : {"/orders", "/orders/", "/orders?from=a-proxy", "/%6Frders"}) {
      const HttpResponse again = send(path, body);
      EXPECT_EQ(again.status, 201) << path << ' ' << body << again.body;
      EXPECT_EQ(again.header("Idempotency-Replayed"), "true") << path << ' ' << body;
      EXPECT_EQ(again.body, first.body);
    }
  const char* const others[] = {
      R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":2,"price":2.5}],"shippingAddress":"x"})",
      R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":1,"price":2.51}],"shippingAddress":"x"})",
      R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":1,"price":2.5}],"shippingAddress":"X"})",
      R"({"items":[{"productId":"I-1","productName":"Pen","quantity":1,"price":2.5}],"shippingAddress":"x"})",
      R"({"items":[{"productId":"I-1P","productName":"en é","quantity":1,"price":2.5}],"shippingAddress":"x"})",
      R"({"items":[{"productId":"I-1","productName":"Pen é","quantity":1,"price":2.5}],"shippingAddress":"x",
          "idempotencyKey":"k"})",
  };
  for (const char* body : others) EXPECT_EQ(send("/orders", body).status, 422) << body;
}

TEST_F(Idempotency, AKeyBelongsToItsCustomer) {
  HttpClient other = node.customer();
  ASSERT_EQ(post(customer, order_body("p"), "k").status, 201);
  EXPECT_EQ(post(other, order_body("q"), "k").status, 201);
}

TEST_F(Idempotency, ARefusedRequestDoesNotUseItsKey) {
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

TEST_F(Idempotency, WithKeyOnlyProductsAreNoKey) {
  ApiNode key_only(Dedupe::key_only);
  HttpClient client = key_only.customer();
  key_only.place(client, "p");
  key_only.place(client, "p");
  Json keyed = order_body("p");
  keyed["idempotencyKey"] = "mine";
  EXPECT_EQ(client.post("/orders", keyed)->status, 201);
  EXPECT_EQ(client.post("/orders", keyed)->status, 409);
}

TEST_F(Idempotency, TheCorrelationIdIsTheClientsWhenItSentOne) {
  const HttpRequest traced{"POST", "/orders", order_body("p").dump(), {{"X-Correlation-ID", "mine-1"}}};
  const HttpResponse placed = customer.send(traced).value();
  EXPECT_EQ(placed.json().value()["correlationId"], "mine-1");
  EXPECT_EQ(placed.header("X-Correlation-ID"), "mine-1");
  EXPECT_EQ(customer.get("/trace/correlation/mine-1")->status, 200);

  const Json own = node.place(customer, "q");
  EXPECT_EQ(own["correlationId"], own["id"]);
}

TEST_F(Idempotency, TheAnswersCorrelationIdTracesTheOrder) {
  const HttpResponse placed = post(customer, order_body("p"), "k");
  const Json order = placed.json().value();
  EXPECT_EQ(placed.header("X-Correlation-ID"), order["correlationId"].get<std::string>());
  EXPECT_EQ(placed.header("Location"), "/orders/" + order["id"].get<std::string>());
  EXPECT_EQ(customer.get("/trace/correlation/" + std::string(placed.header("X-Correlation-ID")))->status, 200);
  EXPECT_EQ(customer.get(std::string(placed.header("Location")))->status, 200);

  const HttpResponse replayed = post(customer, order_body("p"), "k");
  EXPECT_EQ(replayed.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(replayed.header("X-Correlation-ID"), placed.header("X-Correlation-ID"));
  EXPECT_EQ(replayed.header("Location"), placed.header("Location"));
}

TEST_F(Idempotency, AnOrderOfAnySurfaceIsTracedByTheCorrelationIdAndFoundAtItsLocation) {
  HttpClient admin = node.admin();
  ASSERT_EQ(admin.post("/api/inventory/initialize", Json::object())->status, 200);
  ASSERT_EQ(admin.post("/purchase/setup-test-data", Json::object())->status, 201);
  const Json checkout{{"customerId", "C-1"}, {"items", order_body("PROD001", 1, 1000)["items"]}};
  const Json purchase{{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 1}};
  const std::pair<const char*, Json> rows[] = {{"/api/orders", checkout},
                                               {"/api/orchestrator/orders", checkout},
                                               {"/purchase/orders", purchase},
                                               {"/sagas/definitions/CheckoutSaga/orders", checkout}};
  for (const auto& [path, body] : rows) {
    std::string location;
    for (const bool replayed : {false, true}) {
      const HttpResponse placed = post(admin, body, path, path);
      ASSERT_EQ(placed.status, 201) << path << placed.body;
      EXPECT_EQ(placed.header("Idempotency-Replayed") == "true", replayed) << path;
      const std::string correlation(placed.header("X-Correlation-ID"));
      EXPECT_EQ(admin.get("/trace/correlation/" + correlation)->status, 200) << path;
      EXPECT_EQ(admin.get(std::string(placed.header("Location")))->status, 200) << placed.header("Location");
      EXPECT_TRUE(!replayed || placed.header("Location") == location) << path;
      location = placed.header("Location");
    }
  }
}

TEST_F(Idempotency, AnOrderIsFoundByItsTraceId) {
  const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736", parent = "00-" + trace + "-00f067aa0ba902b7-01";
  const HttpRequest traced{"POST", "/orders", order_body("p").dump(), {{"traceparent", parent}}};
  const std::string id = customer.send(traced)->json().value()["id"];
  node.await_end(id);
  for (const std::string& asked : {trace, parent}) {
    const Json found = customer.get("/trace/correlation/" + asked)->json().value();
    EXPECT_EQ(found["order"]["id"], id) << asked;
    EXPECT_EQ(found["traceId"], trace) << asked;
  }
  EXPECT_EQ(customer.get("/sagas/" + id)->json().value()["traceId"], trace);
  EXPECT_EQ(customer.get("/trace/order/" + id)->json().value()["traceId"], trace);
  EXPECT_EQ(customer.get("/trace/events?limit=1")->json().value()["events"][0]["traceId"], trace);
  HttpClient other = node.customer();
  EXPECT_EQ(other.get("/trace/correlation/" + trace)->status, 404) << "another customer's";

  const std::string untraced = node.place(customer, "q")["id"];
  const std::string own = customer.get("/sagas/" + untraced)->json().value()["traceId"];
  EXPECT_EQ(own.size(), 32u);
  EXPECT_EQ(customer.get("/sagas/correlation/" + own)->json().value()["id"], untraced);
}

TEST_F(Idempotency, AKeyThatIsTooLongIsRefused) {
  EXPECT_EQ(post(customer, order_body("p"), std::string(256, 'k')).status, 400);
}

}  // namespace
}  // namespace sagactl::test
