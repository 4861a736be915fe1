// How bulk jobs survive the node that runs them, over the records of a store.
#include "server/api/bulk/bulk_runner.hpp"

#include <gmock/gmock.h>

#include "server/api/render.hpp"
#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using api::BulkAction;
using api::BulkItem;
using api::BulkJob;
using api::BulkState;

class BulkRunnerTest : public OwnSagas {
 protected:
  std::string failed() {
    EXPECT_EQ(publish(trip()).status, node_has_trip ? 200 : 201);
    node_has_trip = true;
    participant.answer("POST /mails", 422, R"({"reason":"no address"})");
    const HttpResponse ended = start(Json{{"guest", "Ada"}}, {{"Prefer", "wait=20"}});
    EXPECT_EQ(ended.status, 201) << ended.body;
    return ended.json().value()["id"];
  }
  BulkItem item(const std::string& id) {
    const SagaId saga = *SagaId::parse(id);
    return {saga, node.queries().flow(order_of(saga)).value()->saga->updated_at};
  }
  // A job of another node, which holds it no longer.
  BulkJob left_behind(std::vector<BulkItem> in_hand) {
    BulkJob job;
    job.id = new_uuid().text();
    job.filter = "status=compensated";
    job.by = *UserId::parse("00000000-0000-7000-8000-000000000001");
    job.email = "operator@localhost";
    job.at_most = 100;
    job.total = 2;
    job.created_at = node.queries().database_time().value();
    job.in_hand = std::move(in_hand);
    job.node = "node-that-died";
    return job;
  }
  void store(const BulkJob& job) {
    EXPECT_TRUE(node.records().add_record(api::bulk_kind, job.id, api::bulk_job_text(job)).value());
    EXPECT_TRUE(node.records().add_record(api::bulk_open_kind, job.id, "{}").value());
  }
  Json results(const std::string& id) { return admin.get("/bulk/" + id + "/results")->json().value()["results"]; }

  bool node_has_trip = false;
};

TEST_F(BulkRunnerTest, WhatWasInHandIsDoneWhereItWasNotAndTakenAsDoneWhereItWas) {
  const std::string one = failed(), two = failed();
  const std::vector<BulkItem> in_hand = {item(two), item(one)};
  BulkJob job = left_behind(in_hand);
  ASSERT_EQ(admin.post("/saga/retry/" + two, Json::object())->status, 202) << "by the node that died";
  await_saga(two, "status", "compensated");
  store(job);
  const Json ended = await_job(job.id);
  EXPECT_EQ(ended["state"], "done");
  EXPECT_EQ(ended["accepted"], 2);
  EXPECT_EQ(ended["nodeId"], "node-1");
  EXPECT_EQ(saga(two)["retryHistory"].size(), 1u) << "not again";
  await_saga(one, "status", "compensated");
  EXPECT_EQ(saga(one)["retryHistory"].size(), 1u);
}

// The first of two commands for the saga stands for the one of the node that died, committed only after this node has
// looked at the saga.
TEST_F(BulkRunnerTest, AChangeOfTheNodeThatDiedIsTakenAsDoneHoweverLateItIsCommitted) {
  const std::string one = failed();
  const BulkJob job = left_behind({item(one), item(one)});
  store(job);
  const Json ended = await_job(job.id);
  EXPECT_EQ(ended["accepted"], 2) << results(job.id);
  EXPECT_EQ(ended["refused"], 0);
  await_saga(one, "status", "compensated");
  EXPECT_EQ(saga(one)["retryHistory"].size(), 1u) << "and not again";
}

// Of a saga that was acted on, with an answer that was lost, the job does not say that it was refused.
TEST_F(BulkRunnerTest, AnActionWhoseAnswerWasLostIsLookedAtAndCounted) {
  const std::string one = failed();
  node.store().lost_answers = 1;
  const HttpResponse begun = admin.post("/bulk", Json{{"action", "retry"}, {"filter", "status=compensated"}}).value();
  const std::string id = begun.json().value()["id"];
  const Json ended = await_job(id);
  EXPECT_EQ(node.store().lost_answers, 0);
  EXPECT_EQ(ended["accepted"], 1) << results(id);
  EXPECT_EQ(ended["refused"], 0);
  await_saga(one, "status", "compensated");
  EXPECT_EQ(saga(one)["retryHistory"].size(), 1u) << "and not again";
}

