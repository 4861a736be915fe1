// `loadtest init` from requests of GraphQL: they become steps of GraphQL, so that errors in answers count.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/loadtest/init/graphql_request.hpp"
#include "tests/loadgen/command/init_command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class InitFromGraphql : public InitCommand {};

TEST_F(InitFromGraphql, ACurlLineGivesTheQueryItsVariablesAndWhereTheIdIs) {
  const std::string file = profile_by(
      {"--curl",
       R"(curl http://h:1/graphql -d '{"operationName":"Place","query":"mutation Place($in: OrderInput!) {\n  )"
       R"(made: place(in: $in) { order { id total } }\n}","variables":{"in":{"requestId":"r-1","sku":"A-1"}}}')"});
  EXPECT_THAT(file, HasSubstr("path = \"/graphql\"\ngraphql = '''\nmutation Place($in: OrderInput!) {\n"));
  EXPECT_THAT(file,
              HasSubstr("operation = \"Place\"\nvariables = '{\"in\":{\"requestId\":\"{key}\",\"sku\":\"A-1\"}}'\n"));
  EXPECT_THAT(file, HasSubstr("order = \"/made/order/id\""));
  EXPECT_THAT(file, HasSubstr("accepted = [200]"));
  EXPECT_THAT(said_, HasSubstr("--url http://h:1 --dry-run"));
  EXPECT_THAT(said_, Not(HasSubstr("idempotency key")));
  const std::string request = sent_with();
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr(R"("variables":{"in":{"requestId":"LT-example-S-00000000","sku":"A-1"}}})"));
}

TEST_F(InitFromGraphql, ARecordingsMutationCreatesTheOrderAndValuesAreKeptBelowTheData) {
  const auto entry = [](const char* query, const char* variables, const char* data) {
    const Json body{{"query", query}, {"variables", Json::parse(variables)}};
    return Json{{"request", {{"method", "POST"}, {"url", "http://h/graphql"}, {"postData", {{"text", body.dump()}}}}},
                {"response", {{"status", 200}, {"content", {{"text", std::string(R"({"data":)") + data + "}"}}}}}};
  };
  const Json entries = Json::array(
      {entry("query { orders { id } }", "{}", R"({"orders":[]})"),
       entry("mutation Cart { newCart { id } }", "{}", R"({"newCart":{"id":"c-000017"}})"),
       entry("mutation($c: ID!) { placeOrder(cart: $c) { id } }", R"({"c":"c-000017"})",
             R"({"placeOrder":{"id":"o-000031"}})"),
       entry("query($o: ID!) { order(id: $o) { state } }", R"({"o":"o-000031"})", R"({"order":{"state":"PAID"}})")});
  sandbox_.write("recorded.har", Json{{"log", {{"entries", entries}}}}.dump());
  const std::string file = profile_by({"--har", "recorded.har"});
  EXPECT_THAT(said_,
              HasSubstr("request 3 of 4, placeOrder (POST /graphql), is taken as the one that creates the order"));
  EXPECT_THAT(file, HasSubstr("order = \"/placeOrder/id\""));
  EXPECT_THAT(file, HasSubstr("keep = { keptId = \"/newCart/id\" }"));
  EXPECT_THAT(file, HasSubstr("variables = '{\"c\":\"{keptId}\"}'"));
  EXPECT_THAT(file, HasSubstr("variables = '{\"o\":\"{order}\"}'"));
  sent_with();
}

TEST_F(InitFromGraphql, ARequestOfPostmanIsOneToo) {
  const Json graphql{{"query", "mutation { place { id } }"}, {"variables", ""}};
  const Json item{
      {"name", "buy"},
      {"request", {{"method", "POST"}, {"url", "http://h/g"}, {"body", {{"mode", "graphql"}, {"graphql", graphql}}}}}};
  sandbox_.write("c.json", Json{{"item", Json::array({item})}}.dump());
  EXPECT_THAT(profile_by({"--postman", "c.json"}), HasSubstr("graphql = \"mutation { place { id } }\"\n"));
  EXPECT_THAT(said_, HasSubstr("the query has no variables"));
  sent_with();
}

TEST_F(InitFromGraphql, ABodyThatHasOtherMembersIsNoQuery) {
  EXPECT_THAT(profile_by({"--curl", R"(curl http://h/orders -d '{"query":"mutation { x }","sku":"A"}')"}),
              Not(HasSubstr("graphql =")));
  EXPECT_THAT(profile_by({"--curl", R"(curl http://h/search -d '{"query":"{ chairs }"}')"}),
              Not(HasSubstr("graphql =")));
}

TEST(GraphqlQuery, SelectsItsFieldsUnderTheirAliases) {
  const std::pair<const char*, const char*> rows[] = {
      {"{ a b: c { d } }", R"({"a":"","b":{"d":""}})"},
      {"# first\nmutation M($x: In = {a: \"}\"}) @live { place(in: {s: \")\"}) @skip(if: false) { id, n } }",
       R"({"place":{"id":"","n":""}})"},
      {"query { ...All a { ... on B { c } } }", R"({"a":{"c":""}})"},
      {"subscription S { s }", R"({"s":""})"},
  };
  for (const auto& [query, data] : rows) EXPECT_EQ(selected_data(query), Json::parse(data)) << query;
  for (const char* text : {"red chairs", "", "mutation M", "fragment F on T { a }"})
    EXPECT_TRUE(selected_data(text).is_discarded()) << text;
}

}  // namespace
}  // namespace sagactl
