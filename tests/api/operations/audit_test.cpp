// The audit of users' actions.
#include <gtest/gtest.h>

#include "tests/api/support/schema.hpp"
#include "tests/api/support/shops.hpp"

namespace sagactl::test {
namespace {

class Audit : public testing::Test {
 protected:
  std::vector<std::string> actions(const std::string& query = "") {
    std::vector<std::string> list;
    const Json answer = admin.get("/audit" + query)->json().value();
    for (const Json& entry : answer["entries"]) list.push_back(entry["action"].get<std::string>());
    return list;
  }

  ApiNode node;
  HttpClient admin = node.admin(), customer = node.customer();
  using Actions = std::vector<std::string>;
};

TEST_F(Audit, HasTheActionsOfUsersNewestFirst) {
  const std::string id = node.place_and_await(customer, "p");
  ASSERT_EQ(admin.post("/saga/compensate/" + id, Json{{"reason", "returned"}})->status, 202);
  node.await_end(id, 2);
  ASSERT_EQ(admin.post("/saga/retry/" + id, Json{{"recharge", true}, {"reason", "paid again"}})->status, 202);
  node.await_end(id, 3);
  ASSERT_EQ(customer.del("/orders/" + id, Json{{"reason", "no more"}})->status, 200);
  ASSERT_EQ(admin.put("/api/inventory/P", Json{{"productName", "P"}, {"quantity", 1}})->status, 200);
  EXPECT_EQ(actions(), (Actions{"set-stock", "cancel", "retry", "compensate"}));

  const Json entries = admin.get("/audit")->json().value()["entries"];
  const Json operator_profile = admin.get("/auth/profile")->json().value();
  expect_members(entries[3], {"timestamp", "eventType", "data", "orderId", "by", "email"});
  EXPECT_EQ(entries[3]["by"], operator_profile["id"]);
  EXPECT_EQ(entries[3]["email"], operator_profile["email"]);
  EXPECT_EQ(entries[3]["data"]["reason"], "returned");
  EXPECT_EQ(entries[2]["data"]["reason"], "paid again");
  EXPECT_EQ(entries[1]["by"], customer.get("/auth/profile")->json().value()["id"]);
  EXPECT_EQ(entries[1]["data"]["reason"], "no more");
}

TEST_F(Audit, OmitsWhatSagasDidByThemselves) {
  node.place_and_await(customer, "PAYMENT_FAIL_1");
  EXPECT_EQ(actions(), Actions{});
}

TEST_F(Audit, HasLateCharges) {
  node.gateway().hold();
  const std::string id = node.place(customer, "p")["id"];
  ASSERT_EQ(customer.del("/orders/" + id)->status, 200);
  node.gateway().time_out();
  node.await_end(id);
  EXPECT_EQ(actions(), Actions{"cancel"});
  node.gateway().release();
  ASSERT_TRUE(node.gateway().await_refunds(1));
  EXPECT_EQ(node.gateway().refunds(), 1);
  EXPECT_EQ(actions(), (Actions{"late-charge", "cancel"}));
  const Json audit = admin.get("/audit")->json().value(), all = admin.get("/api-json")->json().value();
  for (const std::string& fault : schema_faults(all, all["components"]["schemas"]["Audit"], audit))
    ADD_FAILURE() << fault;
  const Json late = audit["entries"][0];
  EXPECT_EQ(late["by"], "");
  EXPECT_TRUE(late["email"].is_null());
  EXPECT_EQ(late["data"]["externalTransactionId"], "ext_tx_" + id + ":1");
  EXPECT_NE(admin.get("/metrics")->body.find("sagactl_late_charges_total 1\n"), std::string::npos);
}

TEST_F(Audit, IsFilteredByUserTimeAndLimit) {
  const std::string id = node.place_and_await(customer, "p");
  ASSERT_EQ(customer.del("/orders/" + id)->status, 200);
  ASSERT_EQ(admin.put("/api/inventory/P", Json{{"productName", "P"}, {"quantity", 1}})->status, 200);
  const Json profile = customer.get("/auth/profile")->json().value();
  EXPECT_EQ(actions("?by=" + profile["id"].get<std::string>()), Actions{"cancel"});
  EXPECT_EQ(actions("?by=" + profile["email"].get<std::string>()), Actions{"cancel"});
  EXPECT_EQ(actions("?limit=1"), Actions{"set-stock"});
  const std::string latest = admin.get("/audit?limit=1")->json().value()["entries"][0]["occurredAt"];
  EXPECT_EQ(actions("?since=" + latest), Actions{"set-stock"});
  EXPECT_EQ(actions("?since=2100-01-01T00:00:00Z"), Actions{});
  EXPECT_EQ(actions("?within=1h"), (Actions{"set-stock", "cancel"}));
  EXPECT_EQ(admin.get("/audit?within=1h&since=" + latest)->status, 400);
  EXPECT_EQ(admin.get("/audit?by=nobody@test.com")->status, 404);
  EXPECT_EQ(admin.get("/audit?since=yesterday")->status, 400);
}

TEST_F(Audit, NamesGuests) {
  Shop shop(node);
  shop.stock("P", 1);
  EXPECT_EQ(admin.get("/audit")->json().value()["entries"][0]["email"], "guest@localhost");
}

TEST_F(Audit, IsForAdmins) {
  EXPECT_EQ(customer.get("/audit")->status, 403);
  EXPECT_EQ(node.client().get("/audit")->status, 401);
}

}  // namespace
}  // namespace sagactl::test
