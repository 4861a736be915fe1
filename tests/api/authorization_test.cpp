// Authorization of every route: without a token, for the owner, another customer and an admin.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "server/api/routes.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/api/support/shape.hpp"

namespace sagactl::test {
namespace {

// {order} is the owner's order; statuses by caller.
struct Row {
  const char* method;
  const char* path;
  const char* body;
  int nobody, owner, other, admin;
};

// Rows are requested from the top for each caller in turn, for one order whose saga has completed.
const std::vector<Row> rows = {
    {"GET", "/", "", 200, 200, 200, 200},
    {"GET", "/ui", "", 200, 200, 200, 200},
    {"GET", "/ui/sagas/one", "", 200, 200, 200, 200},
    {"GET", "/shop", "", 200, 200, 200, 200},
    {"GET", "/shop/orders/one", "", 200, 200, 200, 200},
    {"GET", "/ui/assets/none.js", "", 404, 404, 404, 404},
    {"GET", "/ui/session", "", 200, 200, 200, 200},
    {"POST", "/ui/session", "{}", 403, 403, 403, 403},  // no page sends it
    {"DELETE", "/ui/session", "", 403, 403, 403, 403},
    {"POST", "/ui/codes", "", 401, 201, 201, 201},
    {"GET", "/api", "", 200, 200, 200, 200},
    {"GET", "/api/docs", "", 200, 200, 200, 200},
    {"GET", "/api-json", "", 200, 200, 200, 200},
    {"GET", "/api/docs-json", "", 200, 200, 200, 200},
    {"GET", "/livez", "", 200, 200, 200, 200},
    {"GET", "/readyz", "", 200, 200, 200, 200},
    {"GET", "/health", "", 200, 200, 200, 200},
    {"GET", "/health/detailed", "", 200, 200, 200, 200},
    {"GET", "/db-pool", "", 200, 200, 200, 200},
    {"GET", "/db-test", "", 200, 200, 200, 200},
    {"GET", "/kafka-test", "", 503, 503, 503, 503},
    {"GET", "/metrics", "", 200, 200, 200, 200},
    {"GET", "/protected", "", 401, 200, 200, 200},
    {"GET", "/auth/profile", "", 401, 200, 200, 200},
    {"POST", "/auth/register", "{}", 400, 400, 400, 400},
    {"POST", "/auth/login", "{}", 400, 400, 400, 400},
    {"POST", "/auth/refresh", "{}", 400, 400, 400, 400},
    {"POST", "/orders", "{}", 401, 400, 400, 400},
    {"POST", "/orders/test/create", "{}", 401, 400, 400, 400},
    {"GET", "/orders", "", 401, 200, 200, 200},
    {"GET", "/orders/{order}", "", 401, 200, 404, 200},
    {"PUT", "/orders/{order}/confirm", R"({"paymentId":"p"})", 401, 200, 404, 200},
    {"GET", "/sagas", "", 401, 200, 200, 200},
    {"GET", "/sagas/{order}", "", 401, 200, 404, 200},
    {"GET", "/sagas/correlation/{order}", "", 401, 200, 404, 200},
    {"GET", "/sagas/status/completed", "", 401, 200, 200, 200},
    {"GET", "/sagas/orders/processing", "", 401, 200, 200, 200},
    {"GET", "/saga/status/{order}", "", 401, 200, 404, 200},
    {"GET", "/saga/active", "", 401, 200, 200, 200},
    {"GET", "/saga/maintenance/pending-orders", "", 401, 200, 200, 200},
    {"GET", "/saga/maintenance/saga-health", "", 401, 200, 200, 200},
    {"POST", "/saga/maintenance/cleanup-pending", "", 401, 403, 403, 201},
    {"GET", "/trace/correlation/{order}", "", 401, 200, 404, 200},
    {"GET", "/trace/order/{order}", "", 401, 200, 404, 200},
    {"GET", "/trace/events", "", 401, 200, 200, 200},
    {"GET", "/trace/active-flows", "", 401, 200, 200, 200},
    {"GET", "/locks", "", 401, 403, 403, 200},
    {"GET", "/locks/some-key", "", 401, 403, 403, 200},
    {"GET", "/redis-test/lock-status/some-key", "", 200, 200, 200, 200},
    {"POST", "/redis-test/lock/some-key", R"({"duration":0})", 201, 201, 201, 201},
    {"POST", "/redis-test/manual-lock/some-key", "", 201, 201, 201, 201},
    {"POST", "/redis-test/saga-creation-test", R"({"correlationId":"c"})", 201, 201, 201, 201},
    {"POST", "/saga/retry/{order}", "", 401, 403, 403, 409},
    {"POST", "/saga/compensate/{order}", "", 401, 403, 403, 202},
    {"DELETE", "/orders/{order}", "", 401, 200, 404, 200},
    {"POST", "/auth/logout", "", 401, 200, 200, 200},
    {"GET", "/users", "", 401, 403, 403, 200},
    {"POST", "/users", "{}", 401, 403, 403, 400},
    {"PUT", "/users/{email}", R"({"role":"admin"})", 401, 403, 403, 404},
    {"GET", "/audit", "", 401, 403, 403, 200},
    {"GET", "/statistics", "", 401, 403, 403, 200},
    {"POST", "/bulk", "{}", 401, 403, 403, 400},
    {"GET", "/bulk", "", 401, 403, 403, 200},
    {"GET", "/bulk/none", "", 401, 403, 403, 404},
    {"GET", "/bulk/none/results", "", 401, 403, 403, 404},
    {"POST", "/bulk/none/stop", "", 401, 403, 403, 404},
    {"GET", "/nodes", "", 401, 403, 403, 200},
    {"GET", "/participants", "", 401, 403, 403, 200},
    {"GET", "/stock", "", 401, 403, 403, 400},
    {"GET", "/kafka/topics", "", 401, 403, 403, 404},  // the node has no Kafka
    {"GET", "/kafka/groups", "", 401, 403, 403, 404},
    {"GET", "/kafka/topics/some-topic/messages", "", 401, 403, 403, 404},
    {"GET", "/dead-letters", "", 401, 403, 403, 400},
    {"POST", "/dead-letters/redeliver", "{}", 401, 403, 403, 400},
    {"POST", "/dead-letters/discard", "{}", 401, 403, 403, 400},
    {"POST", "/reports", "[]", 401, 403, 403, 400},
    {"GET", "/reports", "", 401, 403, 403, 200},
    {"GET", "/reports/none", "", 401, 403, 403, 404},
    {"DELETE", "/reports/none", "", 401, 403, 403, 404},
    {"GET", "/sagas/definitions", "", 200, 200, 200, 200},
    {"POST", "/sagas/definitions/CheckoutSaga/orders", "{}", 401, 400, 400, 400},
    {"GET", "/sagas/definitions/CheckoutSaga", "", 401, 403, 403, 200},
    {"GET", "/sagas/definitions/CheckoutSaga/versions", "", 401, 403, 403, 200},
    {"PUT", "/sagas/definitions/CheckoutSaga", "{}", 401, 403, 403, 409},
    {"DELETE", "/sagas/definitions/CheckoutSaga", "", 401, 403, 403, 409},
    {"POST", "/sagas/definitions/CheckoutSaga/sagas", "{}", 401, 403, 403, 409},
    {"POST", "/sagas/{order}/cancel", "", 401, 403, 403, 409},
    {"POST", "/sagas/{order}/steps/payment_processing/skip", R"({"reason":"r"})", 401, 403, 403, 409},
    {"POST", "/sagas/{order}/steps/payment_processing/answer", R"({"outcome":"done"})", 401, 403, 403, 409},
    // Guests may call from this machine. {order} is of another surface, so that it is not found.
    {"POST", "/api/orders", "{}", 400, 400, 400, 400},
    {"GET", "/api/orders", "", 200, 200, 200, 200},
    {"GET", "/api/orders/{order}", "", 404, 404, 404, 404},
    {"POST", "/api/orders/{order}/cancel", "", 404, 404, 404, 404},
    {"POST", "/api/orchestrator/orders", "{}", 400, 400, 400, 400},
    {"GET", "/api/orchestrator/sagas", "", 200, 200, 200, 200},
    {"GET", "/api/orchestrator/sagas/{order}", "", 404, 404, 404, 404},
    {"GET", "/api/orchestrator/sagas/order/{order}", "", 404, 404, 404, 404},
    {"POST", "/api/orchestrator/sagas/{order}/retry", "", 404, 404, 404, 404},
    {"GET", "/api/payments", "", 200, 200, 200, 200},
    {"GET", "/api/payments/PAY-{order}-1", "", 404, 404, 404, 404},
    {"GET", "/api/payments/order/{order}", "", 404, 404, 404, 404},
    {"POST", "/api/payments/order/{order}/refund", "", 404, 404, 404, 404},
    {"POST", "/api/payments/confirm", "{}", 400, 400, 400, 400},
    {"POST", "/api/payments/create-from-toss", "{}", 400, 400, 400, 400},
    {"POST", "/api/inventory/initialize", "", 200, 403, 403, 200},
    {"GET", "/api/inventory", "", 200, 200, 200, 200},
    {"GET", "/api/inventory/PROD001", "", 200, 200, 200, 200},
    {"PUT", "/api/inventory/PROD001", R"({"quantity":1})", 200, 403, 403, 200},
    {"GET", "/api/reservations/order/{order}", "", 404, 404, 404, 404},
    {"POST", "/purchase/setup-test-data", "", 201, 403, 403, 201},
    {"POST", "/purchase/orders", "{}", 400, 400, 400, 400},
    {"GET", "/purchase/orders/{order}", "", 404, 404, 404, 404},
    {"GET", "/purchase/user/user-1/balance", "", 200, 200, 200, 200},
    {"GET", "/purchase/user/user-1/inventory", "", 200, 200, 200, 200},
    {"GET", "/purchase/user/user-1/orders", "", 200, 200, 200, 200},
    {"GET", "/shop/settings", "", 200, 200, 200, 200},
    {"POST", "/setup-test-data", "", 201, 403, 403, 201},
    {"GET", "/user/user-1/balance", "", 200, 200, 200, 200},
    {"GET", "/user/user-1/inventory", "", 200, 200, 200, 200},
    {"GET", "/user/user-1/orders", "", 200, 200, 200, 200},
    // DTM's clients have no tokens: they may call from this machine, or below a secret, which this node has none.
    {"GET", "/api/dtmsvr/newGid", "", 200, 200, 200, 200},
    {"GET", "/none/api/dtmsvr/newGid", "", 404, 404, 404, 404},
    {"POST", "/api/dtmsvr/submit", "{}", 500, 500, 500, 500},
    {"POST", "/none/api/dtmsvr/submit", "{}", 404, 404, 404, 404},
    {"POST", "/api/dtmsvr/prepare", "{}", 500, 500, 500, 500},
    {"POST", "/none/api/dtmsvr/prepare", "{}", 404, 404, 404, 404},
    {"POST", "/api/dtmsvr/abort", "{}", 500, 500, 500, 500},
    {"POST", "/none/api/dtmsvr/abort", "{}", 404, 404, 404, 404},
    {"GET", "/api/dtmsvr/query", "", 500, 500, 500, 500},
    {"GET", "/none/api/dtmsvr/query", "", 404, 404, 404, 404},
    {"GET", "/api/dtmsvr/all", "", 200, 200, 200, 200},
    {"GET", "/none/api/dtmsvr/all", "", 404, 404, 404, 404},
    {"GET", "/api/dtmsvr/version", "", 200, 200, 200, 200},
    {"GET", "/none/api/dtmsvr/version", "", 404, 404, 404, 404},
    {"POST", "/api/dtmsvr/forceStop", "{}", 500, 500, 500, 500},
    {"POST", "/none/api/dtmsvr/forceStop", "{}", 404, 404, 404, 404},
    {"POST", "/api/dtmsvr/resetNextCronTime", "{}", 500, 500, 500, 500},
    {"POST", "/none/api/dtmsvr/resetNextCronTime", "{}", 404, 404, 404, 404},
    // Neither have those of LRAs.
    {"POST", "/lra-coordinator/start", "", 200, 200, 200, 200},
    {"GET", "/lra-coordinator", "", 200, 200, 200, 200},
    {"GET", "/lra-coordinator/none", "", 404, 404, 404, 404},
    {"GET", "/lra-coordinator/none/status", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/none", "http://127.0.0.1:1/x", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/none/close", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/none/cancel", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/none/remove", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/none/renew", "", 404, 404, 404, 404},
    {"GET", "/lra-coordinator/nested/none/status", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/nested/none/complete", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/nested/none/compensate", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/nested/none/forget", "", 404, 404, 404, 404},
    {"DELETE", "/lra-coordinator/nested/none/forget", "", 404, 404, 404, 404},
    {"GET", "/lra-coordinator/recovery", "", 200, 200, 200, 200},
    {"GET", "/lra-coordinator/recovery/failed", "", 200, 200, 200, 200},
    {"DELETE", "/lra-coordinator/recovery/none", "", 404, 404, 404, 404},
    {"GET", "/lra-coordinator/recovery/none/01", "", 404, 404, 404, 404},
    {"PUT", "/lra-coordinator/recovery/none/01", "", 404, 404, 404, 404},
    {"GET", "/api/ping", "", 200, 200, 200, 200},
    {"POST", "/api/ping", "", 200, 200, 200, 200},
};

class Authorization : public testing::Test {
 protected:
  void SetUp() override { order = node.place_and_await(owner, "authorized"); }

  int ask(HttpClient& client, const Row& row) {
    HttpRequest request{row.method, rename(row.path, {{"{order}", order}}), row.body, {}};
    return client.send(request).value().status;
  }

  ApiNode node;
  HttpClient nobody = node.client(), owner = node.customer(), other = node.customer(), admin = node.admin();
  std::string order;
};

TEST_F(Authorization, IsAsTheTableSays) {
  for (const Row& row : rows) {
    const std::string what = fmt::format("{} {}", row.method, row.path);
    EXPECT_EQ(ask(nobody, row), row.nobody) << what << " without a token";
    EXPECT_EQ(ask(other, row), row.other) << what << " for another customer";
    EXPECT_EQ(ask(owner, row), row.owner) << what << " for the owner";
    EXPECT_EQ(ask(admin, row), row.admin) << what << " for an admin";
  }
}

TEST_F(Authorization, ACustomerListsOnlyTheirOwn) {
  for (const char* path : {"/orders", "/sagas", "/sagas/status/completed", "/sagas/orders/processing"}) {
    const Json own = owner.get(path)->json().value(), others = other.get(path)->json().value();
    EXPECT_EQ(own["total"], 1) << path;
    EXPECT_EQ(others["total"], 0) << path;
    EXPECT_EQ(admin.get(path)->json().value()["total"], 1) << path;
  }
  EXPECT_GT(owner.get("/trace/events")->json().value()["events"].size(), 0u);
  const Json events = other.get("/trace/events")->json().value();
  EXPECT_EQ(events["events"].size(), 0u);
  EXPECT_TRUE(events["statistics"]["eventTypeDistribution"].empty());
  EXPECT_EQ(other.get("/saga/maintenance/saga-health")->json().value()["orders"]["total"], 0);
}

TEST_F(Authorization, CancellingTheOrderOfAnotherIsNotFoundAndChangesNothing) {
  const HttpResponse refused = other.del("/orders/" + order).value();
  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.json().value()["message"], "Order not found");
  EXPECT_EQ(owner.get("/orders/" + order)->json().value()["status"], "paid");
}

TEST_F(Authorization, TheTableHasEveryRoute) {
  // Not in the rows: a stream has no end.
  std::set<std::string> known = {"GET /events", "GET /ui/live"};
  for (const Row& row : rows) known.insert(fmt::format("{} {}", row.method, row.path));
  const Json document = nobody.get("/api-json")->json().value();
  std::size_t routes = 0;
  for (const auto& [path, methods] : document["paths"].items()) routes += methods.size();
  EXPECT_EQ(known.size(), routes);
}

}  // namespace
}  // namespace sagactl::test
