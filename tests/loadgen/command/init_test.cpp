// `loadtest init`: what it writes can be tried at once, has no secret, and replaces nothing without being asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/httpclient/scripted_server.hpp"
#include "tests/loadgen/command/init_command.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class LoadtestInit : public InitCommand {};

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
  EXPECT_THAT(file, HasSubstr("--url http://127.0.0.1:8085"));
  EXPECT_THAT(file, HasSubstr("accepted = [201, 202]\nduplicate = [200, 409]\n")) << "which it was is not recorded";
  sandbox_.variables["SID"] = "s";
  const std::string request = sent_with("profile.toml");
  EXPECT_THAT(request, HasSubstr("Cookie: sid={env:SID}\r\n")) << "no log-in of the profile would set it";
  EXPECT_THAT(request, HasSubstr("POST /orders?x=1 HTTP/1.1"));
  EXPECT_THAT(request, HasSubstr("Idempotency-Key: LT-example-S-00000000"));
  EXPECT_THAT(request, HasSubstr("{\"sku\":\"it's\",\"n\":2}"));
}

TEST_F(LoadtestInit, AnAddressWithoutASchemeIsOneOfHttpAsForCurl) {
  const CommandResult done =
      init({"--curl", "curl kim:s3same@localhost:8090/orders -d '{\"requestId\":\"r-1\",\"n\":2}'"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("--url http://localhost:8090 --dry-run"));
  const std::string file = sandbox_.read("profile.toml");
  EXPECT_THAT(file, HasSubstr("path = \"/orders\""));
  EXPECT_THAT(file, HasSubstr(R"(body = '{"requestId":"{key}","n":2}')"));
  EXPECT_THAT(file, Not(HasSubstr("s3same")));
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
                    look = sent.find("GET /orders/{order}");
  EXPECT_LT(login, order);
  EXPECT_LT(order, look);
  EXPECT_NE(look, std::string::npos);
  EXPECT_THAT(sent, Not(HasSubstr("app.js")));
}

// A form's token against forged requests is another one for each journey, as are the cookies.
TEST_F(LoadtestInit, AFormsHiddenFieldIsKeptOfItsPageAndEachJourneyHasItsOwnCookies) {
  sandbox_.write("recorded.har", R"({"log":{"entries":[
    {"request":{"method":"GET","url":"http://h/login","headers":[]},
     "response":{"status":200,"headers":[{"name":"Set-Cookie","value":"sid=1"}],"content":{"mimeType":"text/html;charset=UTF-8",
       "text":"<meta name='csrf-token' content='m3ta&amp;x'><form><input name=\"_csrf\" type=\"hidden\" value=\"f0rm-1_A\" /></form>"}}},
    {"request":{"method":"POST","url":"http://h/login","headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],
                "postData":{"text":"user=ann&_csrf=f0rm-1_A&other_csrf=gone"}},
     "response":{"status":302,"content":{}}},
    {"request":{"method":"POST","url":"http://h/orders","headers":[{"name":"X-CSRF-TOKEN","value":"m3ta&x"}],"postData":{"text":"{}"}},
     "response":{"status":201,"content":{"text":"{\"id\":17}"}}}]}})");
  const CommandResult done = init({"--har", "recorded.har"});
  ASSERT_EQ(done.code, 0) << done.err;
  const std::string file = sandbox_.read("profile.toml");
  EXPECT_THAT(file, HasSubstr("cookies = \"journey\""));
  EXPECT_THAT(file, HasSubstr("keep = { csrf = { field = \"_csrf\" }, csrfToken = { field = \"csrf-token\" } }"));
  for (const char* secret : {"f0rm", "m3ta", "gone"}) EXPECT_THAT(file, Not(HasSubstr(secret)));
  sandbox_.variables["OTHER_CSRF"] = "x";
  const std::string sent = sent_with("profile.toml");
  EXPECT_THAT(sent, HasSubstr("user=ann&_csrf={csrf}&other_csrf={env:OTHER_CSRF}"));
  EXPECT_THAT(sent, HasSubstr("X-CSRF-TOKEN: {csrfToken}"));
}

