// `loadtest init`: what it writes can be tried at once, has no secret, and replaces nothing without being asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/support/command.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoadtestInit : public testing::Test {
 protected:
  CommandResult init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"loadtest", "init"});
    return sandbox_.run(arguments);
  }
  // What a profile sends: that it can be read is part of it.
  std::string sent_with(const char* profile) {
    const CommandResult shown =
        sandbox_.run({"loadtest", "individual", "--profile", profile, "--url", "http://127.0.0.1:1", "--dry-run"});
    EXPECT_EQ(shown.code, 0) << shown.err << sandbox_.read(profile);
    return shown.out;
  }

  CliSandbox sandbox_;
};

TEST_F(LoadtestInit, ACurlCommandBecomesTheOrderWithoutItsSecrets) {
  sandbox_.variables["AUTHORIZATION"] = "t";
  const CommandResult done =
      init({"--curl",
            "curl -sS -XPOST 'http://127.0.0.1:8085/orders?x=1' \\\n -H 'Authorization: Bearer abc.def' -H "
            "\"Idempotency-Key: 1\" "
            "--data-raw $'{\"sku\":\"it\\'s\",\"n\":2}' -H 'Content-Type: application/json' -b 'sid=secret'"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("wrote profile.toml"));
  EXPECT_THAT(done.out, HasSubstr("AUTHORIZATION"));
  const std::string file = sandbox_.read("profile.toml");
  EXPECT_THAT(file, Not(HasSubstr("abc.def")));
  EXPECT_THAT(file, Not(HasSubstr("sid=secret")));
  EXPECT_THAT(file, HasSubstr("cookies = \"user\""));
  EXPECT_THAT(file, HasSubstr("--url http://127.0.0.1:8085"));
  const std::string request = sent_with("profile.toml");
  EXPECT_THAT(request, HasSubstr("POST /orders?x=1 HTTP/1.1"));
  EXPECT_THAT(request, HasSubstr("Idempotency-Key: LT-example-S-00000000"));
  EXPECT_THAT(request, HasSubstr("{\"sku\":\"it's\",\"n\":2}"));
}

TEST_F(LoadtestInit, ARecordingBecomesAJourney) {
  sandbox_.write("recorded.har", R"({"log":{"entries":[
    {"request":{"method":"GET","url":"http://h/app.js","headers":[]},"response":{"status":200,"content":{"mimeType":"text/javascript"}}},
    {"request":{"method":"POST","url":"http://h/login","headers":[{"name":":authority","value":"h"}],"postData":{"text":"{}"}},"response":{"status":200,"content":{}}},
    {"request":{"method":"POST","url":"http://h/orders","headers":[{"name":"X-Csrf-Token","value":"s3cret"}],"postData":{"text":"{\"query\":\"{order}\"}"}},
     "response":{"status":201,"headers":[],"content":{"mimeType":"application/json","text":"{\"data\":{\"orderId\":17}}"}}},
    {"request":{"method":"GET","url":"http://h/orders/17","headers":[]},"response":{"status":200,"content":{"mimeType":"application/json"}}}]}})");
  sandbox_.variables["X_CSRF_TOKEN"] = "t";
  const CommandResult done = init({"--har", "recorded.har", "--out", "shop.toml"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string file = sandbox_.read("shop.toml");
  EXPECT_THAT(file, HasSubstr("order = \"/data/orderId\""));
  EXPECT_THAT(file, Not(HasSubstr("s3cret")));
  const std::string sent = sent_with("shop.toml");
  const std::size_t login = sent.find("POST /login"), order = sent.find("POST /orders"),
                    look = sent.find("GET /orders/17");
  EXPECT_LT(login, order);
  EXPECT_LT(order, look);
  EXPECT_NE(look, std::string::npos);
  EXPECT_THAT(sent, Not(HasSubstr("app.js")));
}

TEST_F(LoadtestInit, AnOpenApiDescriptionInJsonOrYamlGivesTheOrdersOperation) {
  const std::string yaml = R"(openapi: 3.1.0
servers: [{url: "http://127.0.0.1:8085/v1"}]
paths:
  /customers: {post: {responses: {"201": {description: made}}}}
  /orders/{id}/payment: {post: {responses: {}}}
  /orders:
    post:
      parameters: [{name: Idempotency-Key, in: header, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
      responses: {"202": {description: accepted, content: {application/json: {schema: {type: object, properties: {order: {type: object, properties: {id: {type: string, format: uuid}}}}}}}}}
components: {schemas: {Order: {type: object, properties: {sku: {type: string, example: A-1}, lines: {type: array, items: {type: integer, minimum: 3}}, self: {$ref: "#/components/schemas/Order"}}}}}
)";
  ScriptedServer server([&](const Received&) { return answer(200, yaml); });
  const CommandResult done = init({"--openapi", server.url() + "/openapi.yaml", "--out", "shop.toml"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string file = sandbox_.read("shop.toml");
  EXPECT_THAT(file, HasSubstr("order = \"/order/id\""));
  EXPECT_THAT(file, HasSubstr("accepted = [202]"));
  const std::string sent = sent_with("shop.toml");
  EXPECT_THAT(sent, HasSubstr("POST /orders HTTP/1.1"));
  EXPECT_THAT(sent, HasSubstr("Idempotency-Key: LT-example-S-00000000"));
  EXPECT_THAT(sent, HasSubstr(R"({"sku":"A-1","lines":[3],)"));
  EXPECT_THAT(file, HasSubstr("--url http://127.0.0.1:8085/v1"));
}

TEST_F(LoadtestInit, APostmanCollectionIsReadWithItsFoldersAndVariables) {
  sandbox_.write("collection.json",
                 R"({"info":{},"variable":[{"key":"base","value":"http://h:1"}],"item":[{"name":"folder","item":[
    {"name":"place","request":{"method":"POST","url":{"raw":"{{base}}/orders"},"header":[{"key":"X","value":"{{who}}"}],"body":{"mode":"raw","raw":"{}"}}},
    {"name":"pay","request":{"method":"POST","url":"{{other}}/pay","body":{"mode":"urlencoded","urlencoded":[{"key":"a b","value":"1&2"}]}}},
    {"name":"look","request":"http://h:1/look"}]}]})");
  sandbox_.variables["who"] = "me";
  const CommandResult done = init({"--postman", "collection.json", "--out", "shop.toml"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("the environment variable who"));
  const std::string sent = sent_with("shop.toml");
  for (const char* part :
       {"POST /orders", "X: {env:who}", "# step 'pay'\nPOST /pay", "a%20b=1%262", "# step 'look'\nGET /look"})
    EXPECT_THAT(sent, HasSubstr(part));
}

TEST_F(LoadtestInit, AFileThatExistsIsReplacedOnlyWhenAsked) {
  sandbox_.write("profile.toml", "mine");
  const std::string curl = "curl -d x=1 http://h/orders";
  const CommandResult refused = init({"--curl", curl});
  EXPECT_EQ(refused.code, 4);
  EXPECT_THAT(refused.err, HasSubstr("profile.toml exists: give another name with --out, or --overwrite"));
  EXPECT_EQ(sandbox_.read("profile.toml"), "mine");
  const CommandResult replaced = init({"--curl", curl, "--overwrite"});
  EXPECT_EQ(replaced.code, 0);
  EXPECT_THAT(replaced.out, HasSubstr("replaced profile.toml"));
  EXPECT_THAT(sent_with("profile.toml"), HasSubstr("x=1"));
}

TEST_F(LoadtestInit, WhatCannotBeReadIsRefusedWithAReason) {
  sandbox_.write("list.json", "[1]");
  sandbox_.write("wrong.json", R"({"paths":{"/orders":{"post":{"operationId":3}}}})");
  sandbox_.write("gets.har", R"({"log":{"entries":[{"request":{"method":"GET","url":"http://h/"},"response":{}}]}})");
  const std::pair<std::vector<std::string>, const char*> rows[] = {
      {{}, "one of --openapi, --curl, --har and --postman is required"},
      {{"--har", "a", "--curl", "b"}, "one of --openapi, --curl, --har and --postman is required"},
      {{"--har", "none.har"}, "--har: cannot read none.har"},
      {{"--har", "list.json"}, "list.json: this is not an HTTP Archive"},
      {{"--har", "gets.har"}, "no POST or PUT in it"},
      {{"--postman", "list.json"}, "this is not a Postman collection"},
      {{"--openapi", "list.json"}, "this is not an OpenAPI description"},
      {{"--openapi", "wrong.json"}, "wrong.json"},
      {{"--curl", "curl 'http://h"}, "the quote ' has no end"},
      {{"--curl", "curl -F a=b http://h"}, "curl's option -F is not known here"},
      {{"--curl", "curl -d x"}, "names no address"},
  };
  for (const auto& [arguments, said] : rows) {
    const CommandResult refused = init(arguments);
    EXPECT_EQ(refused.code, 4) << said;
    EXPECT_THAT(refused.err, HasSubstr(said));
  }
}

}  // namespace
}  // namespace sagactl
