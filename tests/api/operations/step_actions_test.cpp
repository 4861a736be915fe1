// Answers for steps of users' sagas, by token and by role; skipping a step, and cancelling a saga.
#include <gmock/gmock.h>

#include "tests/api/support/own_sagas.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

class StepActions : public OwnSagas {
 protected:
  // A saga whose hotel has accepted its call and calls back: the path of its answers.
  std::string accepted() { return accepted(trip()); }
  std::string accepted(const std::string& definition) {
    participant.answer("POST /bookings", 202, "", {{"Retry-After", "3000"}});
    EXPECT_EQ(publish(definition).status, 201);
    id = start(Json{{"guest", "Ada"}}).json().value()["id"];
    const std::string path = answer_path(participant.await("POST /bookings"));
    EXPECT_TRUE(node.await_write(OrderId::parse(id).value(), [&] { return !is_calling(); }))
        << "the node has not got the answer 202";
    return path;
  }
  static std::string answer_path(const SeenCall& call) {
    const std::string& url = call.headers.at("saga-answer");
    return url.substr(url.find("/sagas/"));
  }
  // Whether a call of the hotel is in progress.
  bool is_calling() { return node.queries().flow(OrderId::parse(id).value()).value()->saga->steps[0].calling; }
  // A saga that goes back and cannot undo its flight.
  void start_and_get_stuck_on_the_way_back() {
    id = start_and_await_approval();
    participant.answer("DELETE /seats", 503);
    EXPECT_EQ(admin.post(path("/cancel"), Json{{"reason", "not wanted"}})->status, 202);
    await_saga(id, "currentSteps", Json::array({"flight"}));
  }
  HttpResponse call_back(const std::string& path, const Json& answer) {
    return node.client().post(path, answer).value();
  }
  std::string step_of(std::size_t i) { return saga(id)["steps"][i]["status"]; }
  std::string path(const std::string& what) const { return "/sagas/" + id + what; }

  std::string id;
};

TEST_F(StepActions, AParticipantCallsBackByTheTokenOfItsCall) {
  const std::string url = accepted();
  const Json done{{"outcome", "done"}, {"body", {{"id", "b-7"}}}};
  const HttpResponse answered = call_back(url, done);
  ASSERT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(answered.json().value()["stepStatus"], "succeeded");
  const Json ended = await_saga(id, "status", "completed");
  EXPECT_EQ(ended["result"]["hotel"]["booking"], "b-7");
  EXPECT_EQ(call_back(url, done).status, 200) << "the same again";
  const HttpResponse late = call_back(url, Json{{"outcome", "refused"}});
  EXPECT_EQ(late.status, 409);
  EXPECT_EQ(late.json().value()["stepStatus"], "succeeded");
  EXPECT_EQ(late.json().value()["sagaStatus"], "completed");
}

TEST_F(StepActions, ACallBackThatRefusesUndoesTheOthers) {
  const std::string url = accepted();
  EXPECT_EQ(call_back(url, Json{{"outcome", "refused"}, {"reason", "full"}}).status, 200);
  const Json ended = await_saga(id, "status", "compensated");
  EXPECT_EQ(ended["errorMessage"], "full");
  EXPECT_EQ(participant.calls("DELETE /seats").size(), 1u);
  EXPECT_EQ(participant.calls("DELETE /bookings").size(), 0u);
}

TEST_F(StepActions, ACallBackAfterTheUndoIsUndoneAgain) {
  const std::string url = accepted();
  participant.answer("GET /questions", 404);
  ASSERT_EQ(admin.post(path("/cancel"), Json{{"reason", "not wanted"}})->status, 202);
  await_saga(id, "status", "compensated");
  const HttpResponse late = call_back(url, Json{{"outcome", "done"}, {"body", {{"id", "b-9"}}}});
  EXPECT_EQ(late.status, 200) << late.body;
  participant.await("DELETE /bookings/b-9");
  await_saga(id, "status", "compensated");
}

