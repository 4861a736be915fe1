// Starting sagas of users' definitions.
#include <gmock/gmock.h>

#include <future>
#include <set>

#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class StartSaga : public OwnSagas {
 protected:
  void SetUp() override { ASSERT_EQ(publish(trip()).status, 201); }
  const Json ada = Json{{"guest", "Ada"}, {"nights", 2}};
};

TEST_F(StartSaga, AnswersWithItsEndWhenTheClientWaits) {
  const HttpResponse ended = start(ada, {{"Prefer", "respond-async, wait=20"}});
  ASSERT_EQ(ended.status, 201) << ended.body;
  const Json saga = ended.json().value();
  EXPECT_EQ(saga["status"], "completed");
  EXPECT_EQ(saga["definition"], "trip");
  EXPECT_EQ(saga["definitionVersion"], 1);
  EXPECT_EQ(saga["input"], ada);
  EXPECT_EQ(saga["result"], (Json{{"hotel", {{"booking", "b-1"}}}}));
  EXPECT_FALSE(saga.contains("data"));
  EXPECT_EQ(saga["steps"][0]["kept"], (Json{{"booking", "b-1"}}));
  EXPECT_EQ(saga["steps"][2]["after"], Json::array({"hotel", "flight"}));
  EXPECT_EQ(ended.header("Location"), "/sagas/" + saga["id"].get<std::string>());
  const SeenCall mail = participant.await("POST /mails");
  EXPECT_EQ(Json::parse(mail.body), (Json{{"text", "booked b-1"}}));
  EXPECT_EQ(mail.headers.at("idempotency-key"), '"' + saga["id"].get<std::string>() + "/mail/do/1\"");
}

TEST_F(StartSaga, AnswersAtOnceOtherwise) {
  participant.answer("POST /seats", 503);
  const HttpResponse started = start(ada);
  ASSERT_EQ(started.status, 202) << started.body;
  const Json saga = started.json().value();
  EXPECT_EQ(saga["status"], "started");
  EXPECT_EQ(started.header("Location"), "/sagas/" + saga["id"].get<std::string>());
  EXPECT_EQ(saga["result"], nullptr);
  EXPECT_EQ(start(ada, {{"Prefer", "wait=1"}}).status, 202) << "it has not ended in that time";
  participant.answer("POST /seats", 200);
  await_saga(saga["id"], "status", "completed");
}

