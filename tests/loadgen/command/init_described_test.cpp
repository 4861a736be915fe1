// `loadtest init` from a description of an API: its order can be sent with nothing filled in but what nobody else
// knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/httpclient/scripted_server.hpp"
#include "tests/loadgen/command/init_command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class InitFromADescription : public InitCommand {
 protected:
  // The profile, by a description that a server serves.
  std::string profile_of(const Json& document, std::vector<std::string> more = {}) {
    ScriptedServer server([&](const Received&) { return answer(200, document.dump()); });
    url_ = server.url();
    more.insert(more.begin(), {"--openapi", url_ + "/docs/openapi.json"});
    return profile_by(std::move(more));
  }
  static Json with_body(const Json& schema, const std::string& type = "application/json") {
    return Json::parse(R"({"openapi":"3.1.0","paths":{"/orders":{"post":{"requestBody":{"content":{")" + type +
                       R"(":{"schema":)" + schema.dump() + R"(}}},"responses":{"201":{"description":"made"}}}}}})");
  }
  // The body that is sent, of a schema.
  std::string body_of(const std::string& schema, const std::string& type = "application/json") {
    profile_of(with_body(Json::parse(schema), type));
    const std::string shown = sent_with();
    const std::size_t begin = shown.find("\r\n\r\n");
    return shown.substr(begin + 4, shown.find('\n', begin + 4) - begin - 4);
  }

  std::string url_;
};

TEST_F(InitFromADescription, ThatNamesNoServerOrAPathOnlyTheServerIsTheOneThatItCameFrom) {
  Json document = with_body({{"type", "object"}});
  profile_of(document);
  EXPECT_THAT(said_, HasSubstr("--url " + url_ + " --dry-run"));
  document["servers"] = Json::parse(R"([{"url":"/v1/"}])");
  profile_of(document);
  EXPECT_THAT(said_, HasSubstr("--url " + url_ + "/v1 --dry-run"));
  document["servers"] =
      Json::parse(R"([{"url":"https://{region}.shop.example/","variables":{"region":{"default":"eu"}}}])");
  profile_of(document);
  EXPECT_THAT(said_, HasSubstr("--url https://eu.shop.example --dry-run"));
  const Json swagger = Json::parse(R"({"swagger":"2.0","basePath":"/api","paths":{"/orders":{"post":{}}}})");
  profile_of(swagger);
  EXPECT_THAT(said_, HasSubstr("--url " + url_ + "/api --dry-run"));
  Json elsewhere = swagger;
  elsewhere["host"] = "shop.example";
  elsewhere["schemes"] = {"https"};
  profile_of(elsewhere);
  EXPECT_THAT(said_, HasSubstr("--url https://shop.example/api --dry-run"));
}

TEST_F(InitFromADescription, ValuesMeetTheirSchemas) {
  const std::pair<const char*, const char*> rows[] = {
      {R"({"type":"integer","minimum":1.0})", "1"},
      {R"({"type":"integer","minimum":3.0,"maximum":9.0})", "3"},
      {R"({"type":"integer","exclusiveMinimum":0.0})", "1"},
      {R"({"type":"integer","exclusiveMinimum":4})", "5"},
      {R"({"type":"integer","minimum":4,"exclusiveMinimum":true})", "5"},
      {R"({"type":"integer","maximum":-2})", "-2"},
      {R"({"type":"integer","multipleOf":5})", "5"},
      {R"({"type":"number","minimum":0.01})", "1"},
      {R"({"type":"number","minimum":2.5})", "2.5"},
      {R"({"type":["string","null"],"minLength":6})", R"("texttext")"},
      {R"({"type":"string","maxLength":2})", R"("te")"},
      {R"({"type":"string","pattern":"^orders$"})", R"("orders")"},
      {R"({"anyOf":[{"type":"null"},{"type":"boolean"}]})", "true"},
      {R"({"type":"array","minItems":2,"items":{"type":"integer"}})", "[1,1]"},
      {R"({"type":"string","example":"{user} x"})", R"("{ user} x")"},
  };
  for (const auto& [schema, value] : rows)
    EXPECT_EQ(body_of(std::string(R"({"type":"object","properties":{"x":)") + schema + "}}"),
              std::string(R"({"x":)") + value + "}");
}

TEST_F(InitFromADescription, MembersWhoseNamesTellWhatTheyAreHaveFields) {
  profile_of(with_body(Json::parse(R"({"type":"object","properties":{
      "request_id":{"type":"string","minLength":8},"customerId":{"type":"string"},"status":{"type":"string","readOnly":true},
      "lines":{"type":"array","items":{"type":"object","properties":{"product_id":{"type":"string"},
        "quantity":{"type":"integer","minimum":1},"unitPrice":{"type":"number"},"cents":{"type":"integer"},
        "color":{"type":"string","example":"red"}}}}}})")));
  EXPECT_THAT(sandbox_.read("profile.toml"),
              HasSubstr(R"('{"request_id":"{key}","customerId":"{user}","lines":[{"product_id":"{product}",)"
                        R"("quantity":{quantity},"unitPrice":{price},"cents":{cents},"color":"red"}]}')"));
  EXPECT_THAT(said_, Not(HasSubstr("idempotency key")));
  EXPECT_THAT(sent_with(), HasSubstr(R"({"request_id":"LT-example-S-00000000")"));
}

TEST_F(InitFromADescription, AnIdempotencyKeyThatHasToBeAUuidIsOne) {
  profile_of(
      with_body(Json::parse(R"({"type":"object","properties":{"requestId":{"type":"string","format":"uuid"}}})")));
  EXPECT_THAT(sandbox_.read("profile.toml"), HasSubstr(R"({"requestId":"{uuid}"})"));
}

TEST_F(InitFromADescription, MembersThatAreNotRequiredAreLeftOutUnlessTheyHaveAnExampleOrAField) {
  EXPECT_EQ(body_of(R"({"type":"object","required":["lines"],"properties":{"lines":{"type":"integer"},
      "coupon":{"type":"string"},"type":{"type":"string","pattern":"orders"},"note":{"anyOf":[{"type":"string"},{"type":"null"}]},
      "request_id":{"anyOf":[{"type":"string"},{"type":"null"}]},"channel":{"type":"string","default":"web"}}})"),
            R"({"lines":1,"type":"orders","request_id":"LT-example-S-00000000","channel":"web"})");
}

