// Operators list and create users, and change their rights.
#include <gtest/gtest.h>

#include <thread>

#include "tests/api/support/api_node.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

class UserRoutes : public testing::Test {
 protected:
  Json registered(const std::string& name) {
    const Json body{
        {"email", name + "@example.com"}, {"password", "password123"}, {"firstName", "A"}, {"lastName", "B"}};
    return node.client().post("/auth/register", body)->json().value();
  }
  HttpResponse set(const std::string& name, const Json& rights) {
    return node.admin().put("/users/" + name + "%40Example.com", rights).value();
  }
  int log_in(const std::string& name) {
    const Json credentials{{"email", name + "@example.com"}, {"password", "password123"}};
    return node.client().post("/auth/login", credentials)->status;
  }

  ApiNode node;
};

TEST_F(UserRoutes, AreListedByAddress) {
  for (const char* name : {"bob", "ann", "cid"}) registered(name);
  const Json first = node.admin().get("/users?limit=2")->json().value();
  ASSERT_EQ(first["users"].size(), 2u);
  EXPECT_EQ(first["users"][0]["email"], "ann@example.com");
  EXPECT_EQ(first["users"][0]["sessions"], 1);
  EXPECT_EQ(first["next"], "bob@example.com");
  const Json rest = node.admin().get("/users?limit=1000&after=bob@example.com")->json().value();
  EXPECT_EQ(rest["users"][0]["email"], "cid@example.com");
  EXPECT_EQ(rest["next"], nullptr);
  EXPECT_EQ(first.dump().find("argon2"), std::string::npos);
}

TEST_F(UserRoutes, BecomeAdminsAndCustomersAgain) {
  HttpClient ann = node.client(registered("ann")["accessToken"]);
  EXPECT_EQ(ann.get("/locks")->status, 403);
  EXPECT_EQ(set("ann", {{"role", "admin"}}).status, 200);
  EXPECT_TRUE(node.await_records([&] { return ann.get("/locks")->status == 200; })) << "with the same token";
  EXPECT_EQ(set("ann", {{"role", "customer"}}).status, 200);
  EXPECT_TRUE(node.await_records([&] { return ann.get("/locks")->status == 403; }));
}

TEST_F(UserRoutes, LoseAccessWhenTheyAreDisabled) {
  const Json tokens = registered("ann");
  HttpClient ann = node.client(tokens["accessToken"]);
  EXPECT_EQ(set("ann", {{"status", "suspended"}}).json().value()["sessions"], 0);
  EXPECT_EQ(log_in("ann"), 401);
  EXPECT_EQ(node.client().post("/auth/refresh", Json{{"refreshToken", tokens["refreshToken"]}})->status, 401);
  EXPECT_TRUE(node.await_records([&] { return ann.get("/orders")->status == 401; }));
  EXPECT_EQ(set("ann", {{"status", "active"}}).status, 200);
  EXPECT_EQ(log_in("ann"), 200);
}

TEST_F(UserRoutes, LoseTheirEventStreamWithTheirAccess) {
  HttpClient ann = node.client(registered("ann")["accessToken"]);
  std::jthread follower([&] { (void)ann.stream("/events", [](const ServerSentEvent&) { return true; }); });
  EXPECT_TRUE(eventually([&] { return node.subscribers() == 1; }));
  EXPECT_EQ(set("ann", {{"status", "suspended"}}).status, 200);
  EXPECT_TRUE(eventually([&] { return node.subscribers() == 0; }));
}

TEST_F(UserRoutes, AreCreatedWithARole) {
  const Json boss{{"email", "Boss@example.com"},
                  {"password", "password123"},
                  {"firstName", "A"},
                  {"lastName", "B"},
                  {"role", "admin"}};
  EXPECT_EQ(node.admin().post("/users", boss)->status, 201);
  EXPECT_EQ(node.admin().post("/users", boss)->status, 409);
  EXPECT_EQ(log_in("boss"), 200);
  Json king = boss;
  king["role"] = "king";
  EXPECT_EQ(node.admin().post("/users", king)->status, 400);
}

TEST_F(UserRoutes, RefuseWrongChanges) {
  EXPECT_EQ(set("nobody", {{"role", "admin"}}).status, 404);
  registered("ann");
  for (const Json& wrong : {Json::object(), Json{{"role", "king"}}, Json{{"status", "asleep"}}, Json{{"name", "x"}}})
    EXPECT_EQ(set("ann", wrong).status, 400) << wrong;
  EXPECT_EQ(node.admin().put("/users/operator@localhost", Json{{"status", "suspended"}})->status, 400);
}

}  // namespace
}  // namespace sagactl::test
