#include "common/money.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace sagactl {
namespace {

TEST(Money, ReadsDecimalTextExactly) {
  struct Row {
    const char* text;
    std::int64_t cents;
  };
  for (const Row& row : {Row{"0", 0},
                         {"12", 1200},
                         {"12.5", 1250},
                         {"0.01", 1},
                         {"1000.00", 100000},
                         {"7.100", 710},
                         {"1000000000000", Money::cents_max}}) {
    const auto money = parse_money(row.text);
    ASSERT_TRUE(money.ok()) << row.text;
    EXPECT_EQ(money->cents, row.cents) << row.text;
  }
}

TEST(Money, RefusesTextThatIsNotAnAmount) {
  for (const char* text : {"", "-1", "1.", ".5", "1.005", "1e3", "1,5", "1000000000000.01", "1000000000001", "NaN"})
    EXPECT_FALSE(parse_money(text).ok()) << text;
}

TEST(Money, ReadsJsonNumbersExactlyAndRefusesAThirdDecimal) {
  EXPECT_EQ(money_from_json(Json::parse("10.1"))->cents, 1010);
  EXPECT_EQ(money_from_json(Json::parse("1500000.5"))->cents, 150000050);
  EXPECT_EQ(money_from_json(Json::parse("999999999999.99"))->cents, 99999999999999);
  EXPECT_EQ(money_from_json(Json::parse("0"))->cents, 0);
  for (const char* text :
       {"0.001", "10.123", "-1", "-0.01", "1e13", "1000000000001", "\"5\"", "null", "18446744073709551615"})
    EXPECT_FALSE(money_from_json(Json::parse(text)).ok()) << text;
}

TEST(Money, PrintsAsTheReferenceDoes) {
  EXPECT_EQ(Money{100000}.text(), "1000.00");
  EXPECT_EQ(Money{-5}.text(), "-0.05");
  EXPECT_EQ(Money{-123456}.text(), "-1234.56");
  EXPECT_EQ(Money{std::numeric_limits<std::int64_t>::min()}.text(), "-92233720368547758.08");
  EXPECT_EQ(Money{300000100}.number().dump(), "3000001");
  EXPECT_EQ(Money{1070}.number().dump(), "10.7");
  for (const std::int64_t cents : {0L, 1L, 10L, 99L, 100L, 1070L, 123456L, 99999999999999L, -5L, -1070L})
    EXPECT_EQ(Money{cents}.number_text(), Money{cents}.number().dump()) << cents;
}

TEST(Money, EveryCentSurvivesTheRoundTripThroughJson) {
  for (std::int64_t cents = 0; cents < 200'000; ++cents)
    ASSERT_EQ(money_from_json(Json::parse(Money{cents}.number().dump()))->cents, cents);
  for (std::int64_t cents = Money::cents_max - 1000; cents <= Money::cents_max; ++cents)
    ASSERT_EQ(money_from_json(Json::parse(Money{cents}.number().dump()))->cents, cents);
}

TEST(Money, MultiplicationRefusesToOverflow) {
  EXPECT_EQ(multiply({250}, 4)->cents, 1000);
  EXPECT_FALSE(multiply({Money::cents_max}, 2).ok());
  EXPECT_FALSE(multiply({1'000'000}, INT64_MAX).ok());
}

}  // namespace
}  // namespace sagactl