TEST_F(InitFromADescription, ASchemaThatContainsItselfEnds) {
  Json document = with_body(Json::parse(R"({"$ref":"#/components/schemas/Order"})"));
  document["components"] = Json::parse(R"({"schemas":{"Order":{"type":"object","properties":{"n":{"type":"integer"},
      "parent":{"$ref":"#/components/schemas/Order"},"parts":{"type":"array","items":{"$ref":"#/components/schemas/Order"}}}}}})");
  profile_of(document);
  EXPECT_THAT(sent_with(), HasSubstr("\r\n\r\n{\"n\":1,\"parts\":[]}"));
}

TEST_F(InitFromADescription, TheTypeOfTheBodyAndOfTheAnswerIsTheDescribedOne) {
  Json document =
      with_body(Json::parse(R"({"type":"object","properties":{"n":{"type":"integer"}}})"), "application/vnd.api+json");
  document["paths"]["/orders"]["post"]["responses"]["201"]["content"] = Json::parse(
      R"({"application/vnd.api+json":{"schema":{"type":"object","properties":{"data":{"type":"object","properties":{"id":{"type":"string"}}}}}}})");
  profile_of(document);
  const std::string request = sent_with();
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: application/vnd.api+json\r\n"));
  EXPECT_THAT(request, HasSubstr("\r\nAccept: application/vnd.api+json\r\n"));
  EXPECT_THAT(sandbox_.read("profile.toml"), HasSubstr("order = \"/data/id\""));
  EXPECT_EQ(body_of(R"({"type":"object","properties":{"sku":{"type":"string"},"count":{"type":"integer"},
      "to":{"type":"string","example":"a b"}}})",
                    "application/x-www-form-urlencoded"),
            "sku=LT-example-S-00000000&count=3&to=a%20b");
}

TEST_F(InitFromADescription, ParametersAreSentAndThoseThatOnlyTheAuthorKnowsComeFromTheEnvironment) {
  profile_of(Json::parse(R"({"openapi":"3.0.3","paths":{"/shops/{shop_id}/{area}/orders":{
      "parameters":[{"name":"shop_id","in":"path","required":true,"schema":{"type":"string"}},
                    {"name":"area","in":"path","required":true,"schema":{"type":"string","example":"north"}}],
      "post":{"operationId":"place","parameters":[
        {"name":"dry","in":"query","required":true,"schema":{"type":"boolean"}},
        {"name":"lang","in":"query","schema":{"type":"string"}},
        {"name":"X-Tenant","in":"header","required":true,"schema":{"type":"string"}},
        {"name":"Idempotency-Key","in":"header","schema":{"type":"string"}}],"responses":{}}}}})"));
  EXPECT_THAT(said_,
              HasSubstr("the environment variable SHOP_ID: the parameter shop_id of place (POST /shops/{shop_id}"));
  EXPECT_THAT(said_, HasSubstr("the environment variable X_TENANT: the header X-Tenant of place"));
  sandbox_.variables["SHOP_ID"] = "7";
  sandbox_.variables["X_TENANT"] = "t";
  const std::string request = sent_with();
  for (const char* part : {"POST /shops/{env:SHOP_ID}/north/orders?dry=true HTTP/1.1", "X-Tenant: {env:X_TENANT}",
                           "Idempotency-Key: LT-example-S-00000000"})
    EXPECT_THAT(request, HasSubstr(part));
}

