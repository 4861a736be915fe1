// Nodes, participants, stock and reports; and a node without Kafka.
#include <gmock/gmock.h>

#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class Cluster : public OwnSagas {
 protected:
  Json get(const std::string& path) { return admin.get(path)->json().value(); }
};

TEST_F(Cluster, ListsNodesWithTheirLeases) {
  const Json body = get("/nodes");
  ASSERT_EQ(body["nodes"].size(), 1u);
  EXPECT_EQ(body["nodes"][0]["name"], "node-1");
  EXPECT_EQ(body["nodes"][0]["isLive"], true);
  EXPECT_EQ(body["nodes"][0]["isThis"], true);
  EXPECT_EQ(body["nodes"][0]["epoch"], 1);
}

TEST_F(Cluster, ListsTheParticipantsThatWereCalled) {
  EXPECT_EQ(get("/participants"), (Json{{"nodeId", "node-1"}, {"participants", Json::array()}}));
  ASSERT_EQ(publish(trip()).status, 201);
  ASSERT_EQ(start(Json{{"guest", "Ada"}}, {{"Prefer", "wait=20"}}).status, 201);
  const Json called = get("/participants")["participants"];
  ASSERT_EQ(called.size(), 1u);
  EXPECT_EQ(called[0]["definition"], "trip");
  EXPECT_EQ(called[0]["participant"], "shop");
  EXPECT_EQ(called[0]["calls"], 3);
  EXPECT_EQ(called[0]["isOpen"], false);
}

TEST_F(Cluster, ListsStockOfAKind) {
  ASSERT_EQ(admin.post("/api/inventory/initialize", Json::object())->status, 200);
  const Json first = get("/stock?kind=product&limit=2");
  ASSERT_EQ(first["stocks"].size(), 2u);
  EXPECT_EQ(first["stocks"][0]["id"], "PROD001");
  EXPECT_EQ(first["stocks"][0]["available"], 50);
  EXPECT_EQ(first["next"], "PROD002");
  EXPECT_EQ(get("/stock?kind=product&after=PROD004")["stocks"].size(), 1u);
  EXPECT_EQ(get("/stock?kind=item")["stocks"], Json::array());
  EXPECT_THAT(admin.get("/stock")->body, HasSubstr("kind must be given: product, item, balance or slots"));
  EXPECT_THAT(admin.get("/stock?kind=x")->body, HasSubstr("kind must be one of the following values"));
}

TEST_F(Cluster, WithoutKafkaThereIsNothingToLookAt) {
  for (const char* path : {"/kafka/topics", "/kafka/groups", "/kafka/topics/t/messages", "/dead-letters?topic=t"}) {
    const HttpResponse answer = admin.get(path).value();
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.json().value()["code"], "NO_KAFKA") << path;
    EXPECT_EQ(answer.json().value()["detail"], "this node has no Kafka: start it with --kafka host:port");
  }
  EXPECT_THAT(admin.get("/kafka/topics/t/messages?before=1")->body, HasSubstr("before needs partition"));
  EXPECT_THAT(admin.get("/kafka/topics/t/messages?limit=101")->body, HasSubstr("limit must not be greater than 100"));
  EXPECT_THAT(admin.get("/dead-letters")->body, HasSubstr("topic must be given: whose dead letters to list"));
  for (const Json& body : {Json{{"topic", "t"}}, Json{{"topic", "t"}, {"all", true}, {"ids", {"0:1"}}}})
    EXPECT_THAT(admin.post("/dead-letters/discard", body)->body, HasSubstr("ids or all must be given, and not both"));
}

TEST_F(Cluster, KeepsTheNewestReportsOfLoadTests) {
  const Json result{{"end", "passed"}, {"command", "sagactl loadtest mixed"}, {"requests", {{"sent", 12}}}};
  const HttpResponse kept = admin.post("/reports?name=before%20the%20change", result).value();
  ASSERT_EQ(kept.status, 201) << kept.body;
  const std::string id = kept.json().value()["id"];
  EXPECT_EQ(kept.header("Location"), "/reports/" + id);
  EXPECT_EQ(get("/reports/" + id), result);
  const Json entry = get("/reports")["reports"][0];
  EXPECT_EQ(entry["name"], "before the change");
  EXPECT_EQ(entry["by"], "operator@localhost");
  EXPECT_EQ(entry["summary"]["requests"]["sent"], 12);
  for (int i = 0; i < 50; ++i) ASSERT_EQ(admin.post("/reports", result)->status, 201);
  EXPECT_EQ(get("/reports")["reports"].size(), 50u);
  EXPECT_EQ(admin.get("/reports/" + id)->status, 404) << "the oldest made room";
  const std::string newest = get("/reports")["reports"][0]["id"];
  EXPECT_EQ(admin.del("/reports/" + newest)->status, 200);
  EXPECT_EQ(admin.del("/reports/" + newest)->status, 404);
  EXPECT_EQ(get("/reports")["reports"].size(), 49u);
  EXPECT_EQ(admin.send({"POST", "/reports", "[1]", {}})->status, 400);
  const Json large{{"text", std::string((std::size_t{1} << 20) + 1, 'x')}};
  EXPECT_EQ(admin.post("/reports", large)->status, 413);
}

}  // namespace
}  // namespace sagactl::test
