#include "server/http/message/validate.hpp"

#include <gtest/gtest.h>

#include <array>

#include "server/http/message/json_body.hpp"

namespace sagactl::http {
namespace {

using Messages = std::vector<std::string>;

// Runs `read` over the object in `text`; the faults of finish().
Messages faults(std::string_view text, const std::function<void(ObjectReader&)>& read) {
  const auto json = parse_json(text);
  EXPECT_TRUE(json.ok()) << text;
  ObjectReader body(*json);
  read(body);
  const auto finished = body.finish();
  return finished ? Messages{} : finished.error().members["message"].get<Messages>();
}

void read_order(ObjectReader& body) {
  body.objects("items", {}, [](ObjectReader& item) {
    item.text("productId");
    item.text("productName");
    item.integer("quantity", {.min = 1});
    item.money("price");
  });
  body.text("shippingAddress");
  body.optional_text("idempotencyKey");
}

void read_registration(ObjectReader& body) {
  body.text("email", {.email = true});
  body.text("password", {.min = 8});
  body.text("firstName", {.max = 50});
  body.text("lastName", {.max = 50});
}

std::string order(const std::string& item) {
  return R"({"items":[)" + item + R"(],"shippingAddress":"a"})";
}

TEST(Validate, HasTheMessagesOfTheReferenceSystem) {
  EXPECT_EQ(faults("{}", read_order), (Messages{"items must be an array", "shippingAddress must be a string"}));
  EXPECT_EQ(faults(order("{}"), read_order),
            (Messages{"items.0.productId must be a string", "items.0.productName must be a string",
                      "items.0.quantity must not be less than 1",
                      "items.0.quantity must be a number conforming to the specified constraints",
                      "items.0.price must not be less than 0",
                      "items.0.price must be a number conforming to the specified constraints"}));
  EXPECT_EQ(faults(order(R"({"productId":"a","productName":"b","quantity":0,"price":1000})"), read_order),
            Messages{"items.0.quantity must not be less than 1"});
  EXPECT_EQ(faults(R"({"items":[],"shippingAddress":"a","coupon":"x"})", read_order),
            Messages{"property coupon should not exist"});
  EXPECT_EQ(faults(R"({"email":"x1@test.com","password":"aimmed","firstName":"G","lastName":"E"})", read_registration),
            Messages{"password must be longer than or equal to 8 characters"});
  EXPECT_EQ(faults(R"({"email":"x2@test.com","password":"password123","firstName":"G","lastName":"E",
                      "role":"admin"})",
                   read_registration),
            Messages{"property role should not exist"});
}

TEST(Validate, AcceptsAValidObject) {
  EXPECT_EQ(faults(order(R"({"productId":"서울","productName":"b","quantity":2.0,"price":10.70})"), read_order),
            Messages{});
  EXPECT_EQ(faults(R"({"items":[],"shippingAddress":"a","idempotencyKey":null})", read_order), Messages{});
}

TEST(Validate, PutsUnknownMembersFirstAndNamesThePathOfNestedOnes) {
  EXPECT_EQ(faults(R"({"items":[{"productId":1,"productName":"b","quantity":1,"price":1,"x":1}],"y":1})", read_order),
            (Messages{"property y should not exist", "items.0.property x should not exist",
                      "items.0.productId must be a string", "shippingAddress must be a string"}));
}

