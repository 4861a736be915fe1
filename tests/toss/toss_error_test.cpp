// What the errors of Toss Payments mean.
#include "server/adapters/toss/toss_error.hpp"

#include <gmock/gmock.h>

namespace sagactl::toss {
namespace {

using testing::HasSubstr;

HttpResponse saying(int status, const std::string& code) {
  return {status, {}, Json{{"code", code}, {"message", "because"}}.dump()};
}

struct Row {
  int status;
  const char* code;
  Meaning meaning;
};

TEST(TossError, MeansWhatTheTableOfCodesSays) {
  const Row rows[] = {
      {400, "REJECT_CARD_PAYMENT", Meaning::refused},
      {403, "REJECT_CARD_PAYMENT", Meaning::refused},
      {403, "REJECT_ACCOUNT_PAYMENT", Meaning::refused},
      {403, "FORBIDDEN_REQUEST", Meaning::refused},
      {400, "INVALID_CARD_EXPIRATION", Meaning::refused},
      {400, "BELOW_MINIMUM_AMOUNT", Meaning::refused},
      {400, "INVALID_REQUEST", Meaning::refused},
      {404, "NOT_FOUND_PAYMENT_SESSION", Meaning::refused},
      {400, "A_CODE_OF_NEXT_YEAR", Meaning::refused},
      {403, "NOT_CANCELABLE_PAYMENT", Meaning::refused},
      {404, "NOT_FOUND_PAYMENT", Meaning::no_such_payment},
      {400, "ALREADY_PROCESSED_PAYMENT", Meaning::already_confirmed},
      {400, "DUPLICATED_ORDER_ID", Meaning::order_taken},
      {400, "ALREADY_CANCELED_PAYMENT", Meaning::already_cancelled},
      {400, "ALREADY_REFUND_PAYMENT", Meaning::already_cancelled},
      {400, "PROVIDER_ERROR", Meaning::unknown},
      {409, "IDEMPOTENT_REQUEST_PROCESSING", Meaning::unknown},
      {409, "SOMETHING_ELSE", Meaning::unknown},
      {500, "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING", Meaning::unknown},
      {500, "REJECT_CARD_PAYMENT", Meaning::unknown},
      {503, "ANYTHING", Meaning::unknown},
      {401, "UNAUTHORIZED_KEY", Meaning::unavailable},
      {400, "INVALID_API_KEY", Meaning::unavailable},
      {403, "INCORRECT_BASIC_AUTH_FORMAT", Meaning::unavailable},
      {429, "ANYTHING", Meaning::unavailable},
      {403, "FORBIDDEN_CONSECUTIVE_REQUEST", Meaning::unavailable},
  };
  for (const Row& row : rows)
    EXPECT_EQ(toss_error_of(saying(row.status, row.code)).meaning, row.meaning) << row.status << ' ' << row.code;
}

TEST(TossError, OfAnotherServerSaysNothingAboutThePayment) {
  const std::pair<int, Meaning> rows[] = {{301, Meaning::unavailable}, {400, Meaning::unavailable},
                                          {404, Meaning::unavailable}, {405, Meaning::unavailable},
                                          {408, Meaning::unknown},     {429, Meaning::unavailable},
                                          {502, Meaning::unknown},     {504, Meaning::unknown}};
  for (const auto& [status, meaning] : rows) {
    for (const char* body : {"<html>", "", "[]", R"({"code":7})", R"({"message":"no code"})"}) {
      const TossError error = toss_error_of({status, {}, body});
      EXPECT_EQ(error.meaning, meaning) << status << body;
      EXPECT_THAT(error.reason, HasSubstr(std::to_string(status)));
    }
  }
}

TEST(TossError, IsGivenInTheProvidersOwnWordsAndNoMoreThanPeopleRead) {
  EXPECT_EQ(toss_error_of(saying(400, "REJECT_CARD_PAYMENT")).reason, "because (REJECT_CARD_PAYMENT)");
  EXPECT_EQ(toss_error_of({400, {}, R"({"code":"X"})"}).reason, "X");
  std::string long_message;
  for (int i = 0; i < 1000; ++i) long_message += "잔";
  const std::string shown = toss_error_of({400, {}, Json{{"code", "X"}, {"message", long_message}}.dump()}).reason;
  EXPECT_LE(shown.size(), 310u);
  EXPECT_FALSE(Json(shown).dump().empty()) << "cut between two letters";
}

TEST(TossError, TellsARefusedKeyFromARefusedPayment) {
  EXPECT_TRUE(toss_error_of(saying(401, "UNAUTHORIZED_KEY")).key_refused);
  EXPECT_FALSE(toss_error_of(saying(403, "REJECT_CARD_PAYMENT")).key_refused);
}

}  // namespace
}  // namespace sagactl::toss
