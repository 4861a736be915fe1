// Lists: pages, cursors and filters.
#include <gtest/gtest.h>

#include <set>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

constexpr int count = 7;

class Paging : public testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < count; ++i) placed.insert(node.place_and_await(customer, "p" + std::to_string(i)));
  }
  Json get(const std::string& path) { return customer.get(path)->json().value(); }

  ApiNode node;
  HttpClient customer = node.customer();
  std::set<std::string> placed;
};

TEST_F(Paging, NumberedPagesHaveEachOrderOnceNewestFirst) {
  std::set<std::string> seen;
  std::string before = "9999";
  for (int page = 1; page <= 4; ++page) {
    const Json body = get("/orders?limit=2&page=" + std::to_string(page));
    EXPECT_EQ(body["total"], count);
    EXPECT_EQ(body["totalPages"], 4);
    EXPECT_EQ(body["page"], page);
    EXPECT_EQ(body["orders"].size(), page < 4 ? 2u : 1u);
    for (const Json& order : body["orders"]) {
      EXPECT_TRUE(seen.insert(order["id"]).second);
      EXPECT_LE(order["createdAt"], before);
      before = order["createdAt"];
    }
  }
  EXPECT_EQ(seen, placed);
  EXPECT_TRUE(get("/orders?limit=2&page=5")["orders"].empty());
}

TEST_F(Paging, ACursorContinuesAfterThePageAlsoWhenOrdersAreAdded) {
  for (const char* list : {"orders", "sagas"}) {
    std::set<std::string> seen;
    std::string path = std::string("/") + list + "?limit=3";
    Json body = get(path);
    int pages = 1;
    for (; body["nextCursor"].is_string() && pages < 10; ++pages) {
      for (const Json& each : body[list]) seen.insert(each["id"]);
      node.place_and_await(customer, std::string(list) + std::to_string(pages));
      body = get(path + "&cursor=" + body["nextCursor"].get<std::string>());
    }
    for (const Json& each : body[list]) seen.insert(each["id"]);
    for (const std::string& id : placed) EXPECT_TRUE(seen.contains(id)) << list;
    EXPECT_LT(pages, 10) << "the last page has no cursor";
  }
}

TEST_F(Paging, StatusesFilterAndAreCounted) {
  const std::string cancelled = *placed.begin();
  ASSERT_EQ(customer.del("/orders/" + cancelled)->status, 200);
  node.await_end(cancelled, 2);
  EXPECT_EQ(get("/orders?status=paid")["total"], count - 1);
  EXPECT_EQ(get("/orders?status=cancelled")["orders"][0]["id"], cancelled);
  EXPECT_EQ(get("/sagas?status=completed,compensated")["total"], count);
  EXPECT_EQ(get("/sagas?status[]=compensated")["total"], 1);
  EXPECT_EQ(get("/sagas/status/compensated")["count"], 1);
  const Json health = get("/saga/maintenance/saga-health");
  EXPECT_EQ(health["sagas"]["completed"], count - 1);
  EXPECT_EQ(health["orders"]["cancelled"], 1);
  EXPECT_EQ(health["issues"]["stuckSagas"], 0);
}

TEST_F(Paging, SagasAreFoundByNodeTypeAndError) {
  EXPECT_EQ(get("/sagas?node=node-1")["total"], count);
  EXPECT_EQ(get("/sagas?node=node-2")["total"], 0);
  EXPECT_EQ(get("/sagas?type=OrderProcessingSaga")["total"], count);
  EXPECT_EQ(get("/sagas?type=Other")["total"], 0);
  EXPECT_EQ(get("/sagas?error=declined")["total"], 0);
  placed.insert(node.place_and_await(customer, "PAYMENT_FAIL"));
  EXPECT_EQ(get("/sagas?error=declined")["total"], 1);
  EXPECT_EQ(get("/sagas?stuck=true")["total"], 0);
  const std::string id = *placed.begin();
  for (const std::size_t length : {1u, 8u, 9u, 14u, 36u}) {
    std::size_t alike = 0;
    for (const std::string& other : placed) alike += other.starts_with(id.substr(0, length));
    EXPECT_EQ(get("/sagas?id=" + id.substr(0, length))["total"], alike) << length;
  }
  EXPECT_EQ(get("/sagas?id=ffff")["total"], 0);
  for (const char* wrong : {"/sagas?id=", "/sagas?id=x", "/sagas?id=01a2-", "/sagas?id=0000000000"})
    EXPECT_EQ(get(wrong)["statusCode"], 400) << wrong;
  EXPECT_EQ(get("/sagas?olderThan=1h")["total"], 0);
}

TEST_F(Paging, AMisspelledFilterOfSagasIsRefusedWithTheNearestName) {
  const Json refused = get("/sagas?staus=failed&limit=5&input.guest=Ada&nothing=1");
  EXPECT_EQ(refused["statusCode"], 400);
  EXPECT_EQ(refused["message"],
            (Json{"staus is not a filter of sagas; did you mean status?", "nothing is not a filter of sagas"}));
}

TEST_F(Paging, SagasThatHaveNotEndedAreActive) {
  EXPECT_EQ(get("/saga/active")["count"], 0);
  node.gateway().hold();
  const std::string open = node.place(customer, "open")["id"];
  EXPECT_EQ(get("/saga/active")["sagas"][0]["id"], open);
  const Json flows = get("/trace/active-flows");
  EXPECT_EQ(flows["totalActiveFlows"], 1);
  EXPECT_EQ(flows["flows"][0]["order"]["id"], open);
  EXPECT_EQ(flows["flows"][0]["isStuck"], false);
  const Json pending = get("/saga/maintenance/pending-orders");
  EXPECT_EQ(pending["count"], 1);
  EXPECT_EQ(pending["orders"][0]["isOrphaned"], false);
}

}  // namespace
}  // namespace sagactl::test