// The ids that a recording has are those of one journey: every other gets its own.
TEST_F(LoadtestInit, ValuesOfEarlierAnswersAreKeptWhereTheyAreGivenAndSecretsAreNotWritten) {
  sandbox_.write("recorded.har", R"({"log":{"entries":[
    {"request":{"method":"POST","url":"http://h/login?apiKey=hush","headers":[{"name":"Content-Type","value":"application/json"}],
                "postData":{"text":"{ \"user\": \"kim\", \"password\": \"s3same!\" }"}},
     "response":{"status":200,"content":{"text":"{\"access_token\":\"ey.J0.abc123\"}"}}},
    {"request":{"method":"POST","url":"http://h/carts","headers":[{"name":"Authorization","value":"Bearer ey.J0.abc123"}]},
     "response":{"status":201,"content":{"text":"{\"cart\":{\"id\":7},\"count\":1}"}}},
    {"request":{"method":"POST","url":"http://h/carts/7/items","headers":[],"postData":{"text":"{\"count\":7,\"cartId\":7}"}},
     "response":{"status":201,"content":{"text":"{}"}}},
    {"request":{"method":"POST","url":"http://h/orders?cartId=7","headers":[{"name":"Authorization","value":"Bearer ey.J0.abc123"}],
                "postData":{"text":"{\"cart\":{\"id\":7}}"}},
     "response":{"status":201,"content":{"text":"{\"id\":\"o-2024-000017\",\"payment\":{\"reference\":\"p 1\"}}"}}},
    {"request":{"method":"POST","url":"http://h/orders/o-2024-000017/payment","headers":[],
                "postData":{"text":"{\"reference\":\"p 1\",\"cvc\":\"123\"}"}},
     "response":{"status":200,"content":{}}}]}})");
  const CommandResult done = init({"--har", "recorded.har", "--out", "shop.toml"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("request 4 of 5, POST /orders, is taken as the one that creates the order; --request "
                                  "takes another: 1 POST /login, 2 POST /carts, 3 POST /carts/7/items"));
  EXPECT_THAT(done.out,
              HasSubstr("the environment variable PASSWORD: the member password of POST /login, which is not"));
  const std::string file = sandbox_.read("shop.toml");
  for (const char* secret : {"s3same", "hush", "ey.J0", "123\""}) EXPECT_THAT(file, Not(HasSubstr(secret)));
  for (const char* variable : {"PASSWORD", "API_KEY", "CVC"}) sandbox_.variables[variable] = "x";
  const std::string sent = sent_with("shop.toml");
  for (const char* part :
       {"POST /login?apiKey={env:API_KEY}", R"({ "user": "kim", "password": "{env:PASSWORD}" })",
        "Authorization: Bearer {accessToken}", "POST /carts/{keptId}/items", R"({"count":7,"cartId":{keptId}})",
        "POST /orders?cartId={keptId}", R"({"cart":{"id":{keptId}}})", "POST /orders/{order}/payment",
        R"({"reference":"{reference}","cvc":"{env:CVC}"})", "# step 'POST /orders/{order}/payment'"})
    EXPECT_THAT(sent, HasSubstr(part));
}

