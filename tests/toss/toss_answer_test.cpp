// What the state of a payment at Toss Payments means for a charge.
#include "server/adapters/toss/toss_answer.hpp"

#include <gmock/gmock.h>

namespace sagactl::toss {
namespace {

using testing::HasSubstr;

std::string text_of(const QueryAnswer& answer) {
  if (const auto* charged = std::get_if<Charged>(&answer)) return "charged " + charged->transaction_id;
  if (const auto* refused = std::get_if<Refused>(&answer)) return "refused: " + refused->reason;
  if (const auto* unavailable = std::get_if<Unavailable>(&answer)) return "unavailable: " + unavailable->reason;
  return "not charged";
}

HttpResponse showing(const std::string& body) {
  return {200, {}, body};
}

TEST(TossAnswer, IsChargedOnlyWhileTheMoneyIsCaptured) {
  const std::pair<const char*, const char*> rows[] = {
      {"READY", "not charged"},
      {"IN_PROGRESS", "not charged"},
      {"WAITING_FOR_DEPOSIT", "unavailable: the payment waits"},
      {"DONE", "charged key-1"},
      {"PARTIAL_CANCELED", "charged key-1"},
      {"CANCELED", "refused: the payment was refunded"},
      {"ABORTED", "refused: no money (REJECT_CARD_PAYMENT)"},
      {"EXPIRED", "refused: the payment expired"},
  };
  for (const auto& [status, meaning] : rows) {
    const Json failure{{"code", "REJECT_CARD_PAYMENT"}, {"message", "no money"}};
    const Json body{{"paymentKey", "key-1"},
                    {"orderId", "order-1"},
                    {"status", status},
                    {"totalAmount", 19.5},
                    {"failure", failure}};
    const auto payment = payment_of(showing(body.dump()), "key-1");
    ASSERT_TRUE(payment) << payment.error().message;
    EXPECT_THAT(text_of(state_of(*payment, {"order-1", Money{1950}})), HasSubstr(meaning)) << status;
    EXPECT_THAT(text_of(state_of(*payment, {"order-1", {}})), HasSubstr(meaning)) << status;
    EXPECT_THAT(text_of(state_of(*payment, {"order-2", Money{1950}})), HasSubstr("belongs to another order")) << status;
  }
}

TEST(TossAnswer, ShowsHowTheBuyerPaidAndTheReceipt) {
  Json body{{"paymentKey", "key-1"},
            {"orderId", "order-1"},
            {"status", "DONE"},
            {"totalAmount", 1000},
            {"method", "카드"},
            {"approvedAt", "2022-06-08T15:40:49+09:00"},
            {"receipt", {{"url", "https://dashboard.tosspayments.com/receipt/1"}}}};
  const auto facts_of = [](const Json& json) {
    return std::get<Charged>(state_of(*payment_of(showing(json.dump()), "key-1"), {"order-1", {}})).facts;
  };
  const PaymentFacts expected{"카드", "https://dashboard.tosspayments.com/receipt/1",
                              *parse_iso8601("2022-06-08T06:40:49Z")};
  EXPECT_EQ(facts_of(body), expected);
  for (const char* member : {"method", "approvedAt", "receipt"}) body[member] = nullptr;
  EXPECT_TRUE(facts_of(body).is_empty());
}

TEST(TossAnswer, OfAnotherAmountIsNotThisCharge) {
  const TossPayment payment{"key-1", "order-1", TossPaymentStatus::done, Money{1950}, ""};
  EXPECT_THAT(text_of(state_of(payment, {"order-1", Money{1951}})), HasSubstr("19.50 instead of 19.51"));
}

TEST(TossAnswer, IsAPaymentOnlyWithAllMembersOfOne) {
  const Json complete{{"paymentKey", "key-1"}, {"orderId", "order-1"}, {"status", "DONE"}, {"totalAmount", 1000}};
  ASSERT_TRUE(payment_of(showing(complete.dump()), "key-1"));
  EXPECT_FALSE(payment_of(showing(complete.dump()), "key-2")) << "an answer about another payment";
  for (const char* member : {"paymentKey", "orderId", "status", "totalAmount"}) {
    Json without = complete;
    without.erase(member);
    EXPECT_FALSE(payment_of(showing(without.dump()), "key-1")) << member;
    Json wrong = complete;
    wrong[member] = Json::array();
    EXPECT_FALSE(payment_of(showing(wrong.dump()), "key-1")) << member;
  }
  for (const char* body : {"", "<html>", "[]", "null", "{}", "\"DONE\""})
    EXPECT_FALSE(payment_of(showing(body), "key-1")) << body;
}

}  // namespace
}  // namespace sagactl::toss
