#include "common/text/json_object.hpp"

#include <gtest/gtest.h>

#include "common/text/json.hpp"

namespace sagactl {
namespace {

TEST(JsonObject, WritesWhatTheLibraryReads) {
  JsonObject object;
  object.add("plain", "Seoul").add("quoted", "a \"b\" \\ \n\t\x01").add("unicode", "서울").add("count", 3);
  object.add("yes", true).raw("items", "[1,2]");
  const Json json = Json::parse(object.take());
  EXPECT_EQ(json["plain"], "Seoul");
  EXPECT_EQ(json["quoted"], "a \"b\" \\ \n\t\x01");
  EXPECT_EQ(json["unicode"], "서울");
  EXPECT_EQ(json["count"], 3);
  EXPECT_EQ(json["yes"], true);
  EXPECT_EQ(json["items"], Json::parse("[1,2]"));
}

TEST(JsonObject, EveryByteCanBeWrittenAndReadBack) {
  for (int c = 0; c < 256; ++c) {
    std::string out;
    append_json_string(out, std::string(1, static_cast<char>(c)));
    EXPECT_EQ(Json::parse(out), c < 0x80 ? std::string(1, static_cast<char>(c)) : "\uFFFD") << c;
  }
}

// Texts are looked at eight bytes at a time.
TEST(JsonObject, EveryByteIsFoundAtEveryPlaceOfAText) {
  for (int c = 1; c < 256; ++c) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(c);
      std::string out;
      append_json_string(out, text);
      EXPECT_EQ(out, Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) << c << " at " << at;
    }
  }
}

TEST(JsonText, ReplacesBytesThatAreNotUtf8AndReadsBack) {
  EXPECT_EQ(json_text({{"a", "x\xFFy"}}), "{\"a\":\"x\uFFFDy\"}");
  EXPECT_EQ(read_json(json_text({1, "two"})), Json({1, "two"}));
  EXPECT_TRUE(read_json("{").is_discarded());
  EXPECT_EQ(json_escaped("a\"b"), "a\\\"b");
}

TEST(JsonObject, WithoutMembersIsEmpty) {
  EXPECT_EQ(JsonObject().take(), "{}");
}

}  // namespace
}  // namespace sagactl
