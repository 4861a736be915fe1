#include "common/text/hex.hpp"

#include <gtest/gtest.h>

#include <array>

namespace sagactl {
namespace {

TEST(Hex, DigitsOfEitherCaseHaveAValue) {
  for (int i = 0; i < 16; ++i) {
    EXPECT_EQ(hex_value("0123456789abcdef"[i]), i);
    EXPECT_EQ(hex_value("0123456789ABCDEF"[i]), i);
  }
  for (const char c : {'/', ':', '@', 'G', '`', 'g', ' ', '\0', '\xFF'}) EXPECT_EQ(hex_value(c), -1);
  EXPECT_EQ(hex_byte("fF"), 255);
  EXPECT_EQ(hex_byte("0g"), -1);
  EXPECT_EQ(hex_byte("g0"), -1);
}

TEST(Hex, BytesInLowerCaseAreReadBack) {
  const std::array<std::uint8_t, 3> bytes = {0x00, 0x9A, 0xFF};
  std::string text = "x";
  append_hex(text, bytes);
  EXPECT_EQ(text, "x009aff");
  std::array<std::uint8_t, 3> read{};
  EXPECT_TRUE(read_lower_hex("009aff", read));
  EXPECT_EQ(read, bytes);
  for (const char* wrong : {"009aFF", "009af", "009aff0", "009agf", ""}) EXPECT_FALSE(read_lower_hex(wrong, read)) << wrong;
}

}  // namespace
}  // namespace sagactl
