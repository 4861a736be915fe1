// The meaning of the errors of Toss Payments.
#include "server/adapters/toss/toss_error.hpp"

#include <gmock/gmock.h>

namespace sagactl::toss {
namespace {

using testing::HasSubstr;

HttpResponse error_answer(int status, const std::string& code) {
  return {status, {}, Json{{"code", code}, {"message", "because"}}.dump()};
}

struct Row {
  int status;
  const char* code;
  TossErrorMeaning meaning;
};

TEST(TossError, HasTheMeaningOfItsCode) {
  const Row rows[] = {
      {400, "REJECT_CARD_PAYMENT", TossErrorMeaning::refused},
      {403, "REJECT_CARD_PAYMENT", TossErrorMeaning::refused},
      {403, "REJECT_ACCOUNT_PAYMENT", TossErrorMeaning::refused},
      {403, "FORBIDDEN_REQUEST", TossErrorMeaning::refused},
      {400, "INVALID_CARD_EXPIRATION", TossErrorMeaning::refused},
      {400, "BELOW_MINIMUM_AMOUNT", TossErrorMeaning::refused},
      {400, "INVALID_REQUEST", TossErrorMeaning::refused},
      {404, "NOT_FOUND_PAYMENT_SESSION", TossErrorMeaning::refused},
      {400, "A_CODE_OF_NEXT_YEAR", TossErrorMeaning::refused},
      {403, "NOT_CANCELABLE_PAYMENT", TossErrorMeaning::refused},
      {404, "NOT_FOUND_PAYMENT", TossErrorMeaning::no_such_payment},
      {400, "ALREADY_PROCESSED_PAYMENT", TossErrorMeaning::already_confirmed},
      {400, "DUPLICATED_ORDER_ID", TossErrorMeaning::order_taken},
      {400, "ALREADY_CANCELED_PAYMENT", TossErrorMeaning::already_cancelled},
      {400, "ALREADY_REFUND_PAYMENT", TossErrorMeaning::already_cancelled},
      {400, "PROVIDER_ERROR", TossErrorMeaning::unknown},
      {409, "IDEMPOTENT_REQUEST_PROCESSING", TossErrorMeaning::unknown},
      {409, "SOMETHING_ELSE", TossErrorMeaning::unknown},
      {500, "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING", TossErrorMeaning::unknown},
      {500, "REJECT_CARD_PAYMENT", TossErrorMeaning::unknown},
      {503, "ANYTHING", TossErrorMeaning::unknown},
      {401, "UNAUTHORIZED_KEY", TossErrorMeaning::unavailable},
      {400, "INVALID_API_KEY", TossErrorMeaning::unavailable},
      {403, "INCORRECT_BASIC_AUTH_FORMAT", TossErrorMeaning::unavailable},
      {429, "ANYTHING", TossErrorMeaning::unavailable},
      {403, "FORBIDDEN_CONSECUTIVE_REQUEST", TossErrorMeaning::unavailable},
  };
  for (const Row& row : rows)
    EXPECT_EQ(toss_error_of(error_answer(row.status, row.code)).meaning, row.meaning) << row.status << ' ' << row.code;
}

TEST(TossError, OfAnotherServerTellsNothingAboutThePayment) {
  using enum TossErrorMeaning;
  const std::pair<int, TossErrorMeaning> rows[] = {{301, unavailable}, {400, unavailable}, {404, unavailable},
                                                   {405, unavailable}, {408, unknown},     {429, unavailable},
                                                   {502, unknown},     {504, unknown}};
  for (const auto& [status, meaning] : rows) {
    for (const char* body : {"<html>", "", "[]", R"({"code":7})", R"({"message":"no code"})"}) {
      const TossError error = toss_error_of({status, {}, body});
      EXPECT_EQ(error.meaning, meaning) << status << body;
      EXPECT_THAT(error.reason, HasSubstr(std::to_string(status)));
    }
  }
}

TEST(TossError, HasTheProvidersMessageShortened) {
  EXPECT_EQ(toss_error_of(error_answer(400, "REJECT_CARD_PAYMENT")).reason, "because (REJECT_CARD_PAYMENT)");
  EXPECT_EQ(toss_error_of({400, {}, R"({"code":"X"})"}).reason, "X");
  std::string long_message;
  for (int i = 0; i < 1000; ++i) long_message += "잔";
  const std::string shown = toss_error_of({400, {}, Json{{"code", "X"}, {"message", long_message}}.dump()}).reason;
  EXPECT_LE(shown.size(), 310u);
  EXPECT_FALSE(Json(shown).dump().empty()) << "cut within a character";
}

TEST(TossError, DistinguishesARejectedKeyFromARefusedPayment) {
  EXPECT_TRUE(toss_error_of(error_answer(401, "UNAUTHORIZED_KEY")).key_refused);
  EXPECT_FALSE(toss_error_of(error_answer(403, "REJECT_CARD_PAYMENT")).key_refused);
}

}  // namespace
}  // namespace sagactl::toss
