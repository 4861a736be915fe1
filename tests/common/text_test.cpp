#include "common/text/text.hpp"

#include <gtest/gtest.h>

#include "common/crypto.hpp"

namespace sagactl {
namespace {

TEST(Text, FindsTheNearestWordAndNothingWhenNoneIsNear) {
  const std::vector<std::string> words = {"order", "trace", "retry", "compensate", "loadtest"};
  EXPECT_EQ(nearest("oder", words), "order");
  EXPECT_EQ(nearest("compenstae", words), "compensate");
  EXPECT_EQ(nearest("lodatest", words), "loadtest");
  EXPECT_EQ(nearest("rtyre", words), "");
  EXPECT_EQ(nearest("tarce", words), "trace");
  EXPECT_EQ(nearest("xyz", words), "");
}

TEST(Text, DistinguishesUtf8FromOtherBytes) {
  EXPECT_TRUE(is_utf8("서울"));
  EXPECT_EQ(utf8_length("서울"), 2u);
  for (const char* text : {"\xC0\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80"})
    EXPECT_FALSE(is_utf8(text));
}

TEST(Text, OfAnyBytesIsStorable) {
  EXPECT_EQ(storable_text("서울 \xF0\x9F\x98\x80"), "서울 \xF0\x9F\x98\x80");
  EXPECT_EQ(storable_text(std::string_view("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(storable_text("\xFF\xC3"), "\xEF\xBF\xBD\xEF\xBF\xBD");
  EXPECT_EQ(storable_text("\xED\xA0\x80z"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz");
}

TEST(Text, SplitsAndJoins) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_TRUE(split("", ',').empty());
  EXPECT_EQ(join(split("a,b", ','), "|"), "a|b");
}

TEST(Crypto, Base64UrlSurvivesTheRoundTrip) {
  for (std::size_t size = 0; size < 50; ++size) {
    const std::string bytes = random_bytes(size);
    EXPECT_EQ(from_base64url(base64url(bytes)), bytes);
  }
  EXPECT_FALSE(from_base64url("a"));
  EXPECT_FALSE(from_base64url("ab=="));
  EXPECT_FALSE(from_base64url("ab"));  // the bits that are left over must be zero
}

// RFC 4231, test case 2.
TEST(Crypto, HmacSha256AgreesWithTheStandard) {
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace sagactl