TEST_F(StartSaga, OncePerKeyAndInput) {
  const HttpResponse first = start(ada, {{"Idempotency-Key", "\"k-1\""}});
  ASSERT_EQ(first.status, 202) << first.body;
  const Json same = Json::parse(R"({"nights": 2.0, "guest": "Ada"})");
  const HttpResponse again = start(same, {{"Idempotency-Key", "k-1"}, {"Prefer", "wait=20"}});
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.json().value()["id"], first.json().value()["id"]);
  EXPECT_EQ(again.json().value()["status"], "completed");
  EXPECT_EQ(again.json().value()["key"], "k-1");
  const HttpResponse other = start(Json{{"guest", "Bob"}}, {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json().value()["code"], "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(other.json().value()["sagaId"], first.json().value()["id"]);
  EXPECT_EQ(participant.calls("POST /mails").size(), 1u);
}

// Orders and sagas claim their keys in one table. A customer who knew the name of a definition could take its keys.
TEST_F(StartSaga, AnOrdersKeyIsNoKeyOfASaga) {
  HttpClient customer = node.customer();
  const auto place = [&](const char* product, const char* key) {
    Json body = order_body(product);
    body["idempotencyKey"] = key;
    return customer.send(HttpRequest{"POST", "/orders", body.dump(), {}}).value();
  };
  ASSERT_EQ(place("A", "saga trip k-1").status, 201);
  EXPECT_EQ(start(ada, {{"Idempotency-Key", "k-1"}}).status, 202);
  EXPECT_EQ(start(ada, {{"Idempotency-Key", "k-2"}}).status, 202);
  EXPECT_EQ(place("B", "saga trip k-2").status, 201);
  EXPECT_EQ(place("C", "saga trip k-1").status, 409) << "it is still a key among orders";
  const HttpResponse found = node.admin().get("/sagas/correlation/saga%20trip%20k-2").value();
  EXPECT_EQ(found.json().value()["sagaType"], "OrderProcessingSaga") << found.body;
}

TEST_F(StartSaga, OncePerKeyAlsoWhenRequestsRace) {
  std::vector<std::future<HttpResponse>> racing;
  for (int i = 0; i < 8; ++i)
    racing.push_back(std::async(std::launch::async, [this] {
      HttpRequest request{"POST", "/sagas/definitions/trip/sagas", ada.dump(), {{"Idempotency-Key", "race"}}};
      return node.admin().send(request).value();
    }));
  std::set<std::string> ids;
  for (auto& each : racing) {
    const HttpResponse answer = each.get();
    EXPECT_TRUE(answer.status == 200 || answer.status == 202) << answer.body;
    ids.insert(answer.json().value()["id"]);
  }
  EXPECT_EQ(ids.size(), 1u);
  EXPECT_EQ(admin.get("/sagas?definition=trip")->json().value()["total"], 1);
}

TEST_F(StartSaga, AnInputThatTheSchemaRefusesIsToldWhere) {
  const HttpResponse refused = start(Json{{"nights", 0}});
  ASSERT_EQ(refused.status, 422) << refused.body;
  const Json problem = refused.json().value();
  EXPECT_EQ(problem["code"], "INPUT_INVALID");
  EXPECT_EQ(problem["errors"].size(), 2u) << problem.dump(2);
  EXPECT_THAT(problem["errors"].dump(), HasSubstr("/nights"));
  EXPECT_EQ(admin.get("/sagas?definition=trip")->json().value()["total"], 0);
}

TEST_F(StartSaga, NeedsADefinitionThatIsPublished) {
  const HttpResponse unknown = start(ada, {}, "tripp");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr("did you mean trip?"));
  const HttpResponse built_in = start(ada, {}, "CheckoutSaga");
  EXPECT_EQ(built_in.status, 409);
  EXPECT_THAT(built_in.body, HasSubstr("/sagas/definitions/CheckoutSaga/orders"));
}

TEST_F(StartSaga, AnInputHas64KilobytesAtMost) {
  EXPECT_EQ(start(Json{{"guest", std::string(64 * 1024, 'x')}}).status, 413);
  EXPECT_EQ(start(Json{{"guest", std::string(63 * 1024, 'x')}}).status, 202);
  HttpRequest broken{"POST", "/sagas/definitions/trip/sagas", "{", {}};
  EXPECT_EQ(admin.send(broken)->status, 400);
}

TEST_F(StartSaga, IsFoundByItsCorrelationAndItsTrace) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const HttpResponse started = start(ada, {{"X-Correlation-ID", "order-17"},
                                           {"traceparent", "00-" + trace + "-b7ad6b7169203331-01"},
                                           {"Prefer", "wait=20"}});
  ASSERT_EQ(started.status, 201) << started.body;
  EXPECT_EQ(started.header("X-Correlation-ID"), "order-17");
  const std::string id = started.json().value()["id"];
  for (const std::string& text : {std::string("order-17"), trace})
    EXPECT_EQ(admin.get("/sagas/correlation/" + text)->json().value()["id"], id) << text;
  EXPECT_THAT(participant.await("POST /seats").headers.at("traceparent"), HasSubstr(trace));
}

TEST_F(StartSaga, IsForMerchantsWhoSeeThemToo) {
  HttpClient merchant = node.client(merchant_token());
  HttpClient customer = node.customer();
  EXPECT_EQ(customer.post("/sagas/definitions/trip/sagas", ada)->status, 403);
  const HttpResponse started = merchant.post("/sagas/definitions/trip/sagas", ada).value();
  ASSERT_EQ(started.status, 202) << started.body;
  const std::string id = started.json().value()["id"];
  EXPECT_EQ(merchant.get("/sagas/" + id)->status, 200);
  EXPECT_EQ(merchant.get("/sagas?definition=trip")->json().value()["total"], 1);
  EXPECT_EQ(customer.get("/sagas/" + id)->status, 404);
  EXPECT_EQ(customer.get("/sagas?definition=trip")->json().value()["total"], 0);
  EXPECT_EQ(merchant.post("/sagas/" + id + "/cancel", Json::object())->status, 403);
}

}  // namespace
}  // namespace sagactl::test
