#include "loadgen/answers/answer_values.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

using Kind = ValueSource::Kind;

// The value, or "missing".
std::string value_in(const ValueSource& source, std::string_view body, const std::string& header = "") {
  AnswerPlan plan{Profile{}};
  const AnswerValues reader({source}, {0}, plan);
  std::vector<std::string> headers(plan.headers().size()), values(1);
  headers.back() = header;
  return reader.read(body, headers, values) == nullptr ? values[0] : "missing";
}

TEST(AnswerValues, APointerLeadsIntoObjectsAndLists) {
  const std::string body = R"({"a":{"b/c":[1,{"d":"x\u00fcy"}]},"n":null,"t":true,"l":[1, 2]})";
  EXPECT_EQ(value_in({"v", Kind::pointer, "/a/b~1c/0", {}}, body), "1");
  EXPECT_EQ(value_in({"v", Kind::pointer, "/a/b~1c/1/d", {}}, body), "x\u00fcy");
  EXPECT_EQ(value_in({"v", Kind::pointer, "/t", {}}, body), "true");
  EXPECT_EQ(value_in({"v", Kind::pointer, "/l", {}}, body), "[1, 2]");
  for (const char* nowhere : {"/a/x", "/a/b~1c/2", "/n", "/t/x", "/a/b~1c/1/d/e"})
    EXPECT_EQ(value_in({"v", Kind::pointer, nowhere, {}}, body), "missing") << nowhere;
  EXPECT_EQ(value_in({"v", Kind::pointer, "/a", {}}, "<html>"), "missing");
}

TEST(AnswerValues, AHeaderIsKeptAsItIsOrInPart) {
  EXPECT_EQ(value_in({"v", Kind::text, "", {"Location", "", ""}}, "", "/orders/17?x=1"), "missing") << "another header";
  EXPECT_EQ(value_in({"v", Kind::text, "", {"X-Order", "", ""}}, "", "/orders/17?x=1"), "/orders/17?x=1");
  EXPECT_EQ(value_in({"v", Kind::text, "", {"X-Order", "orders/", "?"}}, "", "/orders/17?x=1"), "17");
  EXPECT_EQ(value_in({"v", Kind::text, "", {"X-Order", "", ""}}, "", ""), "missing");
  EXPECT_EQ(value_in({"v", Kind::text, "", {"", "<id>", "</id>"}}, "<o><id>17</id></o>"), "17");
}

TEST(AnswerValues, ACookieIsFoundAmongSeveral) {
  const std::string lines = "a=1; Path=/\nsession=x=y; HttpOnly\nsession=later";
  EXPECT_EQ(value_in({"v", Kind::cookie, "session", {}}, "", lines), "x=y");
  EXPECT_EQ(value_in({"v", Kind::cookie, "HttpOnly", {}}, "", lines), "missing");
  EXPECT_EQ(value_in({"v", Kind::cookie, "empty", {}}, "", "empty="), "");
}

TEST(AnswerValues, AFormsFieldIsDecodedWhereverItsAttributesStand) {
  const auto field = [](const char* page) { return value_in({"v", Kind::form_field, "csrf", {}}, page); };
  EXPECT_EQ(field("<form><input type=hidden name=csrf value=abc>"), "abc");
  EXPECT_EQ(field("<INPUT VALUE='a&amp;&quot;&#39;&#x3C;b' disabled Name = \"csrf\"/>"), "a&\"'<b");
  EXPECT_EQ(field("<meta name=\"csrf\" content=\"m\">"), "m");
  EXPECT_EQ(field("<!-- <input name=csrf value=old> --><input name=csrf value=new>"), "new");
  EXPECT_EQ(field("<input name=other value=x><input id=csrf value=&nothing;>"), "&nothing;");
  for (const char* none : {"", "<", "<input name=csrf", "<input name=other value=csrf>", "<p name=csrf value=x>",
                           "<!-- <input name=csrf value=x>", "<input name=csrf>"})
    EXPECT_EQ(field(none), "missing") << none;
}

TEST(AnswerValues, APatternFindsItsGroupOrTheWholeMatch) {
  EXPECT_EQ(value_in({"v", Kind::pattern, "id=(\\d+)", {}}, "x id=17;"), "17");
  EXPECT_EQ(value_in({"v", Kind::pattern, "R-\\d+", {}}, "x R-17;"), "R-17");
  EXPECT_EQ(value_in({"v", Kind::pattern, "R-\\d+", {}}, "nothing"), "missing");
  EXPECT_EQ(value_in({"v", Kind::pattern, "(a*)*b", {}}, std::string(100'000, 'a')), "missing") << "too complex";
  EXPECT_EQ(pattern_fault("id=(\\d+)"), "");
  EXPECT_NE(pattern_fault("id=(\\d+"), "");
  EXPECT_NE(pattern_fault("(a)(b)"), "");
}

TEST(AnswerValues, ATooLongValueIsNotKept) {
  const std::string body = "{\"a\":\"" + std::string(ValueSource::size_max + 1, 'x') + "\"}";
  EXPECT_EQ(value_in({"v", Kind::pointer, "/a", {}}, body), "missing");
}

}  // namespace
}  // namespace sagactl