TEST(Validate, ChecksEachRule) {
  struct Row {
    const char* json;
    std::function<void(ObjectReader&)> read;
    Messages messages;
  };
  static constexpr std::string_view colours[] = {"red", "blue"};
  const auto price = [](ObjectReader& o) { o.money("p"); };
  const auto count = [](ObjectReader& o) { o.integer("n", {.min = 1, .max = 10}); };
  const auto name = [](ObjectReader& o) { o.text("s", {.min = 2, .max = 3, .not_empty = true}); };
  const auto mail = [](ObjectReader& o) { o.text("e", {.email = true}); };
  const auto list = [](ObjectReader& o) { o.objects("a", {.min = 1, .max = 2}, [](ObjectReader&) {}); };
  const auto colour = [](ObjectReader& o) { o.one_of("c", colours); };
  const Row rows[] = {
      {R"({"p":1.005})", price, {"p must be a number conforming to the specified constraints"}},
      {R"({"p":-0.01})", price, {"p must not be less than 0"}},
      {R"({"p":1000000000001})", price, {"p must not be greater than 1000000000000"}},
      {R"({"p":1e300})", price, {"p must not be greater than 1000000000000"}},
      {R"({"p":"1"})",
       price,
       {"p must not be less than 0", "p must be a number conforming to the specified constraints"}},
      {R"({"p":1000000000000})", price, {}},
      {R"({"n":1.5})", count, {"n must be an integer number"}},
      {R"({"n":11})", count, {"n must not be greater than 10"}},
      {R"({"n":18446744073709551615})", count, {"n must not be greater than 10", "n must be an integer number"}},
      {R"({"n":-9223372036854775808})", count, {"n must not be less than 1"}},
      {R"({"n":1e300})", count, {"n must not be greater than 10", "n must be an integer number"}},
      {R"({"n":true})",
       count,
       {"n must not be greater than 10", "n must not be less than 1",
        "n must be a number conforming to the specified constraints"}},
      {R"({"s":""})", name, {"s should not be empty", "s must be longer than or equal to 2 characters"}},
      {R"({"s":"서울시"})", name, {}},
      {R"({"s":"abcd"})", name, {"s must be shorter than or equal to 3 characters"}},
      {R"({"s":7})",
       name,
       {"s must be shorter than or equal to 3 characters", "s must be longer than or equal to 2 characters",
        "s must be a string"}},
      {R"({"e":"a@b.cd"})", mail, {}},
      {R"({"e":"a+b.c@x-y.example.org"})", mail, {}},
      {R"({"e":"a@b"})", mail, {"e must be an email"}},
      {R"({"e":"@b.cd"})", mail, {"e must be an email"}},
      {R"({"e":"a b@b.cd"})", mail, {"e must be an email"}},
      {R"({"e":"a@-b.cd"})", mail, {"e must be an email"}},
      {R"({"e":"a@b..cd"})", mail, {"e must be an email"}},
      {R"({"e":["a@b.cd"]})", mail, {"e must be an email"}},
      {R"({"a":[]})", list, {"a should not be empty"}},
      {R"({"a":{}})", list, {"a must be an array"}},
      {R"({"a":[{},{},{}]})", list, {"a must contain no more than 2 elements"}},
      {R"({"a":[{},7]})", list, {"each value in nested property a must be either object or array"}},
      {R"({"c":"blue"})", colour, {}},
      {R"({"c":"green"})", colour, {"c must be one of the following values: red, blue"}},
      {R"({"b":"yes"})", [](ObjectReader& o) { o.optional_boolean("b", false); }, {"b must be a boolean value"}},
      {R"({"u":"not-a-uuid"})", [](ObjectReader& o) { o.uuid("u"); }, {"u must be a UUID"}},
      {R"({"t":["x",1]})", [](ObjectReader& o) { o.texts("t"); }, {"each value in t must be a string"}},
      {R"([1])", [](ObjectReader&) {}, {"the value must be an object"}},
  };
  for (const Row& row : rows) EXPECT_EQ(faults(row.json, row.read), row.messages) << row.json;
}

TEST(Validate, ReturnsTheValues) {
  const auto json = parse_json(R"({"s":"x","n":3,"p":10.7,"b":true,"l":["a","b"],"any":{"k":[1]}})");
  ObjectReader body(*json);
  EXPECT_EQ(body.text("s"), "x");
  EXPECT_EQ(body.integer("n"), 3);
  EXPECT_EQ(body.money("p").cents, 1070);
  EXPECT_EQ(body.optional_boolean("b", false), true);
  EXPECT_EQ(body.texts("l"), (Messages{"a", "b"}));
  EXPECT_EQ(body.any("any")["k"][0], 1);
  EXPECT_EQ(body.optional_integer("absent"), std::nullopt);
  EXPECT_TRUE(body.finish().ok());
}

// As a missing one: clients write null for what they have no value for.
TEST(Validate, TakesNullAsAnAbsentMember) {
  constexpr std::array<std::string_view, 2> words = {"do", "undo"};
  const auto read = [&](ObjectReader& body) {
    EXPECT_EQ(body.optional_one_of("direction", words), std::nullopt);
    EXPECT_EQ(body.optional_text("text"), std::nullopt);
    EXPECT_FALSE(body.has("ids"));
  };
  EXPECT_EQ(faults("{}", read), Messages{});
  EXPECT_EQ(faults(R"({"direction":null,"text":null,"ids":null})", read), Messages{});
  const auto given = [&](ObjectReader& body) { (void)body.optional_one_of("direction", words); };
  EXPECT_EQ(faults(R"({"direction":"undo"})", given), Messages{});
  EXPECT_EQ(faults(R"({"direction":"back"})", given),
            Messages{"direction must be one of the following values: do, undo"});
}

