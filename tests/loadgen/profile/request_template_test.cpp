#include "loadgen/profile/request_template.hpp"

#include <gtest/gtest.h>

namespace sagactl {
namespace {

std::string spelled(std::string_view text) {
  const auto pieces = parse_template(text);
  if (!pieces) return "error: " + pieces.error().message;
  std::string spelt;
  for (const TemplatePiece& piece : *pieces)
    spelt += piece.field == TemplateField::text ? piece.text : "<" + std::string(to_string(piece.field)) + ">";
  return spelt;
}

TEST(RequestTemplate, FieldsStandAmongTextAndBracesOfJsonAreText) {
  EXPECT_EQ(spelled(R"({"a":[{items}],"b":{"c":{quantity}}})"), R"({"a":[<items>],"b":{"c":<quantity>}})");
  EXPECT_EQ(spelled("{product}{key}"), "<product><key>");
  EXPECT_EQ(spelled("{} {a b} {unfinished {"), "{} {a b} {unfinished {");
  EXPECT_EQ(spelled(""), "");
}

TEST(RequestTemplate, AnUnknownFieldIsAnErrorThatListsTheFields) {
  const std::string message = spelled("{prise}");
  EXPECT_NE(message.find("'{prise}' is not a field"), std::string::npos) << message;
  EXPECT_NE(message.find("{price}"), std::string::npos) << message;
}

TEST(RequestTemplate, AFieldThatResemblesNoneIsAnErrorThatListsAllOfThem) {
  const auto pieces = parse_template("{voucher}", {.kept = {"token"}, .tables = {"people"}});
  ASSERT_FALSE(pieces);
  for (const char* field : {"{product}", "{uuid}", "{token}", "{now:ms}", "{random:1-100}", "{env:NAME}", "{file:NAME}",
                            "{people:COLUMN}", "create.fields"})
    EXPECT_NE(pieces.error().message.find(field), std::string::npos) << field << ": " << pieces.error().message;
}

TEST(RequestTemplate, CustomFieldsAreFilledIn) {
  const CustomFields fields = {{"card", "OK"}, {"shop", "{run}"}};
  EXPECT_EQ(with_custom_fields(R"({"c":"{card}","s":"{shop}","k":"{key}"})", fields, {}),
            R"({"c":"OK","s":"{run}","k":"{key}"})");
  EXPECT_EQ(with_custom_fields("{card}{card}", fields, {{"card", "DECLINE"}}), "DECLINEDECLINE");
  EXPECT_TRUE(check_field_name("card"));
  for (const char* name : {"", "two words", "card2", "price"}) EXPECT_FALSE(check_field_name(name)) << name;
}

}  // namespace
}  // namespace sagactl
