// Retrying and compensating sagas, also under If-Match.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

class SagaActions : public testing::Test {
 protected:
  HttpResponse post_if(const std::string& path, const std::string& etag) {
    return admin.send(HttpRequest{"POST", path, "", {{"If-Match", etag}}}).value();
  }
  std::string etag_of(const std::string& saga) { return std::string(admin.get("/sagas/" + saga)->header("ETag")); }

  ApiNode node;
  HttpClient customer = node.customer(), admin = node.admin();
};

TEST_F(SagaActions, CompensatingACompletedSagaRefundsThePayment) {
  const std::string id = node.place_and_await(customer, "p");
  const HttpResponse accepted = admin.post("/saga/compensate/" + id, Json{{"reason", "returned"}}).value();
  ASSERT_EQ(accepted.status, 202) << accepted.body;
  EXPECT_EQ(accepted.json().value()["sagaId"], id);
  node.await_end(id, 2);
  const Json trace = customer.get("/trace/order/" + id)->json().value();
  EXPECT_EQ(trace["summary"]["finalStatus"]["saga"], "compensated");
  EXPECT_EQ(trace["summary"]["finalStatus"]["order"], "cancelled");
  EXPECT_EQ(trace["summary"]["finalStatus"]["payment"], "refunded");
}

TEST_F(SagaActions, RetryingARefundedOrderNeedsRecharge) {
  const std::string id = node.place_and_await(customer, "p");
  ASSERT_EQ(admin.post("/saga/compensate/" + id, Json::object())->status, 202);
  node.await_end(id, 2);
  const HttpResponse refused = admin.post("/saga/retry/" + id, Json::object()).value();
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.json().value()["code"], "RECHARGE_REQUIRED");
  ASSERT_EQ(admin.post("/saga/retry/" + id, Json{{"recharge", true}})->status, 202);
  node.await_end(id, 3);
  const Json saga = customer.get("/sagas/" + id)->json().value();
  EXPECT_EQ(saga["status"], "completed");
  EXPECT_EQ(saga["retryHistory"].size(), 1u);
  EXPECT_EQ(saga["steps"][1]["attempt"], 2);
}

TEST_F(SagaActions, AStatusThatDoesNotAllowItIsReportedWithThoseThatDo) {
  const std::string id = node.place_and_await(customer, "p");
  const HttpResponse refused = admin.post("/saga/retry/" + id, Json::object()).value();
  EXPECT_EQ(refused.status, 409);
  const Json problem = refused.json().value();
  EXPECT_FALSE(problem["allowedStatuses"].empty());
  EXPECT_EQ(problem["sagaStatus"], "completed");
  EXPECT_EQ(problem["status"], 409) << "the problem has the status of the answer";
}

TEST_F(SagaActions, AnUnknownSagaIsNotFound) {
  const std::string nobody = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(admin.post("/saga/retry/" + nobody, Json::object())->status, 404);
  EXPECT_EQ(post_if("/saga/retry/" + nobody, "\"1-1\"").status, 404);
}

TEST_F(SagaActions, IfMatchRefusesAnActionOnAChangedSaga) {
  const std::string id = node.place_and_await(customer, "p");
  const std::string seen = etag_of(id);
  ASSERT_EQ(post_if("/saga/compensate/" + id, seen).status, 202);
  node.await_end(id, 2);
  EXPECT_NE(etag_of(id), seen);
  const HttpResponse stale = post_if("/saga/compensate/" + id, seen);
  EXPECT_EQ(stale.status, 412) << stale.body;
  EXPECT_EQ(post_if("/saga/compensate/" + id, "what is no ETag of ours").status, 412);
  EXPECT_EQ(post_if("/saga/compensate/" + id, seen + ", " + etag_of(id)).status, 409) << "one of them matches";
  EXPECT_EQ(post_if("/saga/compensate/" + id, "*").status, 409) << "* matches, and the status forbids it";
}

TEST_F(SagaActions, ACurrentETagIsAnswered304) {
  const std::string id = node.place_and_await(customer, "p");
  const HttpRequest again{"GET", "/sagas/" + id, "", {{"If-None-Match", etag_of(id)}}};
  const HttpResponse answer = customer.send(again).value();
  EXPECT_EQ(answer.status, 304);
  EXPECT_EQ(answer.body, "");
}

TEST_F(SagaActions, CancellingAnOrderDuringItsPaymentEndsCompensated) {
  node.gateway().hold();
  const std::string id = node.place(customer, "p")["id"];
  ASSERT_EQ(customer.del("/orders/" + id)->status, 200);
  EXPECT_EQ(customer.get("/orders/" + id)->json().value()["status"], "cancelled");
  node.gateway().release();
  node.await_end(id);
  EXPECT_EQ(customer.get("/sagas/" + id)->json().value()["status"], "compensated");
  EXPECT_EQ(customer.del("/orders/" + id)->status, 200) << "cancelled twice is 200";
  EXPECT_EQ(customer.put("/orders/" + id + "/confirm", Json{{"paymentId", "x"}})->status, 409);
}

TEST_F(SagaActions, AFailedPaymentCancelsTheOrder) {
  const std::string id = node.place_and_await(customer, "PAYMENT_FAIL_1");
  const Json trace = customer.get("/trace/correlation/" + id)->json().value();
  EXPECT_EQ(trace["summary"]["sagaStatus"], "compensated");
  EXPECT_EQ(trace["order"]["status"], "cancelled");
  EXPECT_EQ(trace["payment"]["failureReason"], "Insufficient funds or card declined");
  EXPECT_EQ(trace["saga"]["compensationSteps"], Json::array({"order_cancelled"}));
  EXPECT_FALSE(trace["summary"]["isSuccessful"]);
}

TEST_F(SagaActions, AnIdempotencyKeyFindsItsLatestOrder) {
  Json body = order_body("p");
  body["idempotencyKey"] = "key-1";
  const std::string id = customer.post("/orders", body)->json().value()["id"];
  node.await_end(id);
  for (const char* path : {"/trace/correlation/key-1", "/sagas/correlation/key-1", "/saga/status/key-1"})
    EXPECT_EQ(customer.get(path)->status, 200) << path;
  EXPECT_EQ(customer.get("/sagas/correlation/key-1")->json().value()["id"], id);
}

}  // namespace
}  // namespace sagactl::test