TEST_F(StepActions, ACallBackOfAnEarlierUndoDoesNotAnswerTheLaterOne) {
  std::string text = trip();
  replace_first(text, "/bookings/{hotel.booking}", "/bookings/{saga.step_key}");
  participant.answer("GET /questions", 404);
  participant.answer("DELETE /bookings", 202, "", {{"Retry-After", "3000"}});
  const std::string url = accepted(text);
  ASSERT_EQ(admin.post(path("/cancel"), Json{{"reason", "not wanted"}})->status, 202);
  const std::string first = answer_path(participant.await("DELETE /bookings"));
  const Json done{{"outcome", "done"}, {"body", {{"id", "b-9"}}}};
  ASSERT_EQ(call_back(url, done).status, 200) << "it is undone again";
  ASSERT_TRUE(node.await_write(OrderId::parse(id).value(),
                               [&] { return participant.calls("DELETE /bookings").size() == 2 && !is_calling(); }));
  const HttpResponse late = call_back(first, done);
  EXPECT_EQ(late.status, 409) << late.body;
  EXPECT_EQ(step_of(0), "compensating");
  const std::string second = answer_path(participant.await("DELETE /bookings"));
  EXPECT_NE(second, first);
  EXPECT_EQ(call_back(second, done).status, 200);
  await_saga(id, "status", "compensated");
  EXPECT_EQ(call_back(first, done).status, 200) << "it is undone, as that says";
}

TEST_F(StepActions, ACallBackNeedsTheTokenOfThatStepAndWhatTheStepKeeps) {
  const std::string url = accepted();
  const Json done{{"outcome", "done"}};
  EXPECT_EQ(call_back(url + "x", done).status, 401);
  std::string other = url;
  replace_first(other, "/hotel/", "/flight/");
  EXPECT_EQ(call_back(other, done).status, 401);
  EXPECT_EQ(call_back(path("/steps/hotel/answer"), done).status, 401);
  EXPECT_EQ(node.customer().post(path("/steps/hotel/answer"), done)->status, 403);
  const HttpResponse lacking = call_back(url, done);
  EXPECT_EQ(lacking.status, 422);
  EXPECT_THAT(lacking.body, HasSubstr("/id"));
  EXPECT_EQ(call_back(url, Json{{"outcome", "perhaps"}}).status, 400);
  EXPECT_EQ(step_of(0), "running");
}

TEST_F(StepActions, ACallBackMayAskForTheCallAgain) {
  const std::string url = accepted();
  participant.answer("POST /bookings", 200, R"({"id":"b-2"})");
  participant.answer("GET /questions", 404);
  EXPECT_EQ(call_back(url, Json{{"outcome", "again"}, {"reason", "restarted"}}).status, 200);
  await_saga(id, "status", "completed");
  EXPECT_EQ(participant.calls("POST /bookings").size(), 2u);
}

TEST_F(StepActions, AnAdminAnswersAWait) {
  id = start_and_await_approval();
  const HttpResponse answered =
      admin.post(path("/steps/approval/answer"), Json{{"outcome", "done"}, {"reason", "looks right"}}).value();
  ASSERT_EQ(answered.status, 200) << answered.body;
  await_saga(id, "status", "completed");
  EXPECT_EQ(admin.post(path("/steps/approval/answer"), Json{{"outcome", "done"}})->status, 409);
  EXPECT_EQ(admin.post(path("/steps/aproval/answer"), Json{{"outcome", "done"}})->status, 404);
  EXPECT_THAT(admin.get("/audit")->body, HasSubstr("looks right"));
}

TEST_F(StepActions, AnAnswerIsRefusedWhenTheSagaIsNotAtTheVersionOfIfMatch) {
  id = start_and_await_approval();
  const auto answer_if = [&](const std::string& etag) {
    const Json done{{"outcome", "done"}, {"reason", "looks right"}};
    return admin
        .send({"POST",
               path("/steps/approval/answer"),
               done.dump(),
               {{"If-Match", etag}, {"Content-Type", "application/json"}}})
        ->status;
  };
  EXPECT_EQ(answer_if("\"another\""), 412);
  EXPECT_EQ(step_of(2), "running");
  const auto read = admin.send({"GET", "/sagas/" + id, "", {{"Accept-Encoding", "identity"}}});  // for a strong ETag
  EXPECT_EQ(answer_if(std::string(read->header("ETag"))), 200);
  await_saga(id, "status", "completed");
}

