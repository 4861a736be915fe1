// Finds the members of a JSON object like a JSON library.
#include "analysis/history/flat_object.hpp"

#include <gtest/gtest.h>

#include "common/text/json.hpp"

namespace sagactl {
namespace {

std::optional<std::string> text_of(const FlatObject& object, std::string_view member) {
  FlatObject::Unescaped unescaped;
  const auto found = object.text(member, unescaped);
  return found ? std::optional(std::string(*found)) : std::nullopt;
}

TEST(FlatObject, FindsTopLevelMembersOnly) {
  const auto object = FlatObject::read(
      R"( {"a" : "text", "n":-12,"x":1.50, "deep": {"a": "}\"]", "n": [1, {"a":2}]}, "t":true, "z":null, "b":"last"} )");
  ASSERT_TRUE(object);
  EXPECT_EQ(text_of(*object, "a"), "text");
  EXPECT_EQ(text_of(*object, "b"), "last");
  EXPECT_EQ(object->integer("n"), -12);
  EXPECT_EQ(object->integer("x"), std::nullopt);
  EXPECT_EQ(object->number("x"), "1.50");
  for (const char* member : {"n", "x", "deep", "t", "z", "nothing"})
    EXPECT_EQ(text_of(*object, member), std::nullopt) << member;
  EXPECT_FALSE(object->number("a"));
}

TEST(FlatObject, ReadsJsonEscapes) {
  const auto object = FlatObject::read(R"({"a":"say \"yes\"\n\u00e9 \\","b":"c"})");
  ASSERT_TRUE(object);
  EXPECT_EQ(text_of(*object, "a"), "say \"yes\"\n\u00e9 \\");
  EXPECT_EQ(text_of(*object, "b"), "c");
}

TEST(FlatObject, RefusesTextThatIsNotAnObject) {
  for (const char* text : {"", " ", "{", "}", "[]", "\"a\"", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1} x",
                           "{a:1}", "{\"a\":\"open}", "{\"a\":{\"b\":1}", "{\"a\":nul}", "{\"a\":1 \"b\":2}"})
    EXPECT_FALSE(FlatObject::read(text)) << text;
  EXPECT_TRUE(FlatObject::read("{}"));
  EXPECT_TRUE(FlatObject::read(" { } "));
}

TEST(FlatObject, AgreesWithTheJsonLibrary) {
  for (int i = 0; i < 200; ++i) {
    Json json;
    for (int member = 0; member < i % 20; ++member)
      json["m" + std::to_string(member)] = std::string(1, static_cast<char>(i)) + "\"\\/ \t" + std::to_string(member);
    json["number"] = i * 1'000'003;
    json["nested"] = Json{{"number", "no"}, {"list", Json::array({json, i})}};
    const std::string text = json.dump(i % 3 - 1, ' ', false, Json::error_handler_t::replace);
    const auto object = FlatObject::read(text);
    ASSERT_TRUE(object) << text;
    const Json again = Json::parse(text);
    for (const auto& [name, value] : again.items())
      if (value.is_string()) {
        EXPECT_EQ(text_of(*object, name), value.get<std::string>()) << text;
      }
    EXPECT_EQ(object->integer("number"), i * 1'000'003);
  }
}

}  // namespace
}  // namespace sagactl
