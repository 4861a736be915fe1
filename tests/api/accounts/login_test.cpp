// Accounts and sessions.
#include <gtest/gtest.h>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

const Json registration{
    {"email", "Ann@Example.com"}, {"password", "password123"}, {"firstName", "Ann"}, {"lastName", "Lee"}};
const Json credentials{{"email", "ann@example.com"}, {"password", "password123"}};

class Accounts : public testing::Test {
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

TEST_F(Accounts, AnEmailAddressIsTheSameInAnyCaseOfLetters) {
  const Json made = session(post("/auth/register", registration));
  EXPECT_EQ(made["user"]["email"], "ann@example.com");
  EXPECT_EQ(post("/auth/register", credentials).status, 400);
  EXPECT_EQ(post("/auth/register", registration).status, 409);
  EXPECT_EQ(session(post("/auth/login", credentials))["user"], made["user"]);
}

TEST_F(Accounts, ARegistrationSentAgainWithAnIdempotencyKeyGetsTheSameUser) {
  const Json made = session(post("/auth/register", registration));
  HttpRequest again{"POST", "/auth/register", registration.dump(), {{"Idempotency-Key", "k1"}}};
  const HttpResponse replayed = node.client().send(again).value();
  EXPECT_EQ(replayed.status, 201);
  EXPECT_EQ(replayed.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(replayed.json().value()["user"], made["user"]);

  Json other = registration;
  other["password"] = "another password";
  again.body = other.dump();
  EXPECT_EQ(node.client().send(again)->status, 409) << "the key alone opens no account";
}

TEST_F(Accounts, ARefreshTokenIsGoodOnce) {
  const Json first = session(post("/auth/register", registration));
  const Json second = session(refresh(first));
  EXPECT_NE(second["refreshToken"], first["refreshToken"]);
  EXPECT_EQ(node.client(second["accessToken"]).get("/auth/profile")->status, 200);
}

TEST_F(Accounts, ARefreshTokenThatWasUsedBeforeEndsItsSessionAndNoOther) {
  const Json first = session(post("/auth/register", registration));
  const Json other = session(post("/auth/login", credentials));
  const Json second = session(refresh(first));
  const Json third = session(refresh(second));
  EXPECT_EQ(refresh(first).status, 401) << "two parties have had it";
  EXPECT_EQ(refresh(third).status, 401) << "so that the one that came of it is dead, too";
  EXPECT_EQ(refresh(other).status, 200);
}

TEST_F(Accounts, ARefreshTokenThatIsSentTwiceAtOnceGetsTheSameTwice) {
  const Json first = session(post("/auth/register", registration));
  const Json one = session(refresh(first)), two = session(refresh(first));
  EXPECT_EQ(one["refreshToken"], two["refreshToken"]);
  EXPECT_EQ(node.client(two["accessToken"]).get("/auth/profile")->status, 200);
  EXPECT_EQ(refresh(two).status, 200) << "and the session goes on";
}

TEST_F(Accounts, TwoSessionsOfOneAccountLiveBesideEachOther) {
  const Json first = session(post("/auth/register", registration)), second = session(post("/auth/login", credentials));
  EXPECT_EQ(refresh(first).status, 200);
  EXPECT_EQ(refresh(second).status, 200);
}

TEST_F(Accounts, LogoutEndsNoOtherSession) {
  const Json first = session(post("/auth/register", registration)), second = session(post("/auth/login", credentials));
  EXPECT_EQ(post("/auth/logout", Json::object(), first["accessToken"]).status, 200);
  EXPECT_EQ(refresh(first).status, 401);
  EXPECT_EQ(refresh(second).status, 200);
}

TEST_F(Accounts, AnAccessTokenIsNoRefreshTokenNorTheOtherWayRound) {
  const Json tokens = session(post("/auth/register", registration));
  EXPECT_EQ(post("/auth/refresh", Json{{"refreshToken", tokens["accessToken"]}}).status, 401);
  EXPECT_EQ(node.client(tokens["refreshToken"]).get("/auth/profile")->status, 401);
}

TEST_F(Accounts, LogoutEndsTheRefreshToken) {
  const Json tokens = session(post("/auth/register", registration));
  EXPECT_EQ(post("/auth/logout", Json::object(), tokens["accessToken"]).status, 200);
  EXPECT_EQ(refresh(tokens).status, 401);
}

TEST_F(Accounts, NoAnswerHoldsASecret) {
  const HttpResponse made = post("/auth/register", registration);
  const std::string token = made.json().value()["accessToken"];
  for (const std::string& text : {made.body, node.client(token).get("/auth/profile")->body}) {
    EXPECT_EQ(text.find("argon2"), text.npos) << text;
    EXPECT_EQ(text.find("password"), text.npos) << text;
  }
}

TEST_F(Accounts, TheOperatorCredentialActsAsAnAdminWithARowOfItsOwn) {
  const Json profile = node.admin().get("/auth/profile")->json().value();
  EXPECT_EQ(profile["email"], "operator@localhost");
  EXPECT_EQ(profile["role"], "admin");
  EXPECT_EQ(post("/auth/login", Json{{"email", "operator@localhost"}, {"password", "!"}}).status, 400)
      << "it is no address to log in with";
}

}  // namespace
}  // namespace sagactl::test