TEST_F(StepActions, LaterStepsUseWhatAWaitWasAnsweredWith) {
  std::string text = approved_trip();
  replace_first(text, "booked {hotel.booking}", "booked {hotel.booking} for {approval.by.name}");
  ASSERT_EQ(publish(text).status, 201);
  id = start(Json{{"guest", "Ada"}}).json().value()["id"];
  await_saga(id, "currentSteps", Json::array({"approval"}));
  const std::string answer = path("/steps/approval/answer");
  const HttpResponse list = admin.post(answer, Json{{"outcome", "done"}, {"body", Json::array({1})}}).value();
  EXPECT_EQ(list.status, 422);
  EXPECT_THAT(list.body, HasSubstr("`body` of the answer to a wait has to be a JSON object"));
  // Without the name the mail would be refused, and the booking undone.
  for (const Json& lacking : {Json{{"outcome", "done"}}, Json{{"outcome", "done"}, {"body", {{"by", "Kim"}}}}}) {
    const HttpResponse refused = admin.post(answer, lacking).value();
    EXPECT_EQ(refused.status, 422);
    EXPECT_THAT(refused.body, HasSubstr("lacks {approval.by.name}"));
  }
  const HttpResponse skipped = admin.post(path("/steps/approval/skip"), Json{{"reason", "by phone"}}).value();
  EXPECT_EQ(skipped.status, 422);
  EXPECT_EQ(skipped.json().value()["code"], "STEP_KEEPS_VALUES");
  EXPECT_THAT(skipped.body, HasSubstr("{approval.by.name}"));
  EXPECT_EQ(step_of(2), "running");
  const Json body{{"by", {{"name", "Kim"}}}};
  EXPECT_EQ(admin.post(answer, Json{{"outcome", "done"}, {"body", body}})->status, 200);
  const Json ended = await_saga(id, "status", "completed");
  EXPECT_EQ(ended["result"]["approval"], body);
  EXPECT_THAT(participant.await("POST /mails").body, HasSubstr("for Kim"));
}

TEST_F(StepActions, ARefusedWaitUndoesTheSaga) {
  id = start_and_await_approval();
  const Json refused{{"outcome", "refused"}, {"reason", "too expensive"}};
  EXPECT_EQ(admin.post(path("/steps/approval/answer"), refused)->status, 200);
  await_saga(id, "status", "compensated");
  EXPECT_EQ(participant.calls("DELETE /bookings/b-1").size(), 1u);
}

TEST_F(StepActions, AnAdminSkipsAStepAndSaysWhy) {
  participant.answer("POST /mails", 503);
  ASSERT_EQ(publish(trip()).status, 201);
  id = start(Json{{"guest", "Ada"}}).json().value()["id"];
  await_saga(id, "currentSteps", Json::array({"mail"}));
  EXPECT_EQ(admin.post(path("/steps/mail/skip"), Json::object())->status, 400) << "the reason is required";
  EXPECT_EQ(admin.post(path("/steps/hotel/skip"), Json{{"reason", "r"}})->status, 409) << "it is done";
  EXPECT_EQ(admin.post(path("/steps/mail/skip"), Json{{"reason", "sent by hand"}})->status, 202);
  await_saga(id, "status", "completed");
  const HttpResponse again = admin.post(path("/steps/mail/skip"), Json{{"reason", "sent by hand"}}).value();
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("is succeeded; only one that is in progress is answered or skipped"));
}

// Its undo would name an unknown booking, and so would the mail.
TEST_F(StepActions, AStepThatKeepsValuesIsAnsweredWithThemInsteadOfSkipped) {
  accepted();
  const HttpResponse refused = admin.post(path("/steps/hotel/skip"), Json{{"reason", "booked by phone"}}).value();
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(refused.json().value()["code"], "STEP_KEEPS_VALUES");
  EXPECT_THAT(refused.body, HasSubstr("keeps booking of its answer"));
  EXPECT_EQ(step_of(0), "running");
  const Json done{{"outcome", "done"}, {"body", {{"id", "b-8"}}}, {"reason", "booked by phone"}};
  EXPECT_EQ(admin.post(path("/steps/hotel/answer"), done)->status, 200);
  const Json ended = await_saga(id, "status", "completed");
  EXPECT_EQ(ended["result"]["hotel"]["booking"], "b-8");
}

