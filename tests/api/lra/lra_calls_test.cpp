// LRAs of clients and their participants, from the start to the last call: docs/lra.md.
#include <gmock/gmock.h>

#include "common/text/percent.hpp"
#include "tests/api/lra/lra_site.hpp"

namespace sagactl::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST_F(LraSite, ClosingCompletesTheLastThatJoinedFirst) {
  const std::string id = start("?ClientID=shop");
  EXPECT_EQ(get(id + "/status"), "Active");
  const HttpResponse joined = join(id, "/a");
  EXPECT_EQ(joined.status, 200) << joined.body;
  EXPECT_EQ(joined.body, id.substr(0, id.rfind('/')) + "/recovery/" + saga_of(id) + "/01");
  EXPECT_EQ(joined.header("Long-Running-Action-Recovery"), joined.body);
  EXPECT_EQ(joined.header("Location"), joined.body);
  EXPECT_EQ(join(id, "/b").status, 200);
  const HttpResponse closed = put(id + "/close");
  EXPECT_EQ(closed.status, 200);
  EXPECT_EQ(closed.body, "Closed");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /b/complete", "PUT /a/complete"));
  const LraCall call = participants.calls("PUT /a/complete").front();
  EXPECT_EQ(call.headers.at("long-running-action"), id);
  EXPECT_EQ(call.headers.at("long-running-action-recovery"), joined.body);
  EXPECT_EQ(call.headers.at("content-length"), "0");
  EXPECT_EQ(saga_json(id)["status"], "completed");
}

TEST_F(LraSite, CancellingCompensatesTheLastThatJoinedFirst) {
  const std::string id = start();
  join(id, "/a");
  join(id, "/b");
  const HttpResponse cancelled = put(id + "/cancel");
  EXPECT_EQ(cancelled.body, "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /b/compensate", "PUT /a/compensate"));
  EXPECT_EQ(saga_json(id)["status"], "compensated");
}

TEST_F(LraSite, ACamelRouteJoinsWithItsOptionsInTheUrlUnencoded) {
  const std::string id = start();
  const std::string options = "?order=A&B 1&Camel-Saga-Compensate=direct://undo";
  const std::string url = participants.url("/lra-participant/");
  const std::string links =
      "<" + url + "compensate" + options + ">; rel=compensate,<" + url + "complete" + options + ">; rel=complete";
  EXPECT_EQ(put(id + "?TimeLimit=20000", links, {{"Link", links}, {"Content-Type", "text/plain"}}).status, 200);
  EXPECT_EQ(put(id + "/cancel").body, "Cancelled");
  EXPECT_THAT(participants.order(),
              ElementsAre("PUT /lra-participant/compensate?order=A&B%201&Camel-Saga-Compensate=direct://undo"));
}

TEST_F(LraSite, TheUrlOfAParticipantInTheBodyNamesItsLinks) {
  const std::string id = start();
  EXPECT_EQ(put(id, participants.url("/a") + "?method=jakarta.ws.rs.PUT").status, 200);
  EXPECT_EQ(put(id + "/close").body, "Closed");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/complete?method=jakarta.ws.rs.PUT"));
}

TEST_F(LraSite, AnIdMayStandInTheRouteAsItsEncodedUrl) {
  const std::string id = start();
  EXPECT_EQ(get("/" + percent_encode(id) + "/status"), "Active");
  EXPECT_EQ(put("/" + percent_encode(id) + "/close").body, "Closed");
}

TEST_F(LraSite, OneThatIsAtWorkIsAskedForItsStatusUntilItHasEnded) {
  const std::string id = start();
  join(id, "/a", {"status"});
  participants.script("PUT /a/complete", {{202}});
  participants.script("GET /a/status", {{200, "Completing"}, {202}, {200, "Completed"}});
  EXPECT_EQ(put(id + "/close").body, "Closing");
  await_status(id, "Closed");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/complete", "GET /a/status", "GET /a/status", "GET /a/status"));
}

TEST_F(LraSite, OneThatIsAtWorkAndHasNoStatusIsCalledAgain) {
  const std::string id = start();
  join(id, "/a");
  participants.script("PUT /a/compensate", {{202}, {200}});
  EXPECT_EQ(put(id + "/cancel").body, "Cancelling");
  await_status(id, "Cancelled");
  EXPECT_EQ(participants.calls("PUT /a/compensate").size(), 2u);
}

