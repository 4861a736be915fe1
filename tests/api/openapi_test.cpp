// The OpenAPI document against the routes and against itself.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>

#include "server/api/openapi.hpp"
#include "tests/api/test_node.hpp"

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

  TestNode node;
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

TEST_F(OpenApi, EveryReferenceLeadsSomewhere) {
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

TEST_F(OpenApi, ARouteForUsersAsksForATokenInTheDocumentAndInFact) {
  const Json all = document();
  for (const auto& [path, methods] : all["paths"].items()) {
    if (path.find('{') != path.npos || !methods.contains("get") || path == "/events") continue;
    // No security, or the empty one among others, lets in who shows no token.
    const Json security = methods["get"].value("security", Json::array());
    const bool asks =
        !security.empty() && std::find(security.begin(), security.end(), Json::object()) == security.end();
    EXPECT_EQ(node.client().get(path)->status == 401, asks) << path;
  }
}

// An answer's members are all in its schema: what is served is what is described.
TEST_F(OpenApi, DescribesTheMembersThatAreServed) {
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

TEST_F(OpenApi, ItsPageNeedsNoNetwork) {
  for (const char* path : {"/api", "/api/docs", "/"}) {
    const HttpResponse page = node.client().get(path).value();
    EXPECT_TRUE(page.header("Content-Type").starts_with("text/html")) << path;
    EXPECT_EQ(page.body.find("https://"), page.body.npos) << path;
    EXPECT_EQ(page.body.find("http://"), page.body.npos) << path;
  }
}

}  // namespace
}  // namespace sagactl::test
