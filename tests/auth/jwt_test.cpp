#include "server/auth/jwt.hpp"

#include <gtest/gtest.h>

#include "common/crypto.hpp"

namespace sagactl::auth {
namespace {

constexpr std::int64_t issued_s = 1'795'179'848;
const Timestamp issued{issued_s * 1'000'000};

Claims some_claims() {
  return {"4b984cd8-c2cb-4d9b-94ca-cb114ebb0892", "gold@test.com", "customer", "t-1", issued_s, issued_s + 900};
}

std::string reason(const Result<Claims>& result) {
  return result ? "none" : result.error().members["reason"].get<std::string>();
}

// A token with this header and payload, signed with HS256 whatever the header says.
std::string crafted(const std::string& header, const std::string& payload, const std::string& secret) {
  const std::string text = base64url(header) + "." + base64url(payload);
  const Digest digest = hmac_sha256(secret, text);
  return text + "." + base64url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

const std::string good_header = R"({"alg":"HS256","typ":"JWT"})";
const std::string good_payload = R"({"sub":"u","iat":1795179848,"exp":1795180748})";

TEST(TokenKey, VerifiesWhatItSigned) {
  TokenKey key("secret");
  const auto claims = key.verify(key.sign(some_claims()), issued);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(*claims, some_claims());
}

TEST(TokenKey, SignsAsOtherIssuersDo) {
  // The signature is the output of `openssl dgst -sha256 -hmac secret` for the first two parts.
  TokenKey key("secret");
  EXPECT_EQ(key.sign({"u", "e@f.gh", "admin", "", 1, 2}),
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
            "eyJzdWIiOiJ1IiwiZW1haWwiOiJlQGYuZ2giLCJyb2xlIjoiYWRtaW4iLCJpYXQiOjEsImV4cCI6Mn0."
            "G5Kg3tmQR1beM5mdXUvT2_X5FCEWkoWy3UwCRfulcG8");
}

TEST(TokenKey, AcceptsATokenOfTheReferenceSystemWithTheSameSecret) {
  TokenKey key("secret");
  const auto claims = key.verify(
      crafted(good_header, R"({"sub":"u","email":"a@b.cd","role":"customer","iat":1795179848,"exp":1795180748})",
              "secret"),
      issued);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->email, "a@b.cd");
  EXPECT_EQ(claims->token_id, "");
}

TEST(TokenKey, ReportsTheFaultOfAToken) {
  TokenKey key("secret");
  const std::string good = key.sign(some_claims());
  const std::string unsigned_part = good.substr(0, good.rfind('.'));
  std::string changed = good;
  changed[good.find('.') + 5] = changed[good.find('.') + 5] == 'A' ? 'B' : 'A';
  const std::string none = base64url(R"({"alg":"none","typ":"JWT"})") + "." + base64url(good_payload) + ".";
  const std::pair<std::string, const char*> rows[] = {
      {"", "malformed"},
      {"abc.def.ghi", "malformed"},
      {"abc", "malformed"},
      {good + ".x", "malformed"},
      {std::string(5000, 'a'), "malformed"},
      {unsigned_part, "malformed"},
      {unsigned_part + ".", "bad_signature"},
      {changed, "bad_signature"},
      {good + "=", "bad_signature"},
      {TokenKey("other").sign(some_claims()), "bad_signature"},
      {none, "wrong_algorithm"},
      {crafted(R"({"alg":"none"})", good_payload, "secret"), "wrong_algorithm"},
      {crafted(R"({"alg":"hs256"})", good_payload, "secret"), "wrong_algorithm"},
      {crafted(R"({"alg":"RS256"})", good_payload, "secret"), "wrong_algorithm"},
      {crafted(R"({"alg":["HS256"]})", good_payload, "secret"), "wrong_algorithm"},
      {crafted(R"({"typ":"JWT"})", good_payload, "secret"), "wrong_algorithm"},
      {crafted(R"({"alg":"HS256","crit":["x"]})", good_payload, "secret"), "wrong_algorithm"},
      {crafted("[]", good_payload, "secret"), "malformed"},
      {crafted(good_header, "[]", "secret"), "malformed"},
      {crafted(good_header, R"({"exp":1795180748})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":7,"exp":1795180748})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":"u"})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":"u","exp":"never"})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":"u","exp":-1})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":"u","exp":1e300})", "secret"), "malformed"},
      {crafted(good_header, R"({"sub":"u","exp":1795179848})", "secret"), "expired"},
      {crafted(good_header, R"({"sub":"u","exp":1795180748,"nbf":1795179849})", "secret"), "not_yet_valid"},
      {crafted(R"({"typ":"JWT","alg":"HS256"})", good_payload, "secret"), "none"},
      {crafted(good_header, good_payload, "secret"), "none"},
  };
  for (const auto& [token, fault] : rows) {
    const auto claims = key.verify(token, issued);
    EXPECT_EQ(reason(claims), fault) << token;
    if (claims) continue;
    EXPECT_EQ(claims.error().code, ErrorCode::unauthenticated);
    EXPECT_EQ(claims.error().members["message"], "Unauthorized");
  }
}

TEST(TokenKey, LetsACachedTokenExpire) {
  TokenKey key("secret");
  const std::string token = key.sign(some_claims());
  EXPECT_TRUE(key.verify(token, issued).ok());
  EXPECT_TRUE(key.verify(token, issued + 899s).ok());
  EXPECT_EQ(reason(key.verify(token, issued + 900s)), "expired");
}

TEST(TokenKey, CachesABoundedNumber) {
  TokenKey key("secret", 8);
  std::vector<std::string> tokens;
  for (int i = 0; i < 50; ++i) {
    Claims claims = some_claims();
    claims.subject = "user-" + std::to_string(i);
    tokens.push_back(key.sign(claims));
  }
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 50; ++i) {
      const auto claims = key.verify(tokens[static_cast<std::size_t>(i)], issued);
      ASSERT_TRUE(claims.ok());
      EXPECT_EQ(claims->subject, "user-" + std::to_string(i));
      EXPECT_TRUE(key.verify(tokens[0], issued).ok());
      EXPECT_LE(key.cached(), 8u);
    }
  }
}

TEST(TokenKey, CachesNoRefusedToken) {
  TokenKey key("secret");
  EXPECT_FALSE(key.verify(TokenKey("other").sign(some_claims()), issued).ok());
  EXPECT_EQ(key.cached(), 0u);
}

TEST(BearerToken, IsParsedFromTheHeader) {
  EXPECT_EQ(bearer_token("Bearer abc"), "abc");
  EXPECT_EQ(bearer_token("bearer  abc "), "abc");
  for (const char* other : {"", "Bearer", "Bearer ", "Basic abc", "abc"}) EXPECT_EQ(bearer_token(other), "") << other;
}

}  // namespace
}  // namespace sagactl::auth