TEST_F(LraSite, AfterABrokenAnswerAStatusIsAskedForAndDecides) {
  const std::string id = start();
  join(id, "/a", {"status"});
  participants.script("PUT /a/compensate", {{.breaks = true}, {500, "sorry"}});
  participants.script("GET /a/status", {{200, "Active"}, {404, "none"}});
  put(id + "/cancel");
  await_status(id, "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/compensate", "GET /a/status", "PUT /a/compensate",
                                                "GET /a/status", "PUT /a/compensate"));
}

struct AnswerCase {
  const char* name;
  LraAnswer answer;
  const char* status;
};

class LraAnswers : public LraSite, public testing::WithParamInterface<AnswerCase> {};

TEST_P(LraAnswers, OfAParticipantMeanWhatTheyMeanToLras) {
  const std::string id = start();
  join(id, "/a");
  participants.script("PUT /a/complete", {GetParam().answer});
  put(id + "/close");
  await_status(id, GetParam().status);
}

INSTANTIATE_TEST_SUITE_P(All, LraAnswers,
                         testing::Values(AnswerCase{"Ok", {200}, "Closed"}, AnswerCase{"NoContent", {204}, "Closed"},
                                         AnswerCase{"Gone", {410}, "Closed"},
                                         AnswerCase{"Conflict", {409, "FailedToComplete"}, "FailedToClose"},
                                         AnswerCase{"StatusInOk", {200, "FailedToComplete"}, "FailedToClose"},
                                         AnswerCase{"StatusInError", {500, "FailedToComplete"}, "FailedToClose"},
                                         AnswerCase{"Broken", {500, "sorry"}, "Closed"},
                                         AnswerCase{"NotFound", {404, "not yet"}, "Closed"},
                                         AnswerCase{"Cut", {.breaks = true}, "Closed"}),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_F(LraSite, AFailureIsToldInTheParticipantsWordsAndRetriedByAPerson) {
  const std::string id = start();
  join(id, "/a");
  join(id, "/b", {"forget"});
  participants.script("PUT /b/complete", {{409, "no room left"}});
  put(id + "/close");
  await_status(id, "FailedToClose");
  EXPECT_EQ(participants.order().front(), "PUT /b/complete");
  EXPECT_THAT(participants.order(), UnorderedElementsAre("PUT /b/complete", "DELETE /b/forget", "PUT /a/complete"));
  const Json saga = saga_json(id);
  EXPECT_EQ(saga["errorMessage"], "action of 02 failed: answered 409: no room left");
  EXPECT_EQ(saga["requiresManualIntervention"], true);
  EXPECT_THAT(get("/recovery/failed"), HasSubstr(id));
  const Json trace = admin.get("/trace/correlation/" + saga_of(id))->json().value();
  std::vector<std::string> told;
  for (const Json& call : trace["calls"])
    told.push_back(call["request"]["method"].get<std::string>() + " " + call["outcome"].get<std::string>());
  EXPECT_THAT(told, UnorderedElementsAre("PUT refused", "DELETE done", "PUT done"));

  participants.script("PUT /b/complete", {{410}});
  EXPECT_EQ(admin.post("/saga/retry/" + saga_of(id), Json::object())->status / 100, 2);
  participants.await_calls("PUT /b/complete", 2);
  await_status(id, "FailedToClose");
  EXPECT_THAT(saga_json(id)["errorMessage"].get<std::string>(), HasSubstr("it was asked to forget its failure"));
}

TEST_F(LraSite, OnesThatListenAreToldTheEndUntilTheyHaveHeardIt) {
  const std::string id = start();
  EXPECT_EQ(put(id, "", {{"Link", "<" + participants.url("/l") + ">; rel=after"}}).status, 200);
  join(id, "/a", {"after"});
  participants.script("PUT /l", {{500}, {202}, {204}});  // 202 promises to hear it later
  EXPECT_EQ(put(id + "/cancel").body, "Cancelled");
  participants.await_calls("PUT /l", 3);
  const LraCall call = participants.calls("PUT /l").back();
  EXPECT_EQ(call.body, "Cancelled");
  EXPECT_EQ(call.headers.at("long-running-action-ended"), id);
  EXPECT_EQ(participants.calls("PUT /a/after").size(), 1u);
  EXPECT_EQ(participants.order().front(), "PUT /a/compensate");
}

TEST_F(LraSite, AParticipantIsToldTheDataWithWhichItJoined) {
  const std::string id = start();
  const std::string links = link("/a");
  EXPECT_EQ(put(id, "", {{"Link", links}, {"Narayana-LRA-Participant-Data", "one"}}).status, 200);
  EXPECT_EQ(put(id, "", {{"Link", links}}).header("Narayana-LRA-Participant-Data"), "one");
  const std::string first = links.substr(0, links.find(','));
  EXPECT_EQ(put(id + "/close", "", {{"Narayana-LRA-Participant-Link", first}, {"Narayana-LRA-Participant-Data", "two"}})
                .status,
            200);
  EXPECT_EQ(participants.calls("PUT /a/complete").front().headers.at("narayana-lra-participant-data"), "two");
}

TEST_F(LraSite, OneThatHasLeftIsNotCalled) {
  const std::string id = start();
  join(id, "/a");
  join(id, "/b");
  EXPECT_EQ(put(id + "/remove", participants.url("/b/compensate")).status, 200);
  EXPECT_EQ(put(id + "/remove", participants.url("/b/compensate")).status, 400);
  EXPECT_EQ(put(id + "/cancel").body, "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/compensate"));
}