TEST_F(LoadtestInit, TheRequestThatCreatesTheOrderIsTheOneMostLikeItOrTheOneThatIsNamed) {
  const auto item = [](const char* name, const char* url) {
    return Json{{"name", name}, {"request", {{"method", "POST"}, {"url", std::string("http://h") + url}}}};
  };
  const auto created_by = [&](const Json& items, std::vector<std::string> more) {
    sandbox_.write("c.json", Json{{"item", items}}.dump());
    more.insert(more.begin(), {"--postman", "c.json", "--overwrite"});
    const CommandResult done = init(more);
    if (done.code != 0) return done.err;
    const std::string file = sandbox_.read("profile.toml");
    const std::size_t path = file.find("path = ", file.find("[create]"));
    return file.substr(path + 8, file.find('"', path + 8) - path - 8);
  };
  const Json shop = Json::array({item("log in", "/auth/login"), item("fill", "/cart"), item("buy", "/checkout"),
                                 item("pay", "/orders/17/payment"), item("undo", "/orders/17/cancel")});
  EXPECT_EQ(created_by(shop, {}), "/checkout");
  EXPECT_EQ(created_by(Json::array({item("a", "/login"), item("b", "/x"), item("c", "/y"), item("d", "/token")}), {}),
            "/y")
      << "the last one that is no log-in";
  EXPECT_EQ(created_by(shop, {"--request", "2"}), "/cart");
  EXPECT_EQ(created_by(shop, {"--request", "pay"}), "/orders/17/payment");
  EXPECT_EQ(created_by(shop, {"--request", "POST /cart"}), "/cart");
  EXPECT_THAT(created_by(shop, {"--request", "bye"}),
              HasSubstr("--request: there is no POST or PUT 'bye'; there are 1 log in (POST /auth/login), 2 fill"));
  EXPECT_THAT(created_by(shop, {"--request", "9"}), HasSubstr("there is no POST or PUT '9'"));
}

TEST_F(LoadtestInit, OptionsOfCurlBecomeFlagsOrAreSaidToBeLeftOut) {
  const CommandResult done = init({"--curl",
                                   "curl -sSk --compressed --cacert ca.pem -m 20 -L --retry 3 -u kim:s3same "
                                   "-x http://ann:t0p@proxy:3128 -d x=1 https://h/orders"});
  ASSERT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, HasSubstr("then: sagactl loadtest individual --profile profile.toml --url https://h --insecure "
                                  "--compressed --ca-file ca.pem --timeout 20s --proxy proxy:3128 --dry-run"));
  EXPECT_THAT(done.out, HasSubstr("curl's --retry was left out"));
  EXPECT_THAT(done.out, HasSubstr("curl's -L: redirections are not followed"));
  EXPECT_THAT(done.out, HasSubstr("the environment variable PASSWORD"));
  const std::string file = sandbox_.read("profile.toml");
  EXPECT_THAT(file, HasSubstr("[log_in]\nbasic = { user = \"kim\", password = \"{env:PASSWORD}\" }"));
  EXPECT_THAT(file, Not(HasSubstr("s3same")));
  EXPECT_THAT(file, Not(HasSubstr("t0p")));
  sandbox_.variables["PASSWORD"] = "x";
  EXPECT_THAT(sent_with("profile.toml"), HasSubstr("POST /orders"));
  ASSERT_EQ(init({"--overwrite", "--curl", "curl -d x=1 https://kim:s3same@h/orders"}).code, 0);
  EXPECT_THAT(sandbox_.read("profile.toml"), Not(HasSubstr("s3same")));
  EXPECT_THAT(sandbox_.read("profile.toml"), HasSubstr("--url https://h --dry-run"));
}

