// Locks over HTTP.
#include <gtest/gtest.h>

#include <thread>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

class LockRoutes : public testing::Test {
 protected:
  LockGrant take(const std::string& key) {
    LockGrant taken;
    node.lock().acquire(key, "somebody", std::chrono::seconds(60), Duration{0},
                        [&](Result<LockGrant> grant) { taken = grant.value(); });
    return taken;
  }

  ApiNode node;
  HttpClient anyone = node.client(), admin = node.admin();
};

TEST_F(LockRoutes, AHeldLockShowsHolderTokenAndTime) {
  const LockGrant grant = take("k");
  const Json state = anyone.get("/redis-test/lock-status/k")->json().value();
  EXPECT_EQ(state["isLocked"], true);
  EXPECT_EQ(state["holder"], "somebody");
  EXPECT_EQ(state["fencingToken"], grant.fencing_token);
  EXPECT_GT(state["ttlMs"], 0);
  EXPECT_LE(state["ttlMs"], 60'000);
  EXPECT_EQ(admin.get("/locks/k")->json().value()["fencingToken"], grant.fencing_token);
}

TEST_F(LockRoutes, AFreeLockHasNeither) {
  const Json state = anyone.get("/redis-test/lock-status/k")->json().value();
  EXPECT_EQ(state["isLocked"], false);
  EXPECT_TRUE(state["holder"].is_null());
  EXPECT_TRUE(state["fencingToken"].is_null());
}

TEST_F(LockRoutes, AreListedOldestFirst) {
  take("b");
  take("a");
  const Json all = admin.get("/locks")->json().value();
  ASSERT_EQ(all["count"], 2);
  EXPECT_EQ(all["locks"][0]["key"], "b");
  EXPECT_EQ(all["locks"][1]["key"], "a");
  EXPECT_EQ(admin.get("/locks?limit=1")->json().value()["count"], 1);
}

TEST_F(LockRoutes, WorkGetsIncreasingTokensAndReleasesTheLock) {
  const Json body{{"duration", 0}, {"nodeId", "node-9"}};
  const Json first = anyone.post("/redis-test/lock/k", body)->json().value();
  const Json second = anyone.post("/redis-test/lock/k", body)->json().value();
  EXPECT_EQ(first["result"]["nodeId"], "node-9");
  EXPECT_LT(first["fencingToken"], second["fencingToken"]);
  EXPECT_EQ(anyone.get("/redis-test/lock-status/k")->json().value()["isLocked"], false);
}

TEST_F(LockRoutes, ASagaIsBeingCreatedUnderItsLock) {
  const Json body{{"correlationId", "c"}, {"nodeId", "node-9"}};
  Json created;
  std::thread creating([&] {
    HttpClient other = node.client();
    created = other.post("/redis-test/saga-creation-test", body)->json().value();
  });
  while (admin.get("/locks/saga:c")->json().value()["holder"] != "node-9") std::this_thread::yield();
  creating.join();
  EXPECT_EQ(created["success"], true);
  EXPECT_EQ(created["result"]["createdBy"], "node-9");
  take("saga:c");
  const Json refused = anyone.post("/redis-test/saga-creation-test", body)->json().value();
  EXPECT_EQ(refused["success"], false) << "another creates it";
  EXPECT_EQ(refused["correlationId"], "c");
  EXPECT_EQ(refused["nodeId"], "node-9");
  EXPECT_TRUE(refused["error"].is_string());
}

TEST_F(LockRoutes, AnOrderIsPlacedAlthoughItsLockStaysHeld) {
  HttpClient customer = node.customer();
  Json body = order_body("p");
  body["idempotencyKey"] = "mine";
  take("order:mine");
  EXPECT_EQ(customer.post("/orders", body)->status, 201) << "the database decides";
}

}  // namespace
}  // namespace sagactl::test