// Narayana's client sends all links of a class in the order of a hash table, and that for `leave` before those for
// compensate and complete: a class with @Leave could join, and not leave.
TEST_F(LraSite, OneLeavesByAllItsLinksWhicheverComesFirst) {
  const std::string id = start();
  const auto with_leave = [&](const std::string& path) {
    return "<" + participants.url(path + "/leave") + ">; rel=\"leave\"," + link(path);
  };
  EXPECT_EQ(put(id, "", {{"Link", with_leave("/a")}}).status, 200);
  EXPECT_EQ(put(id, "", {{"Link", with_leave("/b")}}).status, 200);
  EXPECT_EQ(put(id + "/remove", with_leave("/b")).status, 200);
  EXPECT_EQ(put(id + "/remove", with_leave("/c")).status, 400);
  const Headers data = {{"Narayana-LRA-Participant-Link", with_leave("/a")}, {"Narayana-LRA-Participant-Data", "two"}};
  EXPECT_EQ(put(id + "/cancel", "", data).body, "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/compensate"));
  EXPECT_EQ(participants.calls("PUT /a/compensate").front().headers.at("narayana-lra-participant-data"), "two");
}

TEST_F(LraSite, OneThatRunsOutOfTimeIsCancelledAndRenewingItKeepsItActive) {
  const std::string id = start();
  join(id, "/a");
  EXPECT_EQ(put(id + "/renew?TimeLimit=60000").body, id);
  EXPECT_EQ(put(id + "/renew?TimeLimit=1").status, 200);
  const std::string late = start("?TimeLimit=50");
  join(late, "/b");
  await_status(late, "Cancelled");
  EXPECT_EQ(participants.calls("PUT /b/compensate").size(), 1u);
  EXPECT_EQ(get(id + "/status"), "Active");
}

TEST_F(LraSite, AParticipantThatHasMovedIsCalledWhereItIs) {
  const std::string id = start();
  const std::string recovery = join(id, "/a").body;
  EXPECT_EQ(get(recovery), participants.url("/a/compensate"));
  EXPECT_EQ(put(recovery, participants.url("/moved")).status, 200);
  EXPECT_EQ(put(recovery.substr(0, recovery.rfind('/')) + "/09", participants.url("/moved")).status, 404);
  EXPECT_EQ(put(id + "/close").body, "Closed");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /moved/complete"));
}

TEST_F(LraSite, RecoveryMakesTheCallsNowThatWaitAndListsThem) {
  const std::string id = start();
  join(id, "/a");
  participants.script("PUT /a/complete", {{503, "", "Retry-After: 3600\r\n"}});
  EXPECT_EQ(put(id + "/close").body, "Closing");
  EXPECT_THAT(get("/recovery"), HasSubstr(id));
  await_status(id, "Closed");
  EXPECT_EQ(get("/recovery"), "[]");
}

TEST_F(LraSite, AFailedOneThatIsDroppedNeedsNobodyAnyMore) {
  const std::string id = start();
  join(id, "/a");
  EXPECT_EQ(send("DELETE", "/recovery/" + saga_of(id)).status, 412);
  participants.script("PUT /a/complete", {{409, "no"}});
  EXPECT_EQ(put(id + "/close").body, "FailedToClose");
  EXPECT_EQ(send("DELETE", "/recovery/" + saga_of(id)).status, 204);
  EXPECT_EQ(get("/recovery/failed"), "[]");
}

TEST_F(LraSite, AnOperatorCancelsAnActiveOne) {
  const std::string id = start();
  join(id, "/a");
  EXPECT_EQ(admin.post("/saga/compensate/" + saga_of(id), Json{{"reason", "by hand"}})->status / 100, 2);
  await_status(id, "Cancelled");
  EXPECT_THAT(participants.order(), ElementsAre("PUT /a/compensate"));
}

}  // namespace
}  // namespace sagactl::test