TEST_F(LoadtestInit, AFormOfCurlHasItsPartsFilesAndTypes) {
  sandbox_.write("photo.png", "PNG");
  sandbox_.write("note.txt", "thank {you}\n");
  const std::string file =
      profile_by({"--curl",
                  "curl -H 'Content-Type: multipart/form-data' -F 'sku=A-1;type=text/plain' -F empty= -F "
                  "'photo=@photo.png;type=image/png' -F 'note=<note.txt' --form-string 'mark=@;<' -F password=s3same "
                  "-F request_id=17 -F sku=B-2 http://h/orders"});
  EXPECT_THAT(file, Not(HasSubstr("s3same")));
  for (const char* said : {"the part sku is sent without its type text/plain", "a second part sku of POST /orders",
                           "the file photo.png, which is read from beside the profile", "PASSWORD: the part password"})
    EXPECT_THAT(said_, HasSubstr(said));
  sandbox_.variables["PASSWORD"] = "x";
  const std::string sent = sent_with();
  EXPECT_THAT(sent, HasSubstr("POST /orders HTTP/1.1"));
  EXPECT_THAT(sent, HasSubstr("Content-Type: multipart/form-data; boundary="));
  for (const char* part :
       {"name=\"sku\"\r\n\r\nA-1\r\n", "name=\"empty\"\r\n\r\n\r\n",
        "name=\"photo\"; filename=\"photo.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n",
        "name=\"note\"\r\n\r\nthank { you}\n\r\n", "name=\"mark\"\r\n\r\n@;<\r\n",
        "name=\"password\"\r\n\r\n{env:PASSWORD}\r\n", "name=\"request_id\"\r\n\r\nLT-example-S-00000000\r\n"})
    EXPECT_THAT(sent, HasSubstr(part));
}

TEST_F(LoadtestInit, TheDataOfCurlIsThatWhichCurlWouldSend) {
  sandbox_.write("order.json", "{\"sku\":\n\"A-1\"}\n");
  struct Row {
    const char* options;
    std::vector<const char*> sent;
  };
  for (const Row& row : {
           Row{"-d @order.json", {"\r\n\r\n{\"sku\":\"A-1\"}\n", "application/x-www-form-urlencoded\r\n"}},
           Row{"--json @order.json", {"\r\n\r\n{\"sku\":\n\"A-1\"}\n", "Content-Type: application/json\r\n"}},
           Row{"--json '{\"a\":1,' --json '\"b\":2}'", {"\r\n\r\n{\"a\":1,\"b\":2}\n"}},
           Row{"--data-urlencode 'note=a b&c' --data-urlencode =x/y -d z=1", {"\r\n\r\nnote=a%20b%26c&x%2Fy&z=1\n"}},
           Row{"-G -X POST -d a=1 --data-urlencode 'b=2 3'", {"POST /orders?x=1&a=1&b=2%203 HTTP/1.1\r\n"}},
           Row{"--url-query 'a=1 2' -d b=3", {"POST /orders?x=1&a=1%202 HTTP/1.1\r\n", "\r\n\r\nb=3\n"}},
           Row{"-d idempotency_key=17 -d token=s3same",
               {"\r\n\r\nidempotency_key=LT-example-S-00000000&token={env:TOKEN}\n"}},
           Row{"--oauth2-bearer s3same -d x=1", {"Authorization: Bearer {env:AUTHORIZATION}\r\n"}},
           Row{"-b a=s3same -b 'b_id=s3same' -c jar -d x=1", {"Cookie: a={env:A}; b_id={env:B_ID}\r\n"}},
       }) {
    for (const char* variable : {"TOKEN", "AUTHORIZATION", "A", "B_ID"}) sandbox_.variables[variable] = "x";
    const std::string file = profile_by({"--curl", std::string("curl ") + row.options + " 'http://h/orders?x=1'"});
    EXPECT_THAT(file, Not(HasSubstr("s3same"))) << row.options;
    for (const char* part : row.sent) EXPECT_THAT(sent_with(), HasSubstr(part)) << row.options;
  }
  EXPECT_THAT(profile_by({"--curl", "curl -d @none.json http://h/orders"}), HasSubstr("body = \"{file:none.json}\""));
  EXPECT_THAT(said_, HasSubstr("the file none.json, which cannot be read here: put it beside the profile"));
}

