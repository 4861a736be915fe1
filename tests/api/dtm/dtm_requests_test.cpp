// What DTM's clients may send, who may, and what they are shown: docs/dtm.md.
#include "tests/api/dtm/dtm_site.hpp"

namespace sagactl::test {
namespace {

TEST_F(Dtm, ABodyIsReadAsGoReadsIt) {
  const std::string out = participant.url("/out");
  const std::string bodies[] = {
      R"({"gid":"a","trans_type":"saga","custom_data":null,"steps":[{"action":")" + out +
          R"("}],"payloads":["{\"amount\": 30}"],"query_prepared":null,"protocol":null,"wait_result":null,
          "timeout_to_fail":null,"request_timeout":8,"retry_interval":null,"retry_limit":null,"concurrent":null,
          "passthrough_headers":[],"branch_headers":null,"rollback_reason":null})",
      R"({"subType":"saga","subType":"saga","gid":"x","gid":"b","gid":null,"TRANS_TYPE":"saga","unknown":[{}],
          "steps":[{"action":")" +
          out + R"(","data":"{}"}]})",
  };
  for (const std::string& body : bodies) EXPECT_EQ(post_text("submit", body).status, 200) << body;
  EXPECT_EQ(await_status("a", "succeed"), "succeed: prepared succeed");
  EXPECT_EQ(await_status("b", "succeed"), "succeed: prepared succeed");
}

