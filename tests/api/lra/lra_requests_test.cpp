// What the coordinator answers to requests, also to those that are wrong: docs/lra.md.
#include <gmock/gmock.h>

#include "common/text/percent.hpp"
#include "tests/api/lra/lra_site.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;

TEST_F(LraSite, AStartGivesTheIdInEveryForm) {
  const HttpResponse answer = send("POST", "/start?ClientID=shop&TimeLimit=60000");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.header("Location"), answer.body);
  EXPECT_EQ(answer.header("Long-Running-Action"), answer.body);
  EXPECT_EQ(answer.header("Narayana-LRA-API-version"), "1.2");
  EXPECT_THAT(answer.body, HasSubstr("/lra-coordinator/"));
  const HttpResponse json = send("POST", "/start", "", {{"Accept", "application/json"}});
  EXPECT_EQ(json.status, 200);
  EXPECT_EQ(json.header("Location"), "");
  EXPECT_THAT(json.json().value()["lraId"].get<std::string>(), HasSubstr("/lra-coordinator/"));
}

TEST_F(LraSite, IdsAreUnderTheAddressAtWhichItWasAskedOrTheOneThatIsGiven) {
  const std::string asked = start();
  EXPECT_EQ(asked.substr(0, asked.rfind('/')), client.base().text() + "/lra-coordinator");
  NodeOptions options = ApiNode::options();
  options.lra_url = "https://lras.example/a/lra-coordinator";
  ApiNode fixed(options);
  const HttpResponse answer =
      fixed.client().send({"POST", "/lra-coordinator/start", "", {{"Accept", "text/plain"}}}).value();
  EXPECT_TRUE(answer.body.starts_with("https://lras.example/a/lra-coordinator/")) << answer.body;
}

