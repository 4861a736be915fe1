// The schemas of inputs: what they allow is what JSON Schema 2020-12 says, and no schema or input takes long.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/id.hpp"
#include "server/definitions/input_schema.hpp"
#include "server/saga/compile_definition.hpp"

namespace sagactl {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// Schemas, and inputs for each.
const char* const schemas_and_inputs = R"([
  [true, [1, null, {}]],
  [false, [1, {}]],
  [{"type": "integer"}, [1, 1.0, 1.5, "1", -3, 18446744073709551615, 1e30]],
  [{"type": ["string", "null"]}, ["", null, 0, []]],
  [{"type": "number"}, [1, 1.5, "1", true]],
  [{"type": "boolean"}, [true, false, 0]],
  [{"enum": [1, "a", {"x": [1, 2], "y": null}]}, [1, 1.0, "a", {"y": null, "x": [1.0, 2]}, {"x": [2, 1], "y": null}, true]],
  [{"const": {"a": 1}}, [{"a": 1.0}, {"a": 2}, {"a": 1, "b": 2}]],
  [{"properties": {"a": {"type": "string"}}, "required": ["a", "b"]}, [{"a": "x", "b": 1}, {"a": "x"}, {"a": 1, "b": 1}, 7]],
  [{"properties": {"a": true}, "additionalProperties": false}, [{}, {"a": 1}, {"b": 1}, []]],
  [{"properties": {"a": true}, "additionalProperties": {"type": "integer"}}, [{"a": "x"}, {"b": 1}, {"b": "x"}]],
  [{"propertyNames": {"maxLength": 2}}, [{"ab": 1}, {"abc": 1}, {}]],
  [{"dependentRequired": {"a": ["b", "c"]}}, [{}, {"a": 1}, {"a": 1, "b": 1, "c": 1}, {"b": 1}]],
  [{"minProperties": 1, "maxProperties": 2}, [{}, {"a": 1}, {"a": 1, "b": 2, "c": 3}]],
  [{"items": {"type": "integer"}}, [[], [1, 2], [1, "x"], "x"]],
  [{"prefixItems": [{"type": "string"}, {"type": "integer"}], "items": false}, [[], ["a"], ["a", 1], ["a", 1, 2], [1]]],
  [{"contains": {"const": 1}}, [[], [1], [2, 1.0], [2]]],
  [{"minItems": 1, "maxItems": 2}, [[], [1], [1, 2, 3]]],
  [{"uniqueItems": true}, [[1, 2], [1, 1.0], [{"a": 1, "b": 2}, {"b": 2, "a": 1}], ["1", 1], [0, false]]],
  [{"minLength": 2, "maxLength": 3}, ["a", "ab", "\u00fc\u00fc\u00fc", "abcd", "\ud83d\ude00", 1]],
  [{"minimum": 1, "maximum": 3}, [0, 1, 3, 3.1, "0"]],
  [{"exclusiveMinimum": 1, "exclusiveMaximum": 3}, [1, 1.1, 2, 3]],
  [{"minimum": -1}, [18446744073709551615, -2]],
  [{"maximum": -1}, [18446744073709551615, -2]],
  [{"multipleOf": 3}, [9, 10, -6, 9.0, 9.5]],
  [{"multipleOf": 0.5}, [1, 1.5, 1.25]],
  [{"allOf": [{"type": "integer"}, {"minimum": 3}]}, [3, 2, "x"]],
  [{"anyOf": [{"type": "string"}, {"minimum": 3}]}, ["x", 3, 2]],
  [{"oneOf": [{"type": "integer"}, {"minimum": 3}]}, [2, 3, 3.5, 2.5]],
  [{"not": {"type": "string"}}, [1, "x"]],
  [{"if": {"properties": {"a": {"const": 1}}, "required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}},
   [{"a": 1, "b": 1}, {"a": 1}, {"a": 2}, {"c": 1}]],
  [{"then": false, "else": false}, [1]],
  [{"$defs": {"n": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"$ref": "#/$defs/n", "minimum": 3}}},
   [{"a": 1, "b": 3}, {"a": "x"}, {"b": 2}]],
  [{"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["v"]},
   [{"v": 1, "next": {"v": 2}}, {"v": 1, "next": {"x": 2}}]],
  [{"properties": {"a/b~c": {"type": "integer"}}, "required": ["a/b~c"]}, [{"a/b~c": 1}, {"a/b~c": "x"}]]
])";

TEST(InputSchema, AllowsWhatJsonSchemaAllows) {
  // Another implementation says what is right.
  const auto folder = std::filesystem::temp_directory_path() / ("schema-" + new_uuid().text());
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "rows.json") << schemas_and_inputs;
  std::ofstream(folder / "judge.py") << R"(
import json, sys
from jsonschema import Draft202012Validator as V
rows = json.load(open(sys.argv[1]))
print(json.dumps([[V(schema).is_valid(value) for value in values] for schema, values in rows]))
)";
  const std::string command = "python3 " + (folder / "judge.py").string() + " " + (folder / "rows.json").string();
  std::string printed;
  FILE* const pipe = popen(command.c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) printed += static_cast<char>(c);
  ASSERT_EQ(pclose(pipe), 0);
  std::filesystem::remove_all(folder);
  const Json judged = Json::parse(printed), rows = Json::parse(schemas_and_inputs);
  ASSERT_EQ(judged.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_THAT(InputSchema::check(rows[i][0]), IsEmpty()) << rows[i][0];
    const InputSchema schema(rows[i][0]);
    for (std::size_t k = 0; k < rows[i][1].size(); ++k)
      EXPECT_EQ(schema.validate(rows[i][1][k]).empty(), judged[i][k].get<bool>()) << rows[i][0] << " " << rows[i][1][k];
  }
}

