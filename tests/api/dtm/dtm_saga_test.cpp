// Sagas of DTM's clients: docs/dtm.md.
#include <future>

#include "tests/api/dtm/dtm_site.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

using testing::Test;
using Order = std::vector<std::string>;

TEST_F(Dtm, NewGidsDiffer) {
  const Json one = get("newGid"), other = get("newGid");
  EXPECT_EQ(one["dtm_result"], "SUCCESS");
  EXPECT_EQ(one["gid"].get<std::string>().size(), 22u);
  EXPECT_NE(one["gid"], other["gid"]);
  EXPECT_TRUE(get("version")["version"].get<std::string>().starts_with("sagactl "));
  EXPECT_EQ(client.get("/api/ping")->body, R"({"msg":"pong"})");
}

TEST_F(Dtm, ASagaCallsItsActionsInOrderWithThePayloadsUnchanged) {
  Json body = saga("g 1;", {{"branch_headers", {{"x-tenant", "t1"}, {"Host", "elsewhere"}}}});
  body["steps"][0]["action"] = participant.url("/out?shop=7");
  const HttpResponse answer = post("submit", body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"dtm_result":"SUCCESS"})");
  EXPECT_EQ(await_status("g%201", "succeed"), "succeed: prepared succeed prepared succeed");
  EXPECT_EQ(reason("g%201"), "");
  const auto calls = participant.calls();
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].target, "/out?shop=7&branch_id=01&gid=g%201&op=action&trans_type=saga");
  EXPECT_EQ(calls[1].target, "/in?branch_id=02&gid=g%201&op=action&trans_type=saga");
  EXPECT_EQ(calls[0].method + calls[0].body, R"(POST{"amount": 30})");
  EXPECT_EQ(calls[1].body, R"({"amount": 31})");
  EXPECT_EQ(calls[0].headers.at("content-type"), "application/json");
  EXPECT_EQ(calls[0].headers.at("x-tenant"), "t1");
  EXPECT_NE(calls[0].headers.at("host"), "elsewhere");
}

struct Answers {
  const char* name;
  std::vector<DtmAnswer> answers;
  bool fails;
};

class DtmAnswers : public Dtm, public testing::WithParamInterface<Answers> {};

