// The OpenAPI document against the routes and against itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "common/text/percent.hpp"
#include "server/api/openapi.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/api/support/fake_participant.hpp"
#include "tests/api/support/schema.hpp"

namespace sagactl::test {
namespace {

class OpenApi : public testing::Test {
 protected:
  Json document() { return node.client().get("/api-json")->json().value(); }

  static std::set<std::string> operations_of(const Json& document) {
    std::set<std::string> all;
    for (const auto& [path, methods] : document["paths"].items())
      for (const auto& [method, operation] : methods.items()) {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        all.insert(upper + " " + path);
      }
    return all;
  }

  // Calls `visit` with everything in the document that may be a schema, and its path.
  template <class Visit>
  static void for_each_schema(const Json& json, const std::string& at, const Visit& visit) {
    if (json.is_object()) visit(json, at);
    if (json.is_object() || json.is_array())
      for (const auto& [name, member] : json.items())
        if (name != "example") for_each_schema(member, at + "/" + name, visit);
  }

  // An answer that has no end.
  static bool is_stream(const std::string& path) { return path == "/events" || path == "/ui/live"; }

  ApiNode node;
};

TEST_F(OpenApi, IsTheSameUnderBothNames) {
  EXPECT_EQ(node.client().get("/api-json")->body, node.client().get("/api/docs-json")->body);
  EXPECT_EQ(document()["openapi"], "3.1.0");
}

TEST_F(OpenApi, DescribesEveryRouteInDetailAndNoOther) {
  std::set<std::string> described;
  const Json details = api::openapi_details();
  for (const auto& [operation, detail] : details["operations"].items()) described.insert(operation);
  EXPECT_EQ(described, operations_of(document()));
}

TEST_F(OpenApi, EveryReferenceExists) {
  const Json all = document();
  const std::string text = all.dump();
  const std::regex reference(R"re("\$ref":"#/components/schemas/([^"]+)")re");
  std::size_t count = 0;
  for (std::sregex_iterator it(text.begin(), text.end(), reference), end; it != end; ++it, ++count)
    EXPECT_TRUE(all["components"]["schemas"].contains((*it)[1])) << (*it)[1];
  EXPECT_GT(count, 50u);
}

TEST_F(OpenApi, EveryOperationHasItsOwnIdAndItsPathsParameters) {
  std::set<std::string> ids;
  const Json all = document();
  for (const auto& [path, methods] : all["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(ids.insert(operation["operationId"]).second) << operation["operationId"];
      std::size_t in_path = 0;
      if (operation.contains("parameters"))
        for (const Json& parameter : operation["parameters"])
          if (parameter["in"] == "path") {
            ++in_path;
            EXPECT_NE(path.find("{" + parameter["name"].get<std::string>() + "}"), path.npos) << path;
          }
      EXPECT_EQ(in_path, static_cast<std::size_t>(std::count(path.begin(), path.end(), '{'))) << path;
    }
}

TEST_F(OpenApi, ARouteForUsersNeedsATokenAsDocumented) {
  const Json all = document();
  for (const auto& [path, methods] : all["paths"].items()) {
    if (path.find('{') != path.npos || !methods.contains("get") || is_stream(path)) continue;
    // Without security, or with an empty one among others, no token is needed.
    const Json security = methods["get"].value("security", Json::array());
    const bool asks =
        !security.empty() && std::find(security.begin(), security.end(), Json::object()) == security.end();
    EXPECT_EQ(node.client().get(path)->status == 401, asks) << path;
  }
}

// All members of answers are in their schemas.
TEST_F(OpenApi, DescribesTheMembersOfAnswers) {
  HttpClient customer = node.customer();
  const std::string id = node.place_and_await(customer, "p");
  const Json schemas = document()["components"]["schemas"];
  const std::vector<std::pair<std::string, std::string>> answers = {
      {"/orders", "OrderPage"},
      {"/sagas/" + id, "Saga"},
      {"/sagas", "SagaPage"},
      {"/trace/correlation/" + id, "Trace"},
      {"/trace/order/" + id, "OrderTrace"},
      {"/trace/events", "LatestEvents"},
      {"/auth/profile", "Profile"},
      {"/health/detailed", "Health"},
  };
  for (const auto& [path, schema] : answers) {
    const Json body = customer.get(path)->json().value();
    for (const auto& [name, value] : body.items())
      EXPECT_TRUE(schemas[schema]["properties"].contains(name)) << path << " has " << name;
    for (const Json& name : schemas[schema]["required"])
      EXPECT_TRUE(body.contains(name.get<std::string>())) << path << " lacks " << name;
  }
}

// Generators build names from the letters and digits of parameters, need a type, and reject a choice of types.
TEST_F(OpenApi, IsFitForClientGenerators) {
  const Json all = document();
  for (const auto& [path, methods] : all["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      std::set<std::string> names;
      for (const Json& parameter : operation.value("parameters", Json::array())) {
        std::string name;
        for (const char c : parameter["name"].get<std::string>())
          if (std::isalnum(static_cast<unsigned char>(c))) name += static_cast<char>(std::tolower(c));
        EXPECT_TRUE(names.insert(name).second) << method << ' ' << path << " has two parameters " << name;
      }
    }
  for_each_schema(all, "", [](const Json& schema, const std::string& at) {
    EXPECT_TRUE(!schema.contains("enum") || schema.contains("type")) << at << " has an enum of no type";
    EXPECT_FALSE(schema.contains("multipleOf")) << at << ": 19.99 is no multiple of 0.01 in binary";
    if (!schema.contains("type") || !schema["type"].is_array()) return;
    EXPECT_EQ(schema["type"].size(), 2u) << at;
    EXPECT_EQ(schema["type"].back(), "null") << at << " is of one type or null";
  });
}

TEST_F(OpenApi, HasSecurityAndATagForEveryOperation) {
  const Json all = document();
  EXPECT_EQ(all["servers"][0]["url"], "/");
  std::set<std::string> described, used;
  for (const Json& tag : all["tags"]) EXPECT_TRUE(described.insert(tag["name"]).second) << tag;
  for (const auto& [path, methods] : all["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      EXPECT_TRUE(operation.contains("security")) << method << ' ' << path;
      for (const Json& tag : operation["tags"]) used.insert(tag.get<std::string>());
      EXPECT_TRUE(operation["responses"].contains("400")) << method << ' ' << path;
      EXPECT_EQ(operation["responses"].contains("415"), operation.contains("requestBody")) << method << ' ' << path;
    }
  EXPECT_EQ(described, used);
}

// With an order, a checkout and a purchase, every GET answers as the document describes.
TEST_F(OpenApi, EveryGetAnswersAsDescribed) {
  HttpClient admin = node.admin();
  const std::string order = node.place_and_await(admin, "p");
  ASSERT_EQ(admin.post("/api/inventory/initialize", Json::object())->status, 200);
  ASSERT_EQ(admin.post("/purchase/setup-test-data", Json::object())->status, 201);
  const Json items = order_body("PROD001", 1, 1000)["items"];
  const auto place = [&](const char* path, const Json& body) {
    const Json placed = admin.post(path, body)->json().value();
    const std::string id = placed.contains("order") ? placed["order"]["orderId"] : placed["orderId"];
    node.await_end(id);
    return id;
  };
  const std::string checkout = place("/api/orchestrator/orders", Json{{"customerId", "C-1"}, {"items", items}});
  const std::string purchase =
      place("/purchase/orders", Json{{"userId", "user-1"}, {"itemId", "item-1"}, {"quantity", 1}});
  const FakeParticipant participant;
  const Json definition{
      {"saga", "trip"},
      {"participants", {{"hotel", {{"url", participant.url()}}}}},
      {"steps",
       Json::array({Json{{"name", "hotel"}, {"call", {{"post", "{hotel}/bookings"}}}, {"keep", {{"id", "/id"}}}},
                    Json{{"name", "approval"}, {"wait", {{"for", "24h"}}}}})}};
  ASSERT_EQ(admin.put("/sagas/definitions/trip", definition)->status, 201);
  const std::string own = admin.post("/sagas/definitions/trip/sagas", Json::object())->json().value()["id"];
  participant.await("POST /bookings");
  const std::string lra_id = admin.post("/lra-coordinator/start", Json::object())->json().value()["lraId"];
  const std::string lra = lra_id.substr(lra_id.rfind('/') + 1);
  const auto nested = admin.post("/lra-coordinator/start?ParentLRA=" + percent_encode(lra_id), Json::object());
  const std::string nested_id = nested->json().value()["lraId"];
  const std::string nested_lra = nested_id.substr(nested_id.rfind('/') + 1, 36);
  ASSERT_EQ(admin.send({"PUT", "/lra-coordinator/" + lra, participant.url(), {}})->status, 200);
  ASSERT_EQ(admin.del("/orders/" + order)->status, 200);
  const Json payment = admin.get("/api/payments/order/" + checkout)->json().value();

  const Json all = document();
  std::set<std::string> answered;
  const auto read = [&](const std::string& pattern, const std::string& path) {
    const Json& operation = all["paths"][pattern]["get"];
    const HttpResponse answer = admin.get(path).value();
    const std::string status = std::to_string(answer.status);
    ASSERT_TRUE(operation["responses"].contains(status)) << path << " answers " << status << answer.body;
    const Json& content = operation["responses"][status]["content"];
    answered.insert(pattern);
    if (content.contains("application/json"))
      for (const std::string& fault : schema_faults(all, content["application/json"]["schema"], answer.json().value()))
        ADD_FAILURE() << path << ": " << fault;
  };
  for (const std::string& id : {order, checkout, purchase}) {
    read("/orders/{id}", "/orders/" + id);
    read("/sagas/{id}", "/sagas/" + id);
    read("/sagas/correlation/{correlationId}", "/sagas/correlation/" + id);
    read("/saga/status/{correlationId}", "/saga/status/" + id);
    read("/trace/correlation/{correlationId}", "/trace/correlation/" + id);
    read("/trace/order/{orderId}", "/trace/order/" + id);
  }
  for (const char* pattern : {"/sagas/{id}", "/sagas/correlation/{correlationId}", "/saga/status/{correlationId}",
                              "/trace/correlation/{correlationId}", "/trace/order/{orderId}"}) {
    const std::string text = pattern;
    read(text, text.substr(0, text.find('{')) + own);
  }
  read("/sagas/{id}", "/sagas/" + lra);
  read("/trace/correlation/{correlationId}", "/trace/correlation/" + lra);
  read("/lra-coordinator/{id}", "/lra-coordinator/" + lra);
  read("/lra-coordinator/{id}/status", "/lra-coordinator/" + lra + "/status");
  read("/lra-coordinator/nested/{id}/status", "/lra-coordinator/nested/" + nested_lra + "/status");
  read("/lra-coordinator/recovery/{id}/{participant}", "/lra-coordinator/recovery/" + lra + "/01");
  EXPECT_EQ(admin.get("/orders/" + own)->status, 404);
  EXPECT_EQ(admin.del("/orders/" + own)->status, 404);
  for (const char* name : {"trip", "CheckoutSaga"}) {
    read("/sagas/definitions/{name}", "/sagas/definitions/" + std::string(name));
    read("/sagas/definitions/{name}/versions", "/sagas/definitions/" + std::string(name) + "/versions");
  }
  read("/api/orders/{orderId}", "/api/orders/" + checkout);
  read("/api/orchestrator/sagas/{sagaId}", "/api/orchestrator/sagas/SAGA-" + checkout);
  read("/api/orchestrator/sagas/order/{orderId}", "/api/orchestrator/sagas/order/" + checkout);
  read("/api/payments/order/{orderId}", "/api/payments/order/" + checkout);
  read("/api/payments/{paymentId}", "/api/payments/" + payment["paymentId"].get<std::string>());
  read("/api/reservations/order/{orderId}", "/api/reservations/order/" + checkout);
  read("/api/inventory/{productId}", "/api/inventory/PROD001");
  read("/purchase/orders/{orderId}", "/purchase/orders/" + purchase);
  for (const char* part : {"balance", "inventory", "orders"})
    for (const std::string surface : {"/purchase", ""})
      read(surface + "/user/{id}/" + part, surface + "/user/user-1/" + part);
  for (const char* status : {"completed", "compensated", "started"})
    read("/sagas/status/{status}", "/sagas/status/" + std::string(status));
  read("/locks/{key}", "/locks/some-key");
  read("/bulk/{id}", "/bulk/none");
  read("/bulk/{id}/results", "/bulk/none/results");
  read("/reports/{id}", "/reports/none");
  read("/kafka/topics/{topic}/messages", "/kafka/topics/some-topic/messages");
  read("/ui/{path}", "/ui/sagas/" + order);
  read("/shop/{path}", "/shop/orders");
  read("/ui/assets/{file}", "/ui/assets/none.js");
  read("/redis-test/lock-status/{key}", "/redis-test/lock-status/some-key");
  for (const auto& [pattern, methods] : all["paths"].items()) {
    if (!methods.contains("get") || is_stream(pattern)) continue;
    if (pattern.starts_with("/{secret}/")) continue;  // only of a node with that secret: DtmAccess
    if (pattern.find('{') == pattern.npos)
      read(pattern, pattern);
    else
      EXPECT_TRUE(answered.contains(pattern)) << pattern << " was not requested";
  }
}

TEST_F(OpenApi, ProgramsAreToldAtTheRootWhereItIs) {
  const auto root = [&](const char* accept) {
    return node.client().send({"GET", "/", "", {{"Accept", accept}}}).value();
  };
  for (const char* json :
       {"application/json", "application/json, text/plain, */*", "text/html;q=0.5, application/json"}) {
    const HttpResponse answer = root(json);
    ASSERT_TRUE(answer.header("Content-Type").starts_with("application/json")) << json;
    EXPECT_EQ(Json::parse(answer.body)["links"]["openapi"], "/api-json");
    EXPECT_EQ(answer.header("Vary"), "Accept");
  }
  for (const char* page : {"*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "text/html, application/json;q=0.9",
                           "application/json;q=0"})
    EXPECT_TRUE(root(page).header("Content-Type").starts_with("text/html")) << page;
}

TEST_F(OpenApi, ItsPageNeedsNoNetwork) {
  for (const char* path : {"/api", "/api/docs", "/"}) {
    const HttpResponse page = node.client().send({"GET", path, "", {{"Accept", "text/html"}}}).value();
    EXPECT_TRUE(page.header("Content-Type").starts_with("text/html")) << path;
    EXPECT_EQ(page.body.find("https://"), page.body.npos) << path;
    EXPECT_EQ(page.body.find("http://"), page.body.npos) << path;
  }
}

}  // namespace
}  // namespace sagactl::test