TEST(InputSchema, SaysWhereTheInputIsWrong) {
  const InputSchema schema(Json::parse(R"({"required": ["guest"], "additionalProperties": false,
      "properties": {"guest": {"type": "object", "properties": {"age": {"type": "integer", "minimum": 18}}},
                     "rooms": {"items": {"enum": ["single", "double"]}}}})"));
  EXPECT_THAT(schema.validate(Json::parse(R"({"guest": {"age": 17.5}, "rooms": ["single", "twin"], "x": 1})")),
              UnorderedElementsAre(SchemaProblem{"/guest/age", "has to be of the type integer"},
                                   SchemaProblem{"/guest/age", "has to be at least 18"},
                                   SchemaProblem{"/rooms/1", "has to be one of [\"single\",\"double\"]"},
                                   SchemaProblem{"/x", "is no member that the schema allows"}));
  EXPECT_THAT(schema.validate(Json::object()), ElementsAre(SchemaProblem{"", "needs the member `guest`"}));
}

TEST(InputSchema, FormatsAreChecked) {
  const auto is_right = [](const char* format, const char* text) {
    return InputSchema(Json{{"format", format}}).validate(Json(text)).empty();
  };
  EXPECT_TRUE(is_right("date", "2024-02-29"));
  EXPECT_FALSE(is_right("date", "2023-02-29"));
  EXPECT_FALSE(is_right("date", "2024-2-9"));
  EXPECT_TRUE(is_right("date-time", "2026-11-20T13:04:07.137+09:00"));
  EXPECT_TRUE(is_right("date-time", "2026-11-20t13:04:07z"));
  for (const char* text : {"2026-11-20T13:04:07", "2026-11-20 13:04:07Z", "2026-11-20T24:00:00Z",
                           "2026-11-20T13:04:07.Z", "2026-11-20T13:04:07+25:00", ""})
    EXPECT_FALSE(is_right("date-time", text)) << text;
  EXPECT_TRUE(is_right("uuid", "0198f0a0-0000-7000-8000-000000000001"));
  EXPECT_FALSE(is_right("uuid", "0198f0a0"));
}

