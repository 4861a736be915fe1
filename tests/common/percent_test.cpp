#include "common/text/percent.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

TEST(PercentEncode, LeavesOnlyUnreservedCharacters) {
  EXPECT_EQ(percent_encode("aZ0-._~"), "aZ0-._~");
  EXPECT_EQ(percent_encode("a/b c?&=%\n"), "a%2Fb%20c%3F%26%3D%25%0A");
  EXPECT_EQ(percent_encode("\xEC\x84\x9C"), "%EC%84%9C");
}

TEST(PercentDecode, ReadsWhatWasEncoded) {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(percent_decode(percent_encode(all)), all);
  EXPECT_EQ(percent_decode("%c3%A9"), "\xC3\xA9");
  EXPECT_EQ(percent_decode(""), "");
}

TEST(PercentDecode, TakesAPlusForASpaceInAQueryOnly) {
  EXPECT_EQ(percent_decode("a+%2B"), "a++");
  EXPECT_EQ(percent_decode("a+%2B", true), "a +");
}

TEST(PercentDecode, RefusesAPercentSignWithoutTwoDigits) {
  for (const char* text : {"%", "%4", "a%", "%4g", "%g4", "%%41", "% 1"}) EXPECT_FALSE(percent_decode(text)) << text;
}

}  // namespace
}  // namespace sagactl