TEST_F(Dtm, ABodyThatCannotBeCarriedOutIs500WithTheReason) {
  const Json good = saga("g");
  const auto with = [&](const char* name, Json value) {
    Json body = good;
    body[name] = std::move(value);
    return body.dump();
  };
  Json many = good;
  many["steps"] = Json::array();
  for (int i = 0; i < 100; ++i) many["steps"].push_back({{"action", ""}});
  const std::pair<std::string, const char*> bodies[] = {
      {"", "Unexpected end"},
      {"{\"gid\":", "Unexpected end"},
      {"[]", "object"},
      {with("gid", ""), "gid"},
      {with("gid", 7), "gid must be a text"},
      {with("gid", std::string(129, 'x')), "128"},
      {with("trans_type", "xa"), "trans_type is 'xa'"},
      {with("trans_type", "what"), "trans_type"},
      {with("protocol", "grpc"), "protocol"},
      {with("payloads", {"1"}), "1 payloads for 2 steps"},
      {with("payloads", {std::string(70'000, 'x'), "2"}), "70000 bytes"},
      {with("steps", Json::array({Json{{"action", 7}}})), "steps"},
      {with("steps", Json::array({Json{{"action", "topic://t"}}, Json{}})), "topic not found"},
      {with("steps", Json::array({Json{{"action", "nacos://t"}}, Json{}})), "http://"},
      {with("steps", Json::array({Json{{"action", "http://127.0.0.1/" + std::string(1100, 'x')}}, Json{}})), "1024"},
      {with("steps", Json::array({Json{{"action", "http://169.254.169.254/x"}}, Json{}})), "may not call"},
      {many.dump(), "100 steps"},
      {with("custom_data", "{"), "custom_data"},
      {with("custom_data", R"({"orders":{"7":[0]}})"), "step 7"},
      {with("custom_data", R"({"orders":{"1":[7]}})"), "step 7"},
      {with("custom_data", R"({"concurrent":true,"orders":{"0":[1],"1":[0]}})"), "circle"},
      {with("timeout_to_fail", 1.5), "timeout_to_fail"},
      {with("branch_headers", {{"a\r\nb", "c"}}), "header"},
  };
  for (const auto& [body, reason] : bodies) {
    const HttpResponse answer = post_text("submit", body);
    EXPECT_EQ(answer.status, 500) << body.substr(0, 200);
    const Json json = read_json(answer.body);
    EXPECT_EQ(json.size(), 1u) << answer.body;
    EXPECT_NE(text_or_empty(json, "message").find(reason), std::string::npos) << answer.body << " lacks " << reason;
  }
  EXPECT_TRUE(query("g")["transaction"].is_null());
  EXPECT_EQ(participant.calls().size(), 0u);
}

TEST_F(Dtm, QueryShowsATransactionAndNothingThatIsNull) {
  EXPECT_EQ(query("unknown").dump(), R"({"transaction":null,"branches":[]})");
  EXPECT_EQ(client.get("/api/dtmsvr/query")->status, 500);
  EXPECT_EQ(post("submit", saga("g", {{"timeout_to_fail", 60}, {"custom_data", R"({"concurrent":true})"}})).status,
            200);
  await_status("g", "succeed");
  const Json found = query("g");
  const Json& transaction = found["transaction"];
  EXPECT_TRUE(transaction["id"].is_number_unsigned());
  EXPECT_LE(transaction["id"].get<std::int64_t>(), INT32_MAX) << "C#'s client has 32 bits";
  EXPECT_EQ(transaction["gid"], "g");
  EXPECT_EQ(transaction["trans_type"], "saga");
  EXPECT_EQ(transaction["custom_data"], R"({"concurrent":true})");
  EXPECT_EQ(Json::parse(transaction["options"].get<std::string>())["timeout_to_fail"], 60);
  EXPECT_TRUE(transaction.contains("finish_time"));
  EXPECT_FALSE(transaction.contains("rollback_time"));
  EXPECT_FALSE(transaction.contains("rollback_reason"));
  ASSERT_EQ(found["branches"].size(), 4u);
  const Json& branch = found["branches"][1];
  EXPECT_EQ(branch["url"], participant.url("/out"));
  EXPECT_EQ(branch["bin_data"], "eyJhbW91bnQiOiAzMH0=");
  EXPECT_EQ(branch["branch_id"], "01");
  EXPECT_EQ(branch["op"], "action");
  EXPECT_EQ(found["branches"][0]["op"], "compensate");
  for (const Json& part : {transaction, branch, found["branches"][0]})
    for (const auto& [name, value] : part.items()) EXPECT_FALSE(value.is_null()) << name;
}

TEST_F(Dtm, AllListsTransactionsNewestFirstInPages) {
  for (const char* gid : {"a", "b", "c"}) EXPECT_EQ(post("submit", saga(gid)).status, 200);
  EXPECT_EQ(post("prepare", msg("d")).status, 200);
  for (const char* gid : {"a", "b", "c"}) await_status(gid, "succeed");
  HttpClient customer = node.customer();
  node.place_and_await(customer, "other sagas are not transactions");
  const auto gids = [](const Json& page) {
    std::string text;
    for (const Json& each : page["transactions"]) text += each["gid"].get<std::string>();
    return text;
  };
  const Json all = get("all");
  EXPECT_EQ(gids(all), "dcba");
  EXPECT_EQ(all["next_position"], "");
  const Json first = get("all?limit=3");
  EXPECT_EQ(gids(first), "dcb");
  EXPECT_EQ(gids(get("all?limit=3&position=" + first["next_position"].get<std::string>())), "a");
  EXPECT_EQ(gids(get("all?transType=msg")), "d");
  EXPECT_EQ(gids(get("all?status=prepared")), "d");
  EXPECT_EQ(gids(get("all?status=submitted")), "");
  EXPECT_EQ(gids(get("all?status=succeed&limit=2")), "cb");
  EXPECT_EQ(gids(get("all?createTimeStart=4000000000000")), "");
  EXPECT_EQ(gids(get("all?createTimeStart=1000&createTimeEnd=4000000000000")), "dcba");
  EXPECT_EQ(gids(get("all?gid=b")), "b");
  EXPECT_TRUE(get("all?gid=unknown")["transactions"].is_null());
  EXPECT_EQ(client.get("/api/dtmsvr/all?status=what")->status, 500);
}

TEST_F(Dtm, ATransactionIsASagaLikeEveryOther) {
  participant.script("/in action", {{425, ""}}, true);
  EXPECT_EQ(post("submit", saga("g")).status, 200);
  participant.await_calls("/in action", 1);
  HttpClient admin = node.admin();
  const Json shown = admin.get("/sagas/correlation/g")->json().value();
  EXPECT_EQ(shown["sagaType"], "dtm-saga");
  const std::string id = shown["id"];
  EXPECT_EQ(admin.get("/trace/correlation/g")->status, 200);
  EXPECT_EQ(admin.post("/saga/compensate/" + id, Json{{"reason", "not wanted"}})->status, 202);
  EXPECT_EQ(await_status("g", "failed"), "failed: succeed succeed succeed prepared");
  EXPECT_EQ(reason("g"), "not wanted");
}

class DtmAccess : public Dtm {
 protected:
  static NodeOptions with(bool open, const std::string& secret) {
    NodeOptions options = ApiNode::options();
    options.allow_dtm = open;
    options.dtm_secret = secret;
    return options;
  }
  // The status of a request that a proxy forwarded from another machine.
  static int from_elsewhere(const ApiNode& node, const std::string& path) {
    HttpClient client = node.client();
    return client.send({"GET", path, "", {{"X-Forwarded-For", "203.0.113.9"}}}).value().status;
  }
};

TEST_F(DtmAccess, IsForThisMachineUnlessItIsOpened) {
  EXPECT_EQ(from_elsewhere(node, "/api/dtmsvr/newGid"), 403);
  EXPECT_EQ(client.get("/anything-at-all/api/dtmsvr/newGid")->status, 404) << "there is no secret";
  const HttpResponse refused =
      client.send({"GET", "/api/dtmsvr/newGid", "", {{"X-Forwarded-For", "203.0.113.9"}}}).value();
  EXPECT_NE(refused.body.find("--allow-dtm"), refused.body.npos) << refused.body;
  ApiNode open(with(true, ""));
  EXPECT_EQ(from_elsewhere(open, "/api/dtmsvr/newGid"), 200);
  ApiNode secret(with(false, "the-secret-of-the-test"));
  EXPECT_EQ(from_elsewhere(secret, "/api/dtmsvr/newGid"), 403);
  EXPECT_EQ(from_elsewhere(secret, "/the-secret-of-the-test/api/dtmsvr/newGid"), 200);
  EXPECT_EQ(from_elsewhere(secret, "/the-secret-of-the-tesT/api/dtmsvr/newGid"), 404);
}

TEST_F(DtmAccess, IsNotForPagesOfOtherOrigins) {
  ApiNode open(with(true, ""));
  for (const ApiNode* each : {&node, &open}) {
    HttpClient page = each->client();
    const HttpRequest request{"POST", "/api/dtmsvr/submit", saga("g").dump(), {{"Origin", "http://evil.example"}}};
    EXPECT_EQ(page.send(request)->status, 403);
    EXPECT_EQ(page.get("/api/dtmsvr/query?gid=g")->json().value()["transaction"], nullptr);
  }
}

}  // namespace
}  // namespace sagactl::test