TEST(InputSchema, MoneyIsAMultipleOfACent) {
  const InputSchema cents(Json{{"multipleOf", 0.01}});
  for (int price = 0; price <= 10'000; ++price) EXPECT_THAT(cents.validate(Json(price / 100.0)), IsEmpty()) << price;
  EXPECT_THAT(cents.validate(Json(-19.99)), IsEmpty());
  for (const double price : {19.995, 0.001, 5'000'000.005, 1'000'000'000.001, -19.995})
    EXPECT_FALSE(cents.validate(Json(price)).empty()) << price;
}

TEST(InputSchema, AMultipleIsExactForNumbersOfEverySize) {
  const auto is_multiple = [](const char* value, const char* of) {
    return InputSchema(Json{{"multipleOf", Json::parse(of)}}).validate(Json::parse(value)).empty();
  };
  EXPECT_TRUE(is_multiple("1e300", "1e-300"));
  EXPECT_TRUE(is_multiple("1e300", "2e-300"));
  EXPECT_FALSE(is_multiple("1e300", "3"));
  EXPECT_FALSE(is_multiple("1e-300", "1e300"));
  EXPECT_TRUE(is_multiple("3.00", "1.5"));
  EXPECT_TRUE(is_multiple("100", "2.5e1"));
  EXPECT_TRUE(is_multiple("100", "1e2"));
  EXPECT_FALSE(is_multiple("110", "1e2"));
  EXPECT_TRUE(is_multiple("0", "0.01"));
  EXPECT_TRUE(is_multiple("-9223372036854775808", "2"));
  EXPECT_FALSE(is_multiple("18446744073709551615", "2"));
  EXPECT_TRUE(is_multiple("18446744073709551615", "0.5"));
}

TEST(InputSchema, ListsNoMoreThanTwentyProblems) {
  EXPECT_EQ(InputSchema(Json{{"items", false}}).validate(Json(std::vector<int>(1000, 1))).size(), 20u);
}

TEST(InputSchema, NoInputTakesLong) {
  // Each level tries the next twice: 2^40 without a limit.
  Json doubling = {{"$defs", {{"n40", {{"type", "string"}}}}}, {"$ref", "#/$defs/n0"}};
  for (int i = 0; i < 40; ++i) {
    const Json next = {{"$ref", "#/$defs/n" + std::to_string(i + 1)}};
    doubling["$defs"]["n" + std::to_string(i)] = {{"anyOf", {next, next}}};
  }
  ASSERT_THAT(InputSchema::check(doubling), IsEmpty());
  EXPECT_EQ(InputSchema(doubling).validate(Json(1)).size(), 1u);
  std::string deep(30'000, '[');
  deep += std::string(30'000, ']');
  EXPECT_EQ(InputSchema(Json{{"items", {{"$ref", "#"}}}}).validate(Json::parse(deep)).size(), 1u);
  Json large = Json::object();
  for (int i = 0; i < 5000; ++i) large[std::to_string(i)] = i;
  Json needs = {{"required", Json::array()}};
  for (int i = 0; i < 5000; ++i) needs["required"].push_back(std::to_string(i));
  Json many = {{"allOf", Json::array()}};
  for (int i = 0; i < 1000; ++i) many["allOf"].push_back({{"$ref", "#/$defs/needs"}});
  many["$defs"]["needs"] = needs;
  EXPECT_EQ(InputSchema(many).validate(large).size(), 1u);
}

TEST(InputSchema, ReferencesDoNotLeadOnWithoutEnd) {
  Json chain = {{"$defs", Json::object()}, {"$ref", "#/$defs/n0"}};
  for (int i = 0; i < 10'000; ++i)
    chain["$defs"]["n" + std::to_string(i)] = {{"$ref", "#/$defs/n" + std::to_string(i + 1)}};
  chain["$defs"]["n10000"] = true;
  ASSERT_EQ(InputSchema::check(chain).size(), 1u);
  EXPECT_EQ(InputSchema::check(chain)[0].message, "schemas refer to one another more than 100 deep");
}

DefinitionPointer definition_with(const std::string& input) {
  return compile_definition(R"({"saga":"nap",)" + input + R"("steps":[{"name":"nap","sleep":"1s"}]})", 1).value();
}

TEST(InputSchemas, MakeEachSchemaOnce) {
  InputSchemas schemas;
  const DefinitionPointer one = definition_with(R"("input":{"type":"object"},)"), other = definition_with("");
  EXPECT_EQ(schemas.of(one), schemas.of(one));
  EXPECT_EQ(schemas.of(one)->validate(Json(1)).size(), 1u);
  EXPECT_EQ(schemas.of(other), nullptr) << "it takes any input";
}

TEST(InputSchemas, ADefinitionAtTheAddressOfAnEarlierOneHasItsOwn) {
  InputSchemas schemas;
  for (int i = 0; i < 100; ++i) {
    const char* type = i % 2 == 0 ? "object" : "string";
    const DefinitionPointer one = definition_with(std::string(R"("input":{"type":")") + type + "\"},");
    EXPECT_EQ(schemas.of(one)->validate(Json::object()).empty(), i % 2 == 0);
  }
}

TEST(InputSchemas, AreForAllThreads) {
  InputSchemas schemas;
  std::vector<DefinitionPointer> all;
  for (int i = 0; i < 20; ++i) all.push_back(definition_with(R"("input":{"type":"object"},)"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) EXPECT_NE(schemas.of(all[static_cast<std::size_t>(i) % all.size()]), nullptr);
    });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sagactl