TEST(Validate, BoundsTheNumberOfFaults) {
  std::string body = R"({"shippingAddress":"a","items":[)";
  for (int i = 0; i < 1000; ++i) body += i == 0 ? "{}" : ",{}";
  EXPECT_EQ(faults(body + "]}", read_order).size(), 100u);
}

TEST(JsonBody, ReportsWhatIsNotJson) {
  const std::pair<std::string, std::string> rows[] = {
      {R"({"items":[)", "Unexpected end of JSON input"},
      {R"({"email":)", "Unexpected end of JSON input"},
      {R"({"a":"b)", "Unexpected end of JSON input"},
      {"   ", "Unexpected end of JSON input"},
      {R"({"a":x})", "Unexpected token x in JSON at position 5"},
      {R"({"a":1}})", "Unexpected token } in JSON at position 7"},
      {R"({a:1})", "Unexpected token a in JSON at position 1"},
      {"{\"a\":\"\x01\"}", "Unexpected token \\x01 in JSON at position 6"},
      {R"({"a":1e999})", "a number is out of range at position 9"},
      {R"({"a":{"b":[9.9500000000000000001]}})",
       "a.b.0 has more digits than a number can hold: round it, or send it as a text"},
      {R"({"a":1.0000000000000001})", "a has more digits than a number can hold: round it, or send it as a text"},
      {R"({"a":123456789012345678901234})", "a has more digits than a number can hold: round it, or send it as a text"},
      {"{\"a\":\"\xff\"}", "the body is not UTF-8"},
      {R"({"a":1,"a":2})", "property a is written twice"},
      {R"({"x":[{"a":1},{"b":1,"b":2}]})", "property x.1.b is written twice"},
      {R"({"items":[1,{"name":"a\u0000b"}]})", "items.1.name must not contain a NUL character"},
      {R"(["a",["\u0000"]])", "1.0 must not contain a NUL character"},
      {R"({"a\u0000":1})", "a member's name must not contain a NUL character"},
      {R"([1])", "the body must be a JSON object"},
      {R"("x")", "the body must be a JSON object"},
  };
  for (const auto& [text, message] : rows) {
    const auto parsed = parse_json_object(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::invalid);
    EXPECT_EQ(parsed.error().message, message) << text;
  }
}

// Such as programs write them: the fewest digits, 17, or all that the double has.
TEST(JsonBody, TakesEveryNumberThatADoubleHolds) {
  for (const char* number : {"9.95", "9.9500000000000000000", "9.9499999999999993",
                             "9.949999999999999289457264239899814128875732421875", "0.1", "0.10000000000000001", "1e3",
                             "1.5E+2", "-0.0", "0.000", "2.5e-7", "1000000000000000000000", "1e308", "5e-324"})
    EXPECT_TRUE(parse_json(number).ok()) << number;
  EXPECT_TRUE(parse_json("1.0000000000000001", {.rounds_numbers = true}).ok());
}

TEST(JsonBody, BoundsDepthAndMembers) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(32)).ok());
  EXPECT_FALSE(parse_json(nested(33)).ok());
  EXPECT_FALSE(parse_json(std::string(100'000, '[')).ok());
  std::string wide = "{";
  for (int i = 0; i < 300; ++i) wide += (i ? ",\"" : "\"") + std::to_string(i) + "\":1";
  const auto parsed = parse_json(wide + "}");
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().message, "an object must not have more than 100 members");
}

TEST(JsonBody, IsAnEmptyObjectWhenItIsMissing) {
  EXPECT_EQ(*parse_json_object(""), Json::object());
}

TEST(JsonBody, KeepsEveryKindOfValue) {
  const std::string text = R"({"a":[1,-2,3.5,true,false,null,"\ud83d\ude00",{},[]],"b":{"c":"d"}})";
  EXPECT_EQ(*parse_json(text), Json::parse(text));
}

}  // namespace
}  // namespace sagactl::http
