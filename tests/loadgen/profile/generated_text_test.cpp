#include "loadgen/profile/generated_text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace sagactl {
namespace {

const Timestamp noon{1'795'089'847'137'042};  // 2026-11-19T11:24:07.137042Z

std::string clock_of(std::string_view argument) {
  const auto text = parse_clock_text(argument);
  if (!text) return "error: " + text.error().message;
  std::string out(size_max(*text), ' ');
  out.resize(static_cast<std::size_t>(put(out.data(), *text, noon) - out.data()));
  return out;
}

std::set<std::string> random_of(std::string_view argument) {
  const auto text = parse_random_text(argument);
  if (!text) return {"error: " + text.error().message};
  Random random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    std::string out(size_max(*text), ' ');
    out.resize(static_cast<std::size_t>(put(out.data(), *text, random) - out.data()));
    seen.insert(out);
  }
  return seen;
}

TEST(GeneratedText, TheTimeIsWrittenInEachFormAndShifted) {
  EXPECT_EQ(clock_of("iso"), iso8601_ms(noon));
  EXPECT_EQ(clock_of("date"), iso8601_ms(noon).substr(0, 10));
  EXPECT_EQ(clock_of("unix"), "1795089847");
  EXPECT_EQ(clock_of("ms"), "1795089847137");
  EXPECT_EQ(clock_of("unix+2h"), "1795097047");
  EXPECT_EQ(clock_of("unix-90s"), "1795089757");
  EXPECT_EQ(clock_of("date+7d"), iso8601_ms(noon + 7 * 24 * 3600s).substr(0, 10));
}

TEST(GeneratedText, AnUnknownTimeIsRefusedWithWhatWouldBeRight) {
  for (const char* wrong : {"", "local", "iso+", "iso+7", "iso+7y", "iso+d", "iso+99999999999999999999d"})
    EXPECT_NE(clock_of(wrong).find("write {now:iso}"), std::string::npos) << wrong;
}

TEST(GeneratedText, RandomValuesAreThoseThatWereAskedForAndAllOfThem) {
  EXPECT_EQ(random_of("1-3"), (std::set<std::string>{"1", "2", "3"}));
  EXPECT_EQ(random_of("7-7"), (std::set<std::string>{"7"}));
  EXPECT_EQ(random_of("red|green"), (std::set<std::string>{"red", "green"}));
  for (const std::string& text : random_of("hex16")) {
    EXPECT_EQ(text.size(), 16u);
    EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
  }
  for (const std::string& text : random_of("letters8")) EXPECT_EQ(text.size(), 8u);
  EXPECT_FALSE(random_of("0-18446744073709551615").empty());
}

TEST(GeneratedText, AnUnknownRandomValueIsRefusedWithWhatWouldBeRight) {
  for (const char* wrong : {"", "x", "5", "9-1", "-1", "hex0", "hex9999", "1-"})
    EXPECT_NE(random_of(wrong).begin()->find("write {random:1-100}"), std::string::npos) << wrong;
}

}  // namespace
}  // namespace sagactl
