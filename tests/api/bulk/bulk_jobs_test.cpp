// Bulk jobs over HTTP: the look before, the job, its results, and stopping it.
#include <gmock/gmock.h>

#include "server/api/bulk/bulk_key.hpp"
#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class BulkJobs : public OwnSagas {
 protected:
  // Sagas that were undone because their mail was refused.
  std::vector<std::string> failed(int count) {
    EXPECT_EQ(publish(trip()).status, 201);
    participant.answer("POST /mails", 422, R"({"reason":"no address"})");
    std::vector<std::string> ids;
    for (int i = 0; i < count; ++i) {
      const HttpResponse ended = start(Json{{"guest", "g" + std::to_string(i)}}, {{"Prefer", "wait=20"}});
      EXPECT_EQ(ended.status, 201) << ended.body;
      ids.push_back(ended.json().value()["id"]);
    }
    return ids;
  }
  HttpResponse bulk(const Json& body) { return admin.post("/bulk", body).value(); }
  Json results(const std::string& id, const std::string& query = "") {
    return admin.get("/bulk/" + id + "/results" + query)->json().value();
  }
};

const Json retry_all{{"action", "retry"}, {"filter", "status=compensated&definition=trip"}};

TEST_F(BulkJobs, ADryRunSaysHowManyAndWhichAndChangesNothing) {
  const auto ids = failed(2);
  Json look = retry_all;
  look["dryRun"] = true;
  const HttpResponse seen = bulk(look);
  ASSERT_EQ(seen.status, 200) << seen.body;
  const Json body = seen.json().value();
  EXPECT_EQ(body["count"], 2);
  EXPECT_EQ(body["sample"][0]["id"], ids[1]);
  EXPECT_EQ(body["sample"].size(), 2u);
  EXPECT_EQ(saga(ids[0])["status"], "compensated");
  EXPECT_EQ(admin.get("/bulk")->json().value()["jobs"], Json::array());
}

TEST_F(BulkJobs, AJobRetriesAllThatMatchAndKeepsWhatBecameOfEach) {
  const auto ids = failed(3);
  participant.answer("POST /mails", 200);
  const HttpResponse begun = bulk(retry_all);
  ASSERT_EQ(begun.status, 202) << begun.body;
  const std::string id = begun.json().value()["id"];
  EXPECT_EQ(begun.header("Location"), "/bulk/" + id);
  const Json job = await_job(id);
  EXPECT_EQ(job["state"], "done");
  EXPECT_EQ(job["total"], 3);
  EXPECT_EQ(job["tried"], 3);
  EXPECT_EQ(job["accepted"], 3);
  EXPECT_EQ(job["refused"], 0);
  EXPECT_EQ(job["email"], "operator@localhost");
  EXPECT_EQ(job["nodeId"], "node-1");
  const Json all = results(id);
  ASSERT_EQ(all["results"].size(), 3u);
  EXPECT_EQ(all["results"][0]["sagaId"], ids[2]) << "the newest first";
  EXPECT_EQ(all["results"][0]["ok"], true);
  EXPECT_EQ(all["nextCursor"], nullptr);
  for (const std::string& each : ids) await_saga(each, "status", "completed");
  EXPECT_EQ(admin.get("/bulk")->json().value()["jobs"][0]["id"], id);
}

TEST_F(BulkJobs, WhatIsRefusedSaysWhyAndIsListedAlone) {
  const auto ids = failed(2);
  const HttpResponse begun = bulk(Json{{"action", "cancel"}, {"filter", "definition=trip"}, {"reason", "tidy up"}});
  const std::string id = begun.json().value()["id"];
  const Json job = await_job(id);
  EXPECT_EQ(job["accepted"], 0);
  EXPECT_EQ(job["refused"], 2);
  EXPECT_EQ(job["reason"], "tidy up");
  const Json first = results(id, "?refused=true&limit=1");
  ASSERT_EQ(first["results"].size(), 1u);
  EXPECT_THAT(first["results"][0]["error"].get<std::string>(), HasSubstr("compensated"));
  const Json second = results(id, "?refused=true&limit=1&cursor=" + first["nextCursor"].get<std::string>());
  ASSERT_EQ(second["results"].size(), 1u);
  EXPECT_EQ(second["results"][0]["sagaId"], ids[0]);
  EXPECT_EQ(second["nextCursor"], nullptr);
}

