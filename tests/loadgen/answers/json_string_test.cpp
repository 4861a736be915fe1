#include "loadgen/answers/json_string.hpp"

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "common/text/json.hpp"

namespace sagactl {
namespace {

std::string text_of(std::string_view raw) {
  std::string room;
  return std::string(json_string_text(raw, room));
}

TEST(JsonString, EscapesMeanWhatJsonSays) {
  const std::pair<const char*, const char*> rows[] = {
      {"plain", "plain"},
      {"", ""},
      {R"(2026\/000123)", "2026/000123"},
      {R"(a\u002db)", "a-b"},
      {R"(\u00fc\u00E9)", "üé"},
      {R"(\uc8fc\ubb38)", "주문"},
      {R"(\ud83d\ude00!)", "😀!"},
      {R"(\"\\\b\f\n\r\t)", "\"\\\b\f\n\r\t"},
      {R"(\ud83d)", "\xEF\xBF\xBD"},
      {R"(\ud83dx)", "\xEF\xBF\xBDx"},
      {R"(\ude00)", "\xEF\xBF\xBD"},
      {R"(\x)", "\xEF\xBF\xBD"},
      {R"(\u12)",
       "\xEF\xBF\xBD"
       "12"},
      {"\\", "\xEF\xBF\xBD"},
  };
  for (const auto& [raw, text] : rows) EXPECT_EQ(text_of(raw), text) << raw;
}

TEST(JsonString, AgreesWithTheLibraryForAnyText) {
  Random random(3);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (std::uint64_t i = random.below(20); i > 0; --i) {
      const char* const parts[] = {"a", "/", "\\", "\"", "ü", "주", "😀", "\n", "\x01", "u00"};
      text += parts[random.below(std::size(parts))];
    }
    const std::string quoted = Json(text).dump(-1, ' ', true);  // all that is not ASCII is escaped
    EXPECT_EQ(text_of(std::string_view(quoted).substr(1, quoted.size() - 2)), text) << quoted;
  }
}

}  // namespace
}  // namespace sagactl