// With every call to a participant that is unavailable a saga changes, so some do between being read and being acted
// on.
TEST_F(BulkRunnerTest, SagasThatAreBeingTriedAgainAreActedOnAsWell) {
  std::string text = trip();
  replace_first(text, participant.url() + "\" }", participant.url() + "\", retry: { first: 200ms, cap: 200ms } }");
  ASSERT_EQ(publish(text).status, 201);
  participant.answer("POST /mails", 503, "{}");
  constexpr int count = 40;
  for (int i = 0; i < count; ++i) EXPECT_EQ(start(Json{{"guest", "Ada"}}).status, 202);
  const HttpResponse begun =
      admin.post("/bulk", Json{{"action", "cancel"}, {"filter", "definition=trip&status=started"}}).value();
  const std::string id = begun.json().value()["id"];
  const Json ended = await_job(id);
  EXPECT_EQ(ended["accepted"], count) << results(id);
  EXPECT_EQ(ended["refused"], 0);
}

TEST_F(BulkRunnerTest, ResultsThatWereKeptAndNotCountedAreCounted) {
  const std::string one = failed();
  BulkJob job = left_behind({item(one)});
  const Json kept = Json::array({Json{
      {"sagaId", one}, {"ok", true}, {"status", "started"}, {"error", nullptr}, {"at", "2026-11-29T17:00:00.000Z"}}});
  ASSERT_TRUE(node.records().add_record(api::bulk_result_kind, api::bulk_result_id(job.id, 0), kept.dump()).value());
  ASSERT_EQ(admin.post("/saga/retry/" + one, Json::object())->status, 202);
  await_saga(one, "status", "compensated");
  store(job);
  const Json ended = await_job(job.id);
  EXPECT_EQ(ended["tried"], 1);
  EXPECT_EQ(ended["accepted"], 1);
  EXPECT_EQ(results(job.id), kept);
}

TEST_F(BulkRunnerTest, AJobThatWasAskedToStopDoesNothingMore) {
  const std::string one = failed();
  BulkJob job = left_behind({item(one)});
  job.stop = true;
  store(job);
  const Json ended = await_job(job.id);
  EXPECT_EQ(ended["state"], "stopped");
  EXPECT_EQ(ended["tried"], 0);
  EXPECT_EQ(saga(one)["retryHistory"].size(), 0u);
}

TEST_F(BulkRunnerTest, AJobThatRunsIsNotForgottenHoweverManyAreMadeMeanwhile) {
  const auto stored = [&](const std::string& id, BulkState state) {
    BulkJob job = left_behind({});
    job.id = id;
    job.state = state;
    job.held_until = job.created_at + 1h;
    EXPECT_TRUE(node.records().add_record(api::bulk_kind, id, api::bulk_job_text(job)).value());
  };
  const std::string ended = "00000000-0000-7000-8000-000000000001", runs = "00000000-0000-7000-8000-000000000002";
  stored(ended, BulkState::done);
  stored(runs, BulkState::running);
  ASSERT_TRUE(node.records().add_record(api::bulk_open_kind, runs, "{}").value());
  for (int i = 0; i < 100; ++i) stored(new_uuid().text(), BulkState::done);
  EXPECT_EQ(admin.post("/bulk", Json{{"action", "retry"}, {"filter", "status=failed"}})->status, 202);
  EXPECT_EQ(admin.get("/bulk/" + runs)->status, 200);
  EXPECT_EQ(admin.get("/bulk")->json().value()["jobs"].back()["id"], runs) << "so that it can be stopped";
  EXPECT_EQ(admin.get("/bulk/" + ended)->status, 404);
}

TEST_F(BulkRunnerTest, AJobIsReadAsItWasWritten) {
  BulkJob job = left_behind({{SagaId::fresh(), Timestamp{17}}});
  job.action = BulkAction::skip;
  job.state = BulkState::stopped;
  job.reason = "r";
  job.step = "s";
  job.ended_at = Timestamp{18};
  job.after = OrderId::fresh();
  const StoredRecord record{api::bulk_kind, job.id, api::bulk_job_text(job), 1, {}, {}};
  const auto read = api::read_bulk_job(record);
  ASSERT_TRUE(read);
  EXPECT_EQ(api::bulk_job_text(*read), record.body);
  EXPECT_EQ(read->id, job.id);
  EXPECT_FALSE(api::read_bulk_job({api::bulk_kind, job.id, "{}", 1, {}, {}}));
}

}  // namespace
}  // namespace sagactl::test