TEST_F(StepActions, AStepThatKeepsValuesIsSkippedOnTheWayBack) {
  participant.answer("DELETE /bookings", 503);
  id = start_and_await_approval();
  ASSERT_EQ(admin.post(path("/cancel"), Json{{"reason", "not wanted"}})->status, 202);
  await_saga(id, "currentSteps", Json::array({"hotel"}));
  EXPECT_EQ(admin.post(path("/steps/hotel/skip"), Json{{"reason", "cancelled by phone"}})->status, 202);
  await_saga(id, "status", "compensated");
}

TEST_F(StepActions, AnAnswerForAStepIsNotTakenForOneForItsUndo) {
  start_and_get_stuck_on_the_way_back();
  const Json done{{"outcome", "done"}, {"direction", "do"}, {"reason", "seen there"}};
  const HttpResponse refused = admin.post(path("/steps/flight/answer"), done).value();
  EXPECT_EQ(refused.status, 409) << refused.body;
  EXPECT_EQ(refused.json().value()["code"], "STEP_TURNED");
  EXPECT_EQ(refused.json().value()["stepStatus"], "compensating");
  const Json skip{{"direction", "do"}, {"reason", "seen there"}};
  EXPECT_EQ(admin.post(path("/steps/flight/skip"), skip)->status, 409);
  EXPECT_EQ(step_of(1), "compensating");
  const Json wrong{{"outcome", "done"}, {"direction", "back"}};
  EXPECT_EQ(admin.post(path("/steps/flight/answer"), wrong)->status, 400);
  const Json undone{{"outcome", "done"}, {"direction", "undo"}, {"reason", "cancelled by phone"}};
  EXPECT_EQ(admin.post(path("/steps/flight/answer"), undone)->status, 200);
  await_saga(id, "status", "compensated");
}

TEST_F(StepActions, AnAnswerForAStepUnderWayIsOfThatDirectionAsWell) {
  participant.answer("POST /mails", 503);
  ASSERT_EQ(publish(trip()).status, 201);
  id = start(Json{{"guest", "Ada"}}).json().value()["id"];
  await_saga(id, "currentSteps", Json::array({"mail"}));
  const Json undo{{"direction", "undo"}, {"reason", "r"}};
  EXPECT_EQ(admin.post(path("/steps/mail/skip"), undo)->status, 409);
  const Json done{{"direction", "do"}, {"reason", "sent by hand"}};
  EXPECT_EQ(admin.post(path("/steps/mail/skip"), done)->status, 202);
  await_saga(id, "status", "completed");
}

TEST_F(StepActions, ACancelledSagaIsUndone) {
  id = start_and_await_approval();
  const HttpResponse cancelled = admin.post(path("/cancel"), Json{{"reason", "not wanted"}}).value();
  ASSERT_EQ(cancelled.status, 202) << cancelled.body;
  EXPECT_FALSE(cancelled.json().value().contains("orderId"));
  const Json ended = await_saga(id, "status", "compensated");
  EXPECT_EQ(ended["errorMessage"], "not wanted");
  const HttpResponse again = admin.post(path("/cancel"), Json::object()).value();
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.json().value()["sagaStatus"], "compensated");
}

TEST_F(StepActions, ACompletedSagaIsNotCancelledButCompensated) {
  ASSERT_EQ(publish(trip()).status, 201);
  id = start(Json{{"guest", "Ada"}}, {{"Prefer", "wait=20"}}).json().value()["id"];
  EXPECT_EQ(admin.post(path("/cancel"), Json::object())->status, 409);
  EXPECT_EQ(admin.post("/saga/compensate/" + id, Json::object())->status, 202);
  await_saga(id, "status", "compensated");
  EXPECT_EQ(participant.calls("DELETE /seats").size(), 1u);
  EXPECT_EQ(admin.post("/saga/retry/" + id, Json::object())->status, 202);
  const Json again = await_saga(id, "status", "completed");
  EXPECT_EQ(again["steps"][0]["attempt"], 2);
}

TEST_F(StepActions, NobodyAnswersForAStepThatThisProgramCarriesOut) {
  HttpClient customer = node.customer();
  id = node.place_and_await(customer, "p");
  EXPECT_EQ(admin.post(path("/steps/payment_processing/answer"), Json{{"outcome", "done"}})->status, 409);
  EXPECT_EQ(admin.post(path("/steps/payment_processing/skip"), Json{{"reason", "r"}})->status, 409);
}

}  // namespace
}  // namespace sagactl::test
