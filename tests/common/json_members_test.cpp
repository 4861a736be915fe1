#include "common/text/json_members.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sagactl {
namespace {

using testing::ElementsAre;

// Each as name=value, a text in quotes; and behind them whether the end of the text was the end of the last.
std::vector<std::string> members_of(std::string_view text) {
  std::vector<std::string> list;
  JsonMembers members(text);
  while (const auto member = members.next()) {
    const std::string quote = member->is_string ? "'" : "";
    list.push_back(std::string(member->name).append("=").append(quote).append(member->value).append(quote));
  }
  list.push_back(members.is_complete() ? "complete" : "broken");
  return list;
}

TEST(JsonMembers, AreThoseOfTheObjectAndNotOfNestedOnes) {
  EXPECT_THAT(members_of(R"( {"a": 1 ,"b":{"c":[{"d":"}"}]},"e":["]",2], "f":null , "g":"x" } )"),
              ElementsAre("a=1", R"(b={"c":[{"d":"}"}]})", R"(e=["]",2])", "f=null", "g='x'", "complete"));
  EXPECT_THAT(members_of("[1,[2,3],{}]"), ElementsAre("0=1", "1=[2,3]", "2={}", "complete"));
  EXPECT_THAT(members_of("{}"), ElementsAre("complete"));
}

TEST(JsonMembers, AStringEndsAtItsQuoteAndNotAtAnEscapedOne) {
  EXPECT_THAT(members_of(R"({"a\"b":"c\\","d":"\\\"e","f":["\"]",1]})"),
              ElementsAre(R"(a\"b='c\\')", R"(d='\\\"e')", R"(f=["\"]",1])", "complete"));
}

TEST(JsonMembers, OfATextThatIsCutOffAreThoseBeforeThatPlace) {
  const std::string text = R"({"a":"x","b":{"c":"\"","d":[1,2]},"e":3})";
  const std::size_t after_a = text.find(",\"b\""), after_b = text.find(",\"e\"");
  for (std::size_t size = 0; size < text.size(); ++size) {
    std::vector<std::string> expected;
    if (size >= after_a) expected.push_back("a='x'");
    if (size > after_b) expected.push_back(R"(b={"c":"\"","d":[1,2]})");
    expected.push_back("broken");
    EXPECT_EQ(members_of(std::string_view(text).substr(0, size)), expected) << size;
  }
}

TEST(JsonMembers, OfAWrongTextAreThoseBeforeThatPlace) {
  EXPECT_THAT(members_of(R"({"a":1,"b" 2,"c":3})"), ElementsAre("a=1", "broken"));
  EXPECT_THAT(members_of(R"({"a":1 2})"), ElementsAre("a=1", "broken"));
  EXPECT_THAT(members_of(R"({"a":1]})"), ElementsAre("a=1", "broken"));
  EXPECT_THAT(members_of(R"({"a":1}x)"), ElementsAre("a=1", "broken"));
  EXPECT_THAT(members_of("no"), ElementsAre("broken"));
}

}  // namespace
}  // namespace sagactl
