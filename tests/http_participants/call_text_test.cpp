// The bytes of a request, and its signature.
#include "server/adapters/participants/call_text.hpp"

#include <gmock/gmock.h>

#include "tests/http_participants/caller_under_test.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

const Timestamp signed_at{1'614'265'330'000'000};

std::string written(const ParticipantCall& call, const NodeSigns& signs = {signed_at}) {
  std::string out;
  EXPECT_TRUE(write_call(out, call, "hotel:8080", signs));
  return out;
}

TEST(CallText, HasTheHeadersOfTheCallAndThoseOfTheNode) {
  ParticipantCall call = call_of(trip_to("http://hotel:8080", 3s), "/bookings");
  call.headers = {{"Saga-Step", "hotel"}};
  call.body = "{}";
  EXPECT_EQ(written(call),
            "POST /bookings HTTP/1.1\r\nHost: hotel:8080\r\nUser-Agent: sagactl\r\nAccept: application/json, */*\r\n"
            "Saga-Step: hotel\r\nSaga-Deadline: 2021-02-25T15:02:13.000Z\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(CallText, BeginsAPathWithASlashAndSendsNoFragment) {
  const auto trip = trip_to("http://hotel:8080");
  EXPECT_THAT(written(call_of(trip, "")), HasSubstr("POST / HTTP/1.1\r\n"));
  EXPECT_THAT(written(call_of(trip, "?a=b#c")), HasSubstr("POST /?a=b HTTP/1.1\r\n"));
}

TEST(CallText, SaysThatABodyIsEmptyWhereOneIsExpected) {
  ParticipantCall call = call_of(trip_to("http://hotel:8080"));
  call.body.clear();
  EXPECT_THAT(written(call), HasSubstr("Content-Length: 0\r\n"));
  call.method = "GET";
  EXPECT_THAT(written(call), Not(HasSubstr("Content-Length")));
}

TEST(CallText, LeavesWhereARequestGoesAndEndsToItself) {
  ParticipantCall call = call_of(trip_to("http://hotel:8080"));
  call.headers = {{"HOST", "evil"}, {"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}, {"Connection", "close"}};
  const std::string text = written(call);
  for (const char* header : {"evil", "Content-Length: 5", "chunked", "close"})
    EXPECT_THAT(text, Not(HasSubstr(header)));
}

TEST(CallText, HasAHeaderOnceThatItsClientChose) {
  ParticipantCall call = call_of(trip_to("http://hotel:8080"));
  call.headers = {{"user-agent", "mine"}, {"ACCEPT", "text/plain"}};
  const std::string text = written(call);
  EXPECT_THAT(text, HasSubstr("user-agent: mine\r\nACCEPT: text/plain\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("User-Agent")));
  EXPECT_THAT(text, Not(HasSubstr("application/json")));
}

TEST(CallText, OfDtmsClientsHasNoHeadersOfThisProgram) {
  auto transaction = trip_to("http://hotel:8080");
  transaction->protocol = Protocol::dtm;
  EXPECT_THAT(written(call_of(transaction)), Not(HasSubstr("Saga-Deadline")));
}

// The example of the libraries of Standard Webhooks.
TEST(WebhookSignature, IsThatOfStandardWebhooks) {
  const auto key = WebhookKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_TRUE(WebhookKey::parse("any text"));
  EXPECT_FALSE(WebhookKey::parse("whsec_!"));
  EXPECT_FALSE(WebhookKey::parse("whsec_"));
}

TEST(WebhookSignature, IsOfTheKeyTheTimeAndTheBody) {
  ParticipantCall call = call_of(trip_to("http://hotel:8080"));
  call.headers = {{"Idempotency-Key", "\"msg_p5jXN8AQM9LWM0D4loKWxJek\""}};
  call.body = R"({"test": 2432232314})";
  const ParticipantSecret secret = *ParticipantSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  NodeSigns signs{signed_at};
  signs.secret = &secret;
  EXPECT_THAT(written(call, signs),
              HasSubstr("webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek\r\nwebhook-timestamp: 1614265330\r\n"
                        "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=\r\n"));
}

// An API of somebody else wants a token, and verifies no signature.
TEST(ParticipantSecret, IsSentAsTheHeadersThatItIs) {
  const auto secret = ParticipantSecret::parse("Authorization: Bearer sk_1: a\r\n\n  X-Tenant:  acme ");
  ASSERT_TRUE(secret) << secret.error().message;
  NodeSigns signs{signed_at};
  signs.secret = &*secret;
  const std::string text = written(call_of(trip_to("http://hotel:8080")), signs);
  EXPECT_THAT(text, HasSubstr("\r\nAuthorization: Bearer sk_1: a\r\nX-Tenant: acme\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("webhook-signature")));
}

TEST(ParticipantSecret, IsAKeyWhenItDoesNotBeginAsAHeaderDoes) {
  for (const char* text : {"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "a key", "two words: one", "a:b", "key\nX-A: b"}) {
    const auto secret = ParticipantSecret::parse(text);
    ASSERT_TRUE(secret) << text;
    EXPECT_TRUE(secret->key) << text;
    EXPECT_TRUE(secret->headers.empty()) << text;
  }
}

TEST(ParticipantSecret, WithAHeaderThatCannotBeSentIsRefusedWithoutBeingShown) {
  const std::pair<const char*, const char*> rows[] = {
      {"X-A: b\nhidden", "its header 2 cannot be sent"},
      {"X-A: b\nX-B: hidden\x01", "X-B cannot be sent"},
      {"X-A: b\nX-B: ", "its header 2 cannot be sent"},
      {"Host: hidden", "the node sends Host itself"},
      {"saga-id: hidden", "the node sends saga-id itself"},
      {"Idempotency-Key: hidden", "the node sends"},
      {"Webhook-Signature: hidden", "the node sends"},
      {"Authorization: a\nauthorization: hidden", "authorization is there twice"},
      {"Authorization:Bearer hidden", "it seems to be headers"},
      {"authorization : hidden", "it seems to be headers"},
      {"Bearer hidden", "it seems to be headers"},
      {"X-Api-Key:", "it seems to be headers"},
      {"# for the bank\nAuthorization: Bearer hidden", "it seems to be headers"},
      {"\xEF\xBB\xBF"
       "Authorization: Bearer hidden",
       "it seems to be headers"},
  };
  for (const auto& [text, reason] : rows) {
    const auto secret = ParticipantSecret::parse(text);
    ASSERT_FALSE(secret) << text;
    EXPECT_THAT(secret.error().message, HasSubstr(reason)) << text;
    EXPECT_THAT(secret.error().message, Not(HasSubstr("hidden"))) << text;
  }
}

}  // namespace
}  // namespace sagactl