TEST_F(LraSite, VersionsAreEchoedAndAnUnknownOneIsRefused) {
  for (const char* version : {"1.0", "1.1", "1.2", "2.0"}) {
    const HttpResponse answer = send("GET", "", "", {{"Narayana-LRA-API-version", version}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Narayana-LRA-API-version"), version);
  }
  const HttpResponse refused = send("GET", "", "", {{"Narayana-LRA-API-version", "9.9"}});
  EXPECT_EQ(refused.status, 417);
  EXPECT_THAT(refused.body, HasSubstr("'9.9'"));
}

TEST_F(LraSite, Version2DoesNotWaitForTheEnd) {
  const std::string id = start();
  join(id, "/a");
  const HttpResponse answer = put(id + "/close", "", {{"Narayana-LRA-API-version", "2.0"}});
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.header("Location"), id + "/status");
  await_status(id, "Closed");
}

TEST_F(LraSite, AnLraIsShownAndListedByItsStatus) {
  const std::string active = start("?ClientID=shop"), closed = start();
  put(closed + "/close");
  const Json shown = Json::parse(get(active));
  EXPECT_EQ(shown["lraId"], active);
  EXPECT_EQ(shown["clientId"], "shop");
  EXPECT_EQ(shown["status"], "Active");
  EXPECT_EQ(shown["finishTime"], 0);
  EXPECT_EQ(shown["httpStatus"], 204);
  EXPECT_GE(Json::parse(get(closed))["finishTime"], shown["startTime"]);
  EXPECT_EQ(Json::parse(get("")).size(), 2u);
  const Json closed_ones = Json::parse(get("?Status=Closed"));
  ASSERT_EQ(closed_ones.size(), 1u);
  EXPECT_EQ(closed_ones[0]["lraId"], closed);
  EXPECT_EQ(send("GET", "?Status=Shut").status, 400);
  EXPECT_EQ(send("GET", closed + "/status", "", {{"Accept", "application/json"}}).body, R"({"status":"Closed"})");
}

TEST_F(LraSite, JoiningAgainGivesTheSameRecoveryUrl) {
  const std::string id = start();
  EXPECT_EQ(join(id, "/a").body, join(id, "/a").body);
}

struct BadJoin {
  const char* name;
  std::string link, body;
  int status;
  const char* text;
};

class LraBadJoins : public LraSite, public testing::WithParamInterface<BadJoin> {};

TEST_P(LraBadJoins, AreRefusedAndStoreNothing) {
  const std::string id = start();
  const BadJoin& bad = GetParam();
  const Headers headers = bad.link.empty() ? Headers{} : Headers{{"Link", bad.link}};
  const HttpResponse answer = put(id, bad.body, headers);
  EXPECT_EQ(answer.status, bad.status) << answer.body;
  EXPECT_THAT(answer.body, HasSubstr(bad.text));
  EXPECT_EQ(put(id + "/close").body, "Closed");
  EXPECT_TRUE(participants.order().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, LraBadJoins,
    testing::Values(BadJoin{"Nothing", "", "", 400, "no Link header"},
                    BadJoin{"NoUrl", "", "nonsense", 412, "'nonsense' cannot be called"},
                    BadJoin{"NoBracket", "<http://127.0.0.1:1/a", "", 500, "does not parse"},
                    BadJoin{"NoRelation", "<http://127.0.0.1:1/a>", "", 500, "has no rel"},
                    BadJoin{"NoScheme", "<127.0.0.1>; rel=compensate", "", 500, "cannot be called"},
                    BadJoin{"Twice", "<http://127.0.0.1:1/a>; rel=after, <http://127.0.0.1:1/b>; rel=after", "", 500,
                            "two URLs for after"},
                    BadJoin{"OnlyComplete", "<http://127.0.0.1:1/a>; rel=complete", "", 400, "neither"},
                    BadJoin{"NotAllowed", "<http://192.0.2.1/a>; rel=compensate", "", 400, "--participants-allow"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(LraSite, TimeLimitsThatAreNoNumbersAreRefused) {
  const std::string id = start();
  for (const std::string& path : {id + "/renew?TimeLimit=soon", id + "?TimeLimit=1s"}) {
    const HttpResponse answer = put(path, "", {{"Link", link("/a")}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("milliseconds"));
  }
  EXPECT_EQ(send("POST", "/start?TimeLimit=x").status, 400);
}

TEST_F(LraSite, WhatHasEndedCannotBeJoinedOrEndedAgain) {
  const std::string id = start();
  put(id + "/close");
  EXPECT_EQ(join(id, "/a").status, 410);
  for (const char* route : {"/close", "/cancel", "/renew?TimeLimit=5"}) {
    const HttpResponse answer = put(id + route);
    EXPECT_EQ(answer.status, 412) << route;
    EXPECT_EQ(answer.body, "the LRA is Closed, and no longer Active");
  }
}

TEST_F(LraSite, AnIdOfAnotherCoordinatorIsNotFound) {
  const std::string other = "http://elsewhere/lra-coordinator/0_ffff0a28054b_9133_5f855916_a7";
  for (const char* route : {"/close", "/cancel", "/remove", "/renew"})
    EXPECT_EQ(put("/" + percent_encode(other) + route, "x").status, 404) << route;
  EXPECT_EQ(join("/" + percent_encode(other), "/a").status, 404);
  const HttpResponse order = client.get("/lra-coordinator/00000000-0000-7000-8000-000000000000").value();
  EXPECT_EQ(order.status, 404);
  EXPECT_EQ(send("POST", "/start?ParentLRA=" + percent_encode(other)).status, 404);
}

TEST_F(LraSite, ParticipantDataNeedsVersion11) {
  const std::string id = start();
  const Headers headers = {
      {"Link", link("/a")}, {"Narayana-LRA-API-version", "1.0"}, {"Narayana-LRA-Participant-Data", "x"}};
  EXPECT_EQ(put(id, "", headers).status, 412);
}

}  // namespace
}  // namespace sagactl::test