TEST_F(InitFromADescription, TheLogInIsTheDescribedOne) {
  Json document = with_body({{"type", "object"}});
  document["security"] = Json::parse(R"([{"it":[]}])");
  const auto profile_with = [&](const char* scheme) {
    document["components"]["securitySchemes"]["it"] = Json::parse(scheme);
    return profile_of(document);
  };
  for (const char* name : {"AUTHORIZATION", "X_API_KEY", "PASSWORD", "CLIENT_ID", "CLIENT_SECRET"})
    sandbox_.variables[name] = "x";
  EXPECT_THAT(profile_with(R"({"type":"http","scheme":"bearer"})"),
              HasSubstr("\"Authorization\" = \"Bearer {env:AUTHORIZATION}\""));
  EXPECT_THAT(said_, HasSubstr("the environment variable AUTHORIZATION"));
  sent_with();
  EXPECT_THAT(profile_with(R"({"type":"apiKey","in":"header","name":"X-Api-Key"})"),
              HasSubstr("\"X-Api-Key\" = \"{env:X_API_KEY}\""));
  sent_with();
  EXPECT_THAT(profile_with(R"({"type":"http","scheme":"basic"})"),
              HasSubstr("[log_in]\nbasic = { user = \"{user}\", password = \"{env:PASSWORD}\" }"));
  EXPECT_THAT(said_, HasSubstr("users: who logs in"));
  sent_with();
  EXPECT_THAT(profile_with(R"({"type":"oauth2","flows":{"password":{"tokenUrl":"token"}}})"),
              HasSubstr("[log_in]\npath = \"/token\"\nform = { grant_type = \"password\", username = \"{user}\", "
                        "password = \"{env:PASSWORD}\" }\nbearer = \"/access_token\""));
  EXPECT_THAT(sent_with(), HasSubstr("POST /token"));
  EXPECT_THAT(profile_with(R"({"type":"oauth2","flows":{"clientCredentials":{"tokenUrl":"/oauth/token"}}})"),
              HasSubstr("oauth = { path = \"/oauth/token\", client_id = \"{env:CLIENT_ID}\""));
  sent_with();
  EXPECT_THAT(profile_with(R"({"type":"oauth2","flows":{"password":{"tokenUrl":"https://login.example/token"}}})"),
              HasSubstr("Bearer {env:AUTHORIZATION}"))
      << "a token of another server";
}

TEST_F(InitFromADescription, TheStateOfAnOrderIsReadFromThePageBelowItWhereItsWordsTellWhatTheyMean) {
  Json document = with_body({{"type", "object"}});
  document["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = Json::parse(
      R"({"type":"object","properties":{"data":{"type":"object","properties":{"status":{"type":"string",
          "enum":["PENDING","SHIPPED","CANCELLED"]}}}}})");
  EXPECT_THAT(profile_of(document), HasSubstr("\n[status]\npath = \"/orders/{order}\"\npointer = \"/data/status\"\n"
                                              "completed = [\"SHIPPED\"]\nundone = [\"CANCELLED\"]\n"));
  EXPECT_THAT(said_, HasSubstr("what PENDING, SHIPPED, CANCELLED mean is guessed by the words"));
  EXPECT_THAT(sandbox_.read("profile.toml"), HasSubstr("accepted = [201]\nduplicate = [200, 409]\n"));
  sent_with();
  document["paths"]["/orders/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] =
      Json::parse(R"({"type":"object","properties":{"state":{"type":"string"}}})");
  EXPECT_THAT(profile_of(document), HasSubstr("\n# [status]\n# path = \"/orders/{order}\"\n# pointer = \"/state\"\n"))
      << "a guess that is wrong would make every order one that never ends";
  EXPECT_THAT(said_, HasSubstr("[sql] or [status]"));
}

}  // namespace
}  // namespace sagactl