TEST_F(BulkJobs, AJobActsOnNoMoreThanItWasTold) {
  const auto ids = failed(3);
  Json some = retry_all;
  some["atMost"] = 2;
  const Json job = await_job(bulk(some).json().value()["id"]);
  EXPECT_EQ(job["tried"], 2);
  EXPECT_EQ(saga(ids[0])["retryHistory"].size(), 0u) << "the oldest was left alone";
}

TEST_F(BulkJobs, AStepIsSkippedInAllThatWaitForIt) {
  const std::string id = start_and_await_approval();
  const HttpResponse begun = bulk(Json{{"action", "skip"},
                                       {"filter", "definition=trip&step=approval"},
                                       {"step", "approval"},
                                       {"reason", "approved by telephone"}});
  EXPECT_EQ(await_job(begun.json().value()["id"])["accepted"], 1);
  await_saga(id, "status", "completed");
}

TEST_F(BulkJobs, OneThatIsStoppedGoesNoFurther) {
  const auto ids = failed(30);
  Json slow = retry_all;
  slow["rate"] = 1;
  const std::string id = bulk(slow).json().value()["id"];
  const HttpResponse stopped = admin.post("/bulk/" + id + "/stop", Json::object()).value();
  EXPECT_EQ(stopped.status, 200) << stopped.body;
  const Json job = await_job(id);
  EXPECT_EQ(job["state"], "stopped");
  EXPECT_LT(job["tried"], 30);
  EXPECT_EQ(admin.post("/bulk/" + id + "/stop", Json::object())->json().value()["state"], "stopped") << "again";
}

TEST_F(BulkJobs, OneThatWaitsForAnotherIsStoppedAtOnce) {
  const auto ids = failed(5);
  Json slow = retry_all;
  slow["rate"] = 1;
  const std::string first = bulk(slow).json().value()["id"];
  ASSERT_TRUE(node.await_records([&] { return admin.get("/bulk/" + first)->json().value()["nodeId"] == "node-1"; }));
  const std::string waiting = bulk(Json{{"action", "cancel"}, {"filter", "definition=trip"}}).json().value()["id"];
  const Json stopped = admin.post("/bulk/" + waiting + "/stop", Json::object())->json().value();
  EXPECT_EQ(stopped["state"], "stopped") << stopped;
  EXPECT_NE(stopped["endedAt"], nullptr);
  EXPECT_EQ(stopped["tried"], 0);
  EXPECT_EQ(admin.post("/bulk/" + first + "/stop", Json::object())->status, 200);
  EXPECT_EQ(await_job(first)["state"], "stopped");
  EXPECT_EQ(results(waiting)["results"], Json::array());
}