TEST_F(LoadtestInit, FormsWithFilesOfOtherRecordingsAreTakenOverToo) {
  sandbox_.write("photo.png", "PNG");
  sandbox_.write("recorded.har", R"({"log":{"entries":[{"request":{"method":"POST","url":"http://h/orders",
    "headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=x"}],
    "postData":{"mimeType":"multipart/form-data; boundary=x","text":"--x...",
      "params":[{"name":"sku","value":"A-1"},{"name":"photo","fileName":"photo.png","contentType":"image/png"}]}},
    "response":{"status":201,"content":{}}}]}})");
  sandbox_.write("c.json", R"({"item":[{"name":"place","request":{"method":"POST","url":"http://h/orders","body":{
    "mode":"formdata","formdata":[{"key":"sku","value":"A-1","type":"text"},{"key":"old","value":"x","disabled":true},
      {"key":"photo","type":"file","src":"photo.png","contentType":"image/png"}]}}}]})");
  for (const auto& source : {std::vector<std::string>{"--har", "recorded.har"}, {"--postman", "c.json"}}) {
    EXPECT_THAT(profile_by(source), Not(HasSubstr("old"))) << source[0];
    const std::string sent = sent_with();
    EXPECT_THAT(sent, HasSubstr("name=\"sku\"\r\n\r\nA-1\r\n")) << source[0];
    EXPECT_THAT(sent, HasSubstr("filename=\"photo.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n")) << source[0];
    EXPECT_THAT(sent, Not(HasSubstr("boundary=x"))) << source[0];
  }
}

TEST_F(LoadtestInit, TheAuthorizationOfAPostmanCollectionIsSentAndNotWritten) {
  sandbox_.write("c.json", R"({"auth":{"type":"bearer","bearer":[{"key":"token","value":"t0p"}]},"item":[
    {"name":"place","request":{"method":"POST","url":"http://h/orders"},"response":[{"code":202,"body":"{\"number\":\"N-1\"}"}]}]})");
  ASSERT_EQ(init({"--postman", "c.json"}).code, 0);
  const std::string file = sandbox_.read("profile.toml");
  EXPECT_THAT(file, HasSubstr("Bearer {env:AUTHORIZATION}"));
  EXPECT_THAT(file, Not(HasSubstr("t0p")));
  EXPECT_THAT(file, HasSubstr("order = \"/number\""));
  EXPECT_THAT(file, HasSubstr("accepted = [202]"));
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
  EXPECT_THAT(sent, HasSubstr(R"({"sku":"A-1","lines":[3]})"));
  EXPECT_THAT(file, HasSubstr("--url http://127.0.0.1:8085/v1"));
  EXPECT_THAT(file, Not(HasSubstr("/customers"))) << "an operation of its own, not a step";
  EXPECT_THAT(done.out, HasSubstr("--request takes another: 1 POST /customers, 2 POST /orders/{id}/payment"));
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

TEST_F(LoadtestInit, ItsHelpHasItsOwnExamplesAlone) {
  const CommandResult help = init({"--help"});
  EXPECT_THAT(help.out, HasSubstr("sagactl loadtest init --har recorded.har"));
  EXPECT_THAT(help.out, Not(HasSubstr("sagactl loadtest mixed")));
}

TEST_F(LoadtestInit, ARequestIsShownWithoutTheRoomForItsLength) {
  ASSERT_EQ(init({"--curl", "curl -d x=1 http://h/orders"}).code, 0);
  EXPECT_THAT(sent_with("profile.toml"), HasSubstr("\r\nContent-Length: 3\r\n"));
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
  sandbox_.write("order.sh", "curl -d x=1 http://h/orders");
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
      {{"--curl", "curl --ntlm -d x http://h"}, "curl's option --ntlm is not known here"},
      {{"--curl", "curl -F a http://h"}, "'a' is not a part of a form: write name=text or name=@file"},
      {{"--curl", "curl -G -d a=b http://h"}, "no POST or PUT in it"},
      {{"--curl", "curl -d x"}, "names no address"},
      {{"--curl", "order.sh"}, "'order.sh' is a file; --curl takes the command itself: --curl \"$(cat order.sh)\""},
  };
  for (const auto& [arguments, said] : rows) {
    const CommandResult refused = init(arguments);
    EXPECT_EQ(refused.code, 4) << said;
    EXPECT_THAT(refused.err, HasSubstr(said));
  }
}

}  // namespace
}  // namespace sagactl