TEST_P(DtmAnswers, OfTheSecondActionMeanWhatTheyMeanToDtm) {
  participant.script("/in action", {GetParam().answers.begin(), GetParam().answers.end()});
  EXPECT_EQ(post("submit", saga("g", {{"request_timeout", 5}})).status, 200);
  const std::string expected =
      GetParam().fails ? "failed: succeed succeed succeed failed" : "succeed: prepared succeed prepared succeed";
  EXPECT_EQ(await_status("g", GetParam().fails ? "failed" : "succeed"), expected);
  EXPECT_EQ(participant.calls("/in action").size(), GetParam().answers.size() + (GetParam().fails ? 0 : 1));
  EXPECT_EQ(participant.calls("/out action").size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(
    All, DtmAnswers,
    testing::Values(Answers{"Success", {}, false},
                    Answers{"FailureIn200", {{200, R"({"dtm_result":"FAILURE"})"}}, true},
                    Answers{"Conflict", {{409, "no money"}}, true}, Answers{"FailureIn500", {{500, "FAILURE"}}, true},
                    Answers{"TooEarly", {{425, ""}}, false}, Answers{"OngoingIn200", {{200, "ONGOING"}}, false},
                    Answers{"OngoingBeforeFailure", {{409, "FAILURE ONGOING"}}, false},
                    Answers{"Created", {{201, ""}}, false}, Answers{"Accepted", {{202, ""}}, false},
                    Answers{"BadRequest", {{400, "what"}}, false}, Answers{"Broken", {{500, "sorry"}}, false},
                    Answers{"Cut", {{.breaks = true}}, false},
                    Answers{"Late", {{.waits_for = "/in action", .waits_for_count = 2}}, false}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(Dtm, AClosedPortIsTriedAgain) {
  const std::uint16_t port = closed_port();
  Json body = saga("g");
  body["steps"][1]["action"] = "http://127.0.0.1:" + std::to_string(port) + "/in";
  EXPECT_EQ(post("submit", body).status, 200);
  participant.await_calls("/out action", 1);
  await_failed_try("g", 1);
  DtmParticipant later(port);
  EXPECT_EQ(await_status("g", "succeed"), "succeed: prepared succeed prepared succeed");
  EXPECT_EQ(later.calls("/in action").size(), 1u);
}

TEST_F(Dtm, AFailureUndoesTheFailedStepTooAndGivesTheReason) {
  participant.script("/in action", {{409, R"({"error":"no money","dtm_result":"FAILURE"})"}});
  participant.script("/out-undo compensate", {{500, "busy"}, {409, "FAILURE"}});
  EXPECT_EQ(post("submit", saga("g")).status, 200);
  EXPECT_EQ(await_status("g", "failed"), "failed: succeed succeed succeed failed");
  EXPECT_EQ(participant.order(), (Order{"/out action", "/in action", "/in-undo compensate", "/out-undo compensate",
                                        "/out-undo compensate", "/out-undo compensate"}));
  EXPECT_EQ(participant.calls("/in-undo compensate")[0].body, R"({"amount": 31})");
  EXPECT_EQ(participant.calls("/out-undo compensate")[0].target,
            "/out-undo?branch_id=01&gid=g&op=compensate&trans_type=saga");
  EXPECT_EQ(reason("g"),
            "url:" + participant.url("/in") + R"( return failed: {"error":"no money","dtm_result":"FAILURE"} FAILURE)");
}

TEST_F(Dtm, WithoutAUrlThereIsNoCallAndWithoutAPayloadItIsAGet) {
  Json body = saga("g");
  body["steps"] =
      Json::array({Json{{"action", ""}, {"compensate", ""}}, Json{{"action", participant.url("/get")}},
                   Json{{"action", participant.url("/null")}}, Json{{"action", participant.url("/empty")}}});
  body["payloads"] = {"x", "", "null", R"("")"};
  EXPECT_EQ(post("submit", body).status, 200);
  EXPECT_EQ(await_status("g", "succeed"),
            "succeed: prepared succeed prepared succeed prepared succeed prepared succeed");
  EXPECT_EQ(participant.order(), (Order{"/get action", "/null action", "/empty action"}));
  EXPECT_EQ(participant.calls("/get action")[0].method, "GET");
  EXPECT_EQ(participant.calls("/null action")[0].method + participant.calls("/null action")[0].body, "POSTnull");
  EXPECT_EQ(participant.calls("/empty action")[0].body, R"("")");
}

TEST_F(Dtm, ConcurrentStepsKeepTheirOrders) {
  Json body = saga("g", {{"custom_data", R"({"concurrent":true,"orders":{"2":[0,1],"3":[0,1]}})"}});
  body["steps"] = Json::array();
  body["payloads"] = Json::array();
  for (const char* path : {"/0", "/1", "/2", "/3"}) {
    body["steps"].push_back({{"action", participant.url(path)}, {"compensate", participant.url(path)}});
    body["payloads"].push_back("x");
  }
  const std::pair<std::string, std::string> concurrent[] = {{"/0", "/1"}, {"/2", "/3"}};
  for (const auto& [one, other] : concurrent)
    for (const std::string op : {" action", " compensate"}) {
      participant.script(one + op, {{.waits_for = other + op}});
      participant.script(other + op, {{.waits_for = one + op}});
    }
  participant.script("/3 action", {{409, "", "/2 action"}});
  EXPECT_EQ(post("submit", body).status, 200);
  await_status("g", "failed");
  const auto at = [&](const std::string& what) { return participant.calls(what).at(0); };
  for (const auto& [one, other] : {std::pair{"/0 action", "/1 action"},
                                   {"/2 action", "/3 action"},
                                   {"/2 compensate", "/3 compensate"},
                                   {"/0 compensate", "/1 compensate"}}) {
    EXPECT_LT(at(one).began, at(other).ended) << one;
    EXPECT_LT(at(other).began, at(one).ended) << one;
  }
  for (const char* before : {"/0 action", "/1 action"})
    for (const char* after : {"/2 action", "/3 action"}) EXPECT_LT(at(before).ended, at(after).began);
  for (const char* before : {"/2 compensate", "/3 compensate"})
    for (const char* after : {"/0 compensate", "/1 compensate"}) EXPECT_LT(at(before).ended, at(after).began);
  EXPECT_EQ(participant.calls().size(), 8u);
}

TEST_F(Dtm, AStepThatWasNotReachedStaysPreparedWhenConcurrentOnesAreUndone) {
  participant.script("/out action", {{409, ""}});
  EXPECT_EQ(post("submit", saga("g", {{"custom_data", R"({"concurrent":true,"orders":{"1":[0]}})"}})).status, 200);
  EXPECT_EQ(await_status("g", "failed"), "failed: succeed failed prepared prepared");
  participant.script("/out action", {{425, ""}}, true);
  EXPECT_EQ(post("submit", saga("h", {{"custom_data", R"({"concurrent":true})"}})).status, 200);
  participant.await_calls("/in action", 1);
  participant.await_calls("/out action", 2);
  EXPECT_EQ(await_status("h", "submitted: prepared prepared prepared succeed"),
            "submitted: prepared prepared prepared succeed");
}

TEST_F(Dtm, ATimeoutUndoesASagaOnce) {
  participant.script("/out action", {{200, "ONGOING"}}, true);
  EXPECT_EQ(post("submit", saga("g", {{"timeout_to_fail", 2}})).status, 200);
  participant.await_calls("/out action", 1);
  EXPECT_EQ(await_status("g", "submitted"), "submitted: prepared prepared prepared prepared");
  EXPECT_EQ(await_status("g", "failed"), "failed: succeed prepared prepared prepared");
  EXPECT_EQ(reason("g"), "Timeout after 2 seconds");
  EXPECT_EQ(participant.calls("/out-undo compensate").size(), 1u);
  EXPECT_EQ(participant.calls("/in-undo compensate").size(), 0u);
}

TEST_F(Dtm, ARetryLimitEndsRepeatsAtOnce) {
  const std::deque<DtmAnswer> three(3, DtmAnswer{500, "busy"});
  participant.script("/in action", three, true);
  EXPECT_EQ(post("submit", saga("one", {{"retry_limit", 1}, {"retry_interval", 3600}})).status, 200);
  EXPECT_EQ(await_status("one", "failed"), "failed: succeed succeed succeed prepared");
  EXPECT_EQ(reason("one"), "RetryCount is greater than RetryLimit, RetryLimit: 1");
  EXPECT_EQ(participant.calls("/in action").size(), 2u);
  participant.script("/in action", three);
  EXPECT_EQ(post("submit", saga("three", {{"retry_limit", 3}, {"retry_interval", 3600}})).status, 200);
  EXPECT_EQ(await_status("three", "succeed"), "succeed: prepared succeed prepared succeed");
}

TEST_F(Dtm, WaitResultAnswersWithTheResultAndSaysWhenThereIsNone) {
  EXPECT_EQ(post("submit", saga("well", {{"wait_result", true}})).status, 200);
  EXPECT_TRUE(statuses("well").starts_with("succeed"));
  participant.script("/in action", {{409, "no money"}});
  const HttpResponse failed = post("submit", saga("fails", {{"wait_result", true}}));
  EXPECT_EQ(failed.status, 409);
  EXPECT_NE(failed.body.find("no money"), failed.body.npos) << failed.body;
  EXPECT_EQ(failed.json().value()["dtm_result"], "FAILURE");
  participant.script("/in action", {{425, ""}}, true);
  const HttpResponse open = post("submit", saga("open", {{"wait_result", true}, {"retry_interval", 3600}}));
  EXPECT_EQ(open.status, 409);
  EXPECT_NE(open.body.find("not finished"), open.body.npos) << open.body;
  EXPECT_EQ(statuses("open"), "submitted: prepared succeed prepared prepared");
}

TEST_F(Dtm, OneGidIsOneSagaHoweverOftenItIsSubmitted) {
  participant.script("/out action", {{.waits_for = "the end of the requests"}});
  std::vector<std::future<int>> all;
  for (int i = 0; i < 3; ++i)
    all.push_back(std::async(std::launch::async, [&] {
      return node.client().send({"POST", "/api/dtmsvr/submit", saga("g").dump(), {}}).value().status;
    }));
  for (auto& each : all) EXPECT_EQ(each.get(), 200);
  EXPECT_EQ(post("submit", saga("g")).status, 200);
  EXPECT_EQ(post("submit", saga("g", {{"payloads", {"1", "2"}}})).status, 409) << "other content";
  EXPECT_EQ(post("submit", msg("g")).status, 409) << "a gid is of all transactions";
  participant.let_go("the end of the requests");
  await_status("g", "succeed");
  EXPECT_EQ(participant.order(), (Order{"/out action", "/in action"}));
  const HttpResponse late = post("submit", saga("g"));
  EXPECT_EQ(late.status, 409);
  EXPECT_NE(late.body.find("succeed"), late.body.npos) << late.body;
  EXPECT_TRUE(late.json().value()["message"].get<std::string>().ends_with("FAILURE"));
}

TEST_F(Dtm, ForceStopEndsASagaAndResetNextCronTimeHurriesIt) {
  participant.script("/in action", {{500, "busy"}});
  EXPECT_EQ(post("submit", saga("g", {{"retry_interval", 3600}})).status, 200);
  participant.await_calls("/in action", 1);
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(post("resetNextCronTime", {{"gid", "g"}}).status, 200);
    return participant.calls("/in action").size() >= 2;
  }));
  await_status("g", "succeed");
  EXPECT_EQ(post("resetNextCronTime", {{"gid", "g"}}).status, 200);
  EXPECT_EQ(post("forceStop", {{"gid", "g"}}).status, 409);
  participant.script("/in action", {{500, "busy"}}, true);
  EXPECT_EQ(post("submit", saga("h", {{"retry_interval", 3600}})).status, 200);
  participant.await_calls("/in action", 3);
  EXPECT_EQ(post("forceStop", {{"gid", "h"}}).status, 200);
  EXPECT_EQ(statuses("h"), "failed: prepared succeed prepared prepared");
  EXPECT_EQ(participant.calls("/out-undo compensate").size(), 0u);
  for (const char* route : {"forceStop", "resetNextCronTime", "abort"})
    EXPECT_EQ(post(route, {{"gid", "unknown"}}).status, 500) << route;
  EXPECT_EQ(post("abort", {{"gid", "h"}, {"trans_type", "saga"}}).status, 409);
}

}  // namespace
}  // namespace sagactl::test