TEST_F(BulkJobs, AreBegunOnceUnderAnIdempotencyKey) {
  failed(2);
  const auto bulk_with = [&](const std::string& key, const Json& body) {
    return admin.send({"POST", "/bulk", body.dump(), {{"Content-Type", "application/json"}, {"Idempotency-Key", key}}})
        .value();
  };
  const HttpResponse first = bulk_with("monday", retry_all);
  ASSERT_EQ(first.status, 202) << first.body;
  EXPECT_EQ(first.header("Idempotency-Replayed"), "");
  const std::string id = first.json().value()["id"];
  EXPECT_EQ(await_job(id)["accepted"], 2);
  const HttpResponse again = bulk_with("\"monday\"", retry_all);
  EXPECT_EQ(again.status, 202) << again.body;
  EXPECT_EQ(again.json().value()["id"], id);
  EXPECT_EQ(again.json().value()["state"], "done") << "as it is now";
  EXPECT_EQ(again.header("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.header("Location"), "/bulk/" + id);
  Json other = retry_all;
  other["rate"] = 7;
  const HttpResponse reused = bulk_with("monday", other);
  EXPECT_EQ(reused.status, 422) << reused.body;
  EXPECT_EQ(reused.json().value()["code"], "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(reused.json().value()["id"], id);
  EXPECT_NE(bulk_with("tuesday", retry_all).json().value()["id"], id);
  EXPECT_EQ(bulk_with("", retry_all).status, 400);
}

// The node died between the key and the job.
TEST_F(BulkJobs, AJobThatItsKeyNamesAndThatWasNeverStoredIsBegunByTheRepeat) {
  failed(1);
  api::BulkJob job;
  job.id = new_uuid().text();
  job.filter = retry_all["filter"];
  job.by = *UserId::parse("00000000-0000-7000-8000-000000000001");
  job.at_most = 100'000;
  ASSERT_EQ(api::claim_bulk_key(node.records(), job, "monday", "").value(), std::nullopt);
  const HttpResponse begun = admin
                                 .send({"POST",
                                        "/bulk",
                                        retry_all.dump(),
                                        {{"Content-Type", "application/json"}, {"Idempotency-Key", "monday"}}})
                                 .value();
  ASSERT_EQ(begun.status, 202) << begun.body;
  EXPECT_EQ(begun.json().value()["id"], job.id);
  EXPECT_EQ(await_job(job.id)["accepted"], 1);
}

TEST_F(BulkJobs, AKeyIsForgottenWithItsJob) {
  api::BulkJob job;
  const std::string first = new_uuid().text(), later = new_uuid().text();
  job.id = first;
  ASSERT_EQ(api::claim_bulk_key(node.records(), job, "a", "").value(), std::nullopt);
  job.id = later;
  EXPECT_EQ(api::claim_bulk_key(node.records(), job, "a", "").value(), first);
  EXPECT_EQ(api::find_bulk_key(node.records(), job, "a", "").value(), first);
  EXPECT_EQ(api::find_bulk_key(node.records(), job, "a", later).value(), std::nullopt) << "it is free again";
  EXPECT_EQ(api::claim_bulk_key(node.records(), job, "a", later).value(), std::nullopt);
  EXPECT_EQ(api::find_bulk_key(node.records(), job, "a", later).value(), later);
  ASSERT_EQ(api::claim_bulk_key(node.records(), job, "b", "").value(), std::nullopt);
  ASSERT_TRUE(api::forget_bulk_keys(node.records(), new_uuid().text()));
  EXPECT_EQ(node.records().records(api::bulk_key_kind, {})->size(), 0u);
}

TEST_F(BulkJobs, ARequestThatIsNotClearIsRefused) {
  const std::vector<std::pair<Json, std::string>> faulty = {
      {Json{{"filter", "status=failed"}},
       "action must be one of the following values: retry, compensate, cancel, skip"},
      {Json{{"action", "retry"}, {"filter", ""}}, "filter should not be empty"},
      {Json{{"action", "retry"}, {"filter", "&"}}, "filter must not be empty: it would select every saga"},
      {Json{{"action", "retry"}, {"filter", "staus=failed"}},
       "filter: staus is not a filter of sagas; did you mean status?"},
      {Json{{"action", "retry"}, {"filter", "status=failed&limit=1"}}, "filter: limit is not a filter of sagas"},
      {Json{{"action", "retry"}, {"filter", "definition=a&status=failed&status=started&definition=b"}},
       "filter: definition must be given once"},
      {Json{{"action", "retry"}, {"filter", "error="}}, "filter: error has no value"},
      {Json{{"action", "retry"}, {"filter", "status=broken"}}, "status must be one of the following values"},
      {Json{{"action", "retry"}, {"filter", "error=%zz"}}, "the query has a % that is not followed"},
      {Json{{"action", "retry"}, {"filter", "status=failed"}, {"rate", 0}}, "rate must not be less than 1"},
      {Json{{"action", "retry"}, {"filter", "status=failed"}, {"rate", 1001}}, "rate must not be greater than 1000"},
      {Json{{"action", "retry"}, {"filter", "status=failed"}, {"step", "x"}}, "step is for skip alone"},
      {Json{{"action", "cancel"}, {"filter", "status=failed"}, {"recharge", true}}, "recharge is for retry alone"},
      {Json{{"action", "skip"}, {"filter", "stuck=true"}}, "step must be given: the one that is skipped"},
      {Json{{"action", "skip"}, {"filter", "stuck=true"}, {"step", "x"}},
       "reason must be given when a step is skipped"},
      {Json{{"action", "retry"}, {"filter", "status=failed"}, {"all", true}}, "property all should not exist"}};
  for (const auto& [body, text] : faulty) {
    const HttpResponse refused = bulk(body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(refused.body, HasSubstr(text)) << body;
  }
  EXPECT_EQ(admin.get("/bulk")->json().value()["jobs"], Json::array());
  for (const char* path : {"/bulk/none", "/bulk/none/results"})
    EXPECT_THAT(admin.get(path)->body, HasSubstr("there is no bulk job with this id: the newest 100 are kept")) << path;
  EXPECT_EQ(admin.post("/bulk/none/stop", Json::object())->status, 404);
  EXPECT_THAT(results("none", "?cursor=x").dump(), HasSubstr("cursor must be the nextCursor of an earlier page"));
}

}  // namespace
}  // namespace sagactl::test
