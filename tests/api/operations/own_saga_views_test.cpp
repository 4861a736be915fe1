// How lists, traces, reports and metrics show users' sagas.
#include <gmock/gmock.h>

#include <set>

#include "tests/api/support/own_sagas.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class OwnSagaViews : public OwnSagas {
 protected:
  std::string completed(const std::string& guest, const std::string& key = "") {
    std::vector<std::pair<std::string, std::string>> headers = {{"Prefer", "wait=20"}};
    if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
    const HttpResponse ended = start(Json{{"guest", guest}}, std::move(headers));
    EXPECT_EQ(ended.status, 201) << ended.body;
    return ended.json().value()["id"];
  }
  std::vector<std::string> ids(const std::string& query) {
    std::vector<std::string> found;
    const Json page = admin.get("/sagas?" + query)->json().value();
    for (const Json& each : page["sagas"]) found.push_back(each["id"]);
    return found;
  }
};

TEST_F(OwnSagaViews, ListsFindThemByWhatTheyAreAbout) {
  ASSERT_EQ(publish(trip()).status, 201);
  const std::string ada = completed("Ada", "k-ada"), bob = completed("Bob");
  ASSERT_EQ(publish(approved_trip()).status, 201);
  const std::string waiting = start(Json{{"guest", "Ada"}}).json().value()["id"];
  await_saga(waiting, "currentSteps", Json::array({"approval"}));
  HttpClient customer = node.customer();
  node.place_and_await(customer, "p");
  using List = std::vector<std::string>;
  EXPECT_EQ(ids("definition=trip"), (List{waiting, bob, ada}));
  EXPECT_EQ(ids("definition=trip&version=1"), (List{bob, ada}));
  EXPECT_EQ(ids("definition=trip&step=approval"), (List{waiting}));
  EXPECT_EQ(ids("definition=trip&key=k-ada"), (List{ada}));
  EXPECT_EQ(ids("definition=trip&input.guest=Ada"), (List{waiting, ada}));
  EXPECT_EQ(ids("definition=trip&status=completed"), (List{bob, ada}));
  EXPECT_EQ(ids("").size(), 4u);
  for (const char* path : {"/sagas/status/started", "/saga/active"}) {
    const Json list = admin.get(path)->json().value()["sagas"];
    ASSERT_EQ(list.size(), 1u) << path;
    EXPECT_EQ(list[0]["currentStep"], "approval") << path;
    EXPECT_FALSE(list[0].contains("data")) << path;
  }
}

TEST_F(OwnSagaViews, ATraceShowsEveryCall) {
  participant.answer("POST /mails", 422, R"({"reason":"no such address"})");
  ASSERT_EQ(publish(trip()).status, 201);
  const HttpResponse ended = start(Json{{"guest", "Ada"}}, {{"Prefer", "wait=20"}});
  ASSERT_EQ(ended.json().value()["status"], "compensated") << ended.body;
  const std::string id = ended.json().value()["id"];
  for (const char* kind : {"correlation", "order"}) {
    const Json trace = admin.get("/trace/" + std::string(kind) + "/" + id)->json().value();
    EXPECT_EQ(trace["order"], nullptr) << kind;
    const Json& calls = trace["calls"];
    ASSERT_EQ(calls.size(), 5u) << trace.dump(2);
    EXPECT_EQ(calls[2]["step"], "mail");
    EXPECT_EQ(calls[2]["request"]["url"], participant.url() + "/mails");
    EXPECT_EQ(calls[2]["request"]["method"], "POST");
    EXPECT_EQ(calls[2]["request"]["body"], (Json{{"text", "booked b-1"}}));
    EXPECT_EQ(calls[2]["outcome"], "refused");
    EXPECT_EQ(calls[2]["status"], 422);
    EXPECT_THAT(calls[2]["answer"].get<std::string>(), HasSubstr("no such address"));
    std::set<std::string> undone;
    for (const Json& call : {calls[3], calls[4]})
      if (call["direction"] == "undo") undone.insert(call["request"]["url"].get<std::string>());
    EXPECT_THAT(undone, testing::Contains(participant.url() + "/bookings/b-1"));
  }
}

TEST_F(OwnSagaViews, ASagaThatWaitsIsNeitherOrphanedNorStuck) {
  const std::string id = start_and_await_approval();
  EXPECT_EQ(admin.get("/saga/maintenance/pending-orders")->json().value()["count"], 0);
  const Json health = admin.get("/saga/maintenance/saga-health")->json().value();
  EXPECT_EQ(health["sagas"]["started"], 1);
  EXPECT_EQ(health["issues"]["orphanedPendingOrders"], false);
  EXPECT_EQ(admin.post("/saga/maintenance/cleanup-pending", Json::object())->json().value()["processed"], 0);
  const Json active = admin.get("/trace/active-flows")->json().value();
  ASSERT_EQ(active["flows"].size(), 1u);
  EXPECT_EQ(active["flows"][0]["order"], nullptr);
  EXPECT_EQ(active["flows"][0]["isStuck"], false);
  EXPECT_EQ(saga(id)["status"], "started");
}

TEST_F(OwnSagaViews, MetricsCountThemByDefinitionStepAndParticipant) {
  ASSERT_EQ(publish(trip()).status, 201);
  completed("Ada");
  // A saga can be read a moment before what ended it is counted.
  std::string text;
  eventually([&] {
    text = node.client().get("/metrics")->body;
    return text.find("sagactl_sagas_ended_total{status=\"completed\",type=\"trip\"} 1") != text.npos;
  });
  for (const char* line : {"sagactl_sagas_started_total{type=\"trip\"} 1",
                           "sagactl_sagas_ended_total{status=\"completed\",type=\"trip\"} 1",
                           "sagactl_step_duration_seconds_count{status=\"succeeded\",step=\"mail\",type=\"trip\"} 1",
                           "sagactl_sagas{status=\"completed\",type=\"trip\"} 1",
                           "sagactl_participant_calls_total{participant=\"shop\",type=\"trip\"} 3",
                           "sagactl_participant_failures_total{participant=\"shop\",type=\"trip\"} 0",
                           "sagactl_participant_breaker_open{participant=\"shop\",type=\"trip\"} 0"})
    EXPECT_THAT(text, HasSubstr(line));
}

}  // namespace
}  // namespace sagactl::test
