// The requests of the API, as they are sent.
#include "server/adapters/toss/toss_request.hpp"

#include <gmock/gmock.h>

#include "server/adapters/toss/idempotency_keys.hpp"

namespace sagactl::toss {
namespace {

TEST(TossRequest, HasExactAmountsAsNumbers) {
  const std::pair<std::int64_t, const char*> rows[] = {
      {100'000, "1000"}, {1950, "19.5"}, {1, "0.01"}, {100'000'000'000'000, "1000000000000"}};
  for (const auto& [cents, text] : rows) {
    const HttpRequest request = confirm_request({"o:1", "order-1", Money{cents}, {}}, "key", "once");
    EXPECT_EQ(request.body, std::string(R"({"paymentKey":"key","orderId":"order-1","amount":)") + text + "}");
    EXPECT_EQ(request.path, "/payments/confirm");
    EXPECT_EQ(request.method, "POST");
  }
}

TEST(TossRequest, EncodesAPaymentKeyInThePath) {
  EXPECT_EQ(query_request("../a?b#c", "").path, "/payments/..%2Fa%3Fb%23c");
  EXPECT_EQ(cancel_request("a/b", "once", "").path, "/payments/a%2Fb/cancel");
}

TEST(TossRequest, CancelsWithoutAnAmountSoThatItCannotCountTwice) {
  EXPECT_EQ(cancel_request("key", "once", "").body.find("cancelAmount"), std::string::npos);
}

TEST(TossRequest, UsesTheShopsPaymentKeyOrOneThatIsTheSameForEveryRetry) {
  EXPECT_EQ(payment_key("tgen_abc", "0193:1"), "tgen_abc");
  EXPECT_EQ(payment_key("", "0193-77:1"), "sagactl_0193-77_1");
  EXPECT_NE(payment_key("", "0193-77:1"), payment_key("", "0193-77:2"));
}

TEST(TossRequest, IsRefusedForIdsThatTheProviderAlwaysRejects) {
  EXPECT_FALSE(why_impossible("order1", "k"));
  EXPECT_FALSE(why_impossible(std::string(64, 'a'), std::string(200, 'k')));
  for (const std::string& order : {std::string("short"), std::string(65, 'a'), std::string("order 1"), std::string()})
    EXPECT_TRUE(why_impossible(order, "k")) << order;
  for (const std::string& key :
       {std::string(), std::string("."), std::string(".."), std::string(201, 'k'), std::string("\xff")})
    EXPECT_TRUE(why_impossible("order-1", key)) << key;
}

TEST(IdempotencyKeys, AreKeptUntilAnAnswerAsksForARetry) {
  IdempotencyKeys keys;
  const std::string first = keys.key_of("confirm 1");
  EXPECT_EQ(keys.key_of("confirm 1"), first);
  EXPECT_NE(keys.key_of("confirm 2"), first);
  EXPECT_LE(first.size(), 300u) << "the longest that the provider accepts";
  keys.retire("confirm 1");
  EXPECT_NE(keys.key_of("confirm 1"), first);
}

TEST(IdempotencyKeys, ForgetReplacedOnesWhenThereAreTooMany) {
  IdempotencyKeys keys;
  const std::string first = keys.key_of("confirm 0");
  for (std::size_t i = 0; i <= IdempotencyKeys::retired_max; ++i) keys.retire("confirm " + std::to_string(i));
  EXPECT_EQ(keys.key_of("confirm 0"), first);
}

}  // namespace
}  // namespace sagactl::toss
