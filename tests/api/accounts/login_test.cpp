// Accounts and sessions.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

const Json registration{
    {"email", "Ann@Example.com"}, {"password", "password123"}, {"firstName", "Ann"}, {"lastName", "Lee"}};
const Json credentials{{"email", "ann@example.com"}, {"password", "password123"}};

class LoginRoutes : public testing::Test {
 protected:
  HttpResponse post(const std::string& path, const Json& body, const std::string& token = "") {
    return node.client(token).post(path, body).value();
  }
  Json session(const HttpResponse& answer) {
    EXPECT_TRUE(answer.ok()) << answer.body;
    return answer.json().value();
  }
  HttpResponse refresh(const Json& tokens) {
    return post("/auth/refresh", Json{{"refreshToken", tokens["refreshToken"]}});
  }

  ApiNode node;
};

TEST_F(LoginRoutes, AnEmailAddressIsTheSameInAnyCaseOfLetters) {
  const Json created = session(post("/auth/register", registration));
  EXPECT_EQ(created["user"]["email"], "ann@example.com");
  EXPECT_EQ(post("/auth/register", credentials).status, 400);
  EXPECT_EQ(post("/auth/register", registration).status, 409);
  EXPECT_EQ(session(post("/auth/login", credentials))["user"], created["user"]);
}

TEST_F(LoginRoutes, ARegistrationSentAgainWithAnIdempotencyKeyGetsTheSameUser) {
  const Json created = session(post("/auth/register", registration));
  HttpRequest again{"POST", "/auth/register", registration.dump(), {{"Idempotency-Key", "k1"}}};
  const HttpResponse replayed = node.client().send(again).value();
  EXPECT_EQ(replayed.status, 201);
  EXPECT_EQ(replayed.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(replayed.json().value()["user"], created["user"]);

  Json other = registration;
  other["password"] = "another password";
  again.body = other.dump();
  EXPECT_EQ(node.client().send(again)->status, 409) << "the key alone gives no access";
}

TEST_F(LoginRoutes, ARefreshTokenGivesANewPair) {
  const Json first = session(post("/auth/register", registration));
  const Json second = session(refresh(first));
  EXPECT_NE(second["refreshToken"], first["refreshToken"]);
  EXPECT_EQ(node.client(second["accessToken"]).get("/auth/profile")->status, 200);
}

TEST_F(LoginRoutes, AnOldRefreshTokenEndsItsSessionAndNoOther) {
  const Json first = session(post("/auth/register", registration));
  const Json other = session(post("/auth/login", credentials));
  const Json second = session(refresh(first));
  const Json third = session(refresh(second));
  EXPECT_EQ(refresh(first).status, 401) << "two parties have it";
  EXPECT_EQ(refresh(third).status, 401) << "the current one has ended with the session";
  EXPECT_EQ(refresh(other).status, 200);
}

TEST_F(LoginRoutes, ARefreshTokenSentTwiceGetsTheSamePairTwice) {
  const Json first = session(post("/auth/register", registration));
  const Json one = session(refresh(first)), two = session(refresh(first));
  EXPECT_EQ(one["refreshToken"], two["refreshToken"]);
  EXPECT_EQ(node.client(two["accessToken"]).get("/auth/profile")->status, 200);
  EXPECT_EQ(refresh(two).status, 200) << "the session continues";
}

TEST_F(LoginRoutes, AnAccountMayHaveTwoSessions) {
  const Json first = session(post("/auth/register", registration)), second = session(post("/auth/login", credentials));
  EXPECT_EQ(refresh(first).status, 200);
  EXPECT_EQ(refresh(second).status, 200);
}

TEST_F(LoginRoutes, LogoutEndsNoOtherSession) {
  const Json first = session(post("/auth/register", registration)), second = session(post("/auth/login", credentials));
  EXPECT_EQ(post("/auth/logout", Json::object(), first["accessToken"]).status, 200);
  EXPECT_EQ(refresh(first).status, 401);
  EXPECT_EQ(refresh(second).status, 200);
}

TEST_F(LoginRoutes, AnAccessTokenIsNoRefreshTokenNorTheOtherWayRound) {
  const Json tokens = session(post("/auth/register", registration));
  EXPECT_EQ(post("/auth/refresh", Json{{"refreshToken", tokens["accessToken"]}}).status, 401);
  EXPECT_EQ(node.client(tokens["refreshToken"]).get("/auth/profile")->status, 401);
}

TEST_F(LoginRoutes, LogoutEndsTheRefreshToken) {
  const Json tokens = session(post("/auth/register", registration));
  EXPECT_EQ(post("/auth/logout", Json::object(), tokens["accessToken"]).status, 200);
  EXPECT_EQ(refresh(tokens).status, 401);
}

TEST_F(LoginRoutes, NoAnswerHoldsASecret) {
  const HttpResponse created = post("/auth/register", registration);
  const std::string token = created.json().value()["accessToken"];
  for (const std::string& text : {created.body, node.client(token).get("/auth/profile")->body}) {
    EXPECT_EQ(text.find("argon2"), text.npos) << text;
    EXPECT_EQ(text.find("password"), text.npos) << text;
  }
}

TEST_F(LoginRoutes, TheOperatorCredentialIsAnAdminWithAUserOfItsOwn) {
  const Json profile = node.admin().get("/auth/profile")->json().value();
  EXPECT_EQ(profile["email"], "operator@localhost");
  EXPECT_EQ(profile["role"], "admin");
  EXPECT_EQ(post("/auth/login", Json{{"email", "operator@localhost"}, {"password", "!"}}).status, 400)
      << "it cannot be used to log in";
}

}  // namespace
}  // namespace sagactl::test
