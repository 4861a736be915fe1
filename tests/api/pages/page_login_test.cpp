// Logging a page in by a code or a password, what its cookie is good for, and what it is not.
#include <gmock/gmock.h>

#include "common/crypto.hpp"
#include "common/id.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/node/rights_poller.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

using Headers = std::vector<std::pair<std::string, std::string>>;

// What a browser sends for a page of the node itself, with the header of our scripts.
const Headers of_our_page = {{"Sec-Fetch-Site", "same-origin"}, {"X-Sagactl-Page", "1"}};

class PageLogin : public testing::Test {
 protected:
  explicit PageLogin(const NodeOptions& options = ApiNode::options()) : node(options) {}

  HttpResponse send(const std::string& method, const std::string& path, const Json& body, Headers headers,
                    const std::string& cookie = "") {
    HttpRequest request{method, path, body.is_null() ? "" : body.dump(), {}};
    for (auto& [name, value] : headers) request.headers.emplace_back(name, value);
    if (!cookie.empty()) request.headers.emplace_back("Cookie", cookie);
    return browser.send(request).value();
  }
  static std::string cookie_of(const HttpResponse& answer) {
    const std::string set(answer.header("Set-Cookie"));
    return set.substr(0, set.find(';'));
  }
  std::string code(HttpClient client) { return client.post("/ui/codes", Json::object())->json().value()["code"]; }
  HttpResponse log_in(const std::string& one_time_code) {
    return send("POST", "/ui/session", Json{{"code", one_time_code}}, of_our_page);
  }
  std::string admin_cookie() { return cookie_of(log_in(code(node.admin()))); }
  Json session(const std::string& cookie) { return send("GET", "/ui/session", nullptr, {}, cookie).json().value(); }

  ApiNode node;
  HttpClient browser = node.client();
};

TEST_F(PageLogin, ACodeIsGoodOnceForACookieThatScriptsCannotRead) {
  const std::string one = code(node.admin());
  const HttpResponse in = log_in(one);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_THAT(std::string(in.header("Set-Cookie")),
              MatchesRegex("sagactl-[0-9a-f]{8}=[^;]+; Path=/; Max-Age=43200; HttpOnly; SameSite=Strict"));
  EXPECT_EQ(in.header("Cache-Control"), "no-store");
  EXPECT_EQ(in.json().value()["user"]["email"], "operator@localhost");
  const Json seen = session(cookie_of(in));
  EXPECT_EQ(seen["user"]["role"], "admin");
  EXPECT_EQ(seen["rights"], Json({"sagas.read", "sagas.read-all", "sagas.start", "stock.set", "sagas.operate",
                                  "definitions.publish", "operations.read"}));
  EXPECT_EQ(seen["readOnly"], false);
  const HttpResponse again = log_in(one);
  EXPECT_EQ(again.status, 401);
  EXPECT_EQ(again.json().value()["detail"], "the code was used before: it is good once; run `sagactl open` again");
  EXPECT_EQ(again.header("Set-Cookie"), "");
}

TEST_F(PageLogin, WhatIsNoCodeIsNone) {
  const std::string cookie = admin_cookie();
  const std::string token = node.register_customer();
  for (const std::string& text :
       {std::string("x"), cookie.substr(cookie.find('=') + 1), token, std::string(ApiNode::operator_token)}) {
    const HttpResponse refused = log_in(text);
    EXPECT_EQ(refused.status, 401) << text;
    EXPECT_EQ(refused.json().value()["detail"],
              "the code is not valid any more: it is good once, and for a minute; run `sagactl open` again");
  }
  const HttpResponse empty = log_in("");
  EXPECT_EQ(empty.status, 400);
  EXPECT_THAT(empty.body, HasSubstr("code should not be empty"));
  EXPECT_EQ(node.client(code(node.admin())).get("/sagas")->status, 401) << "a code is no token";
  EXPECT_EQ(node.client(cookie.substr(cookie.find('=') + 1)).get("/sagas")->status, 401) << "nor is a cookie";
}

TEST_F(PageLogin, AnAccountLogsInByItsPasswordAndMayWhatItMay) {
  const Json account{
      {"email", "ann@example.com"}, {"password", "password123"}, {"firstName", "Ann"}, {"lastName", "Lee"}};
  ASSERT_EQ(node.client().post("/auth/register", account)->status, 201);
  const Json right{{"email", "Ann@Example.com"}, {"password", "password123"}};
  const Json wrong{{"email", "ann@example.com"}, {"password", "password124"}};
  const HttpResponse refused = send("POST", "/ui/session", wrong, of_our_page);
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.json().value()["detail"], "Invalid credentials");
  const HttpResponse in = send("POST", "/ui/session", right, of_our_page);
  ASSERT_EQ(in.status, 200) << in.body;
  EXPECT_EQ(in.json().value()["rights"], Json({"sagas.read"}));
  const std::string cookie = cookie_of(in);
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, cookie).status, 200);
  EXPECT_EQ(send("GET", "/locks", nullptr, {}, cookie).status, 403);
}

TEST_F(PageLogin, ACookieCountsAsItsUsersTokenForWhatReads) {
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}).status, 401);
  const std::string cookie = admin_cookie();
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, cookie).status, 200);
  EXPECT_EQ(send("GET", "/locks", nullptr, {{"Sec-Fetch-Site", "same-origin"}}, "other=1; " + cookie).status, 200);
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, cookie + "x").status, 401);
  EXPECT_EQ(send("GET", "/sagas", nullptr, {{"Authorization", "Bearer x"}}, cookie).status, 401)
      << "a token that is sent counts alone";
}

TEST_F(PageLogin, OnlyAPageOfThisNodeChangesSomethingByItsCookie) {
  const std::string cookie = admin_cookie();
  const std::string own = "http://" + node.client().base().authority();
  const auto change = [&](const Headers& headers) {
    const HttpResponse answer = send("PUT", "/users/nobody@example.com", Json{{"role", "admin"}}, headers, cookie);
    if (answer.status == 403) {
      EXPECT_EQ(answer.json().value()["code"], "PAGE_REQUEST") << answer.body;
    }
    return answer.status;
  };
  EXPECT_EQ(change(of_our_page), 404) << "it may";
  EXPECT_EQ(change({{"Origin", own}, {"X-Sagactl-Page", "1"}}), 404) << "a browser that sends no Sec-Fetch-Site";
  EXPECT_EQ(change({}), 403);
  EXPECT_EQ(change({{"X-Sagactl-Page", "1"}}), 403) << "without a word about its origin";
  EXPECT_EQ(change({{"Sec-Fetch-Site", "same-origin"}}), 403) << "as a form does";
  EXPECT_EQ(change({{"Sec-Fetch-Site", "none"}, {"X-Sagactl-Page", "1"}}), 403);
  for (const char* site : {"cross-site", "same-site"})
    EXPECT_EQ(change({{"Sec-Fetch-Site", site}, {"X-Sagactl-Page", "1"}}), 401) << site;
  for (const char* origin : {"https://elsewhere.example", "null", "http://127.0.0.1:1"})
    EXPECT_EQ(change({{"Origin", origin}, {"X-Sagactl-Page", "1"}}), 401) << origin;
}

TEST_F(PageLogin, NoOtherPageLogsInOrOut) {
  const std::string cookie = admin_cookie();
  for (const Headers& headers : {Headers{}, Headers{{"Sec-Fetch-Site", "cross-site"}, {"X-Sagactl-Page", "1"}}}) {
    EXPECT_EQ(send("POST", "/ui/session", Json{{"code", code(node.admin())}}, headers).status, 403);
    EXPECT_EQ(send("DELETE", "/ui/session", nullptr, headers, cookie).status, 403);
  }
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, cookie).status, 200);
}

TEST_F(PageLogin, AfterLoggingOutACookieIsGoodForNothing) {
  const std::string cookie = admin_cookie(), other = admin_cookie();
  const HttpResponse out = send("DELETE", "/ui/session", nullptr, of_our_page, cookie);
  EXPECT_EQ(out.status, 200);
  EXPECT_THAT(std::string(out.header("Set-Cookie")), HasSubstr("=; Path=/; Max-Age=0"));
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, cookie).status, 401);
  EXPECT_EQ(session(cookie)["user"], nullptr);
  EXPECT_EQ(send("GET", "/sagas", nullptr, {}, other).status, 200) << "another page goes on";
  EXPECT_EQ(send("DELETE", "/ui/session", nullptr, of_our_page, cookie).status, 200) << "again changes nothing";
}

TEST_F(PageLogin, NodesWithTheSameSecretAcceptEachOthersCookies) {
  const std::string cookie = admin_cookie();
  ApiNode other;
  HttpRequest request{"GET", "/locks", "", {}};
  request.headers.emplace_back("Cookie", cookie);
  EXPECT_EQ(other.client().send(request)->status, 200);
}

// However many others were logged out there, all of which began before.
TEST_F(PageLogin, ALogOutAtAnotherNodeCountsHereAsWell) {
  const Timestamp before = wall_clock_now() - 1h;
  for (std::uint64_t i = 0; i < 25'000; ++i)
    ASSERT_TRUE(node.records().add_record("page-ended", make_uuid_v7(before, i, i).text(), "{}").value());
  const std::string cookie = admin_cookie();
  const std::size_t payload = cookie.find('.') + 1;
  const std::string claims = *from_base64url(cookie.substr(payload, cookie.rfind('.') - payload));
  ASSERT_TRUE(node.records().add_record("page-ended", Json::parse(claims)["jti"], "{}").value());
  EXPECT_TRUE(node.await_records([&] { return send("GET", "/sagas", nullptr, {}, cookie).status == 401; }));
}

TEST(PageLogins, ThatHaveExpiredAreForgottenHoweverManyTheyAre) {
  const auto clock = make_system_clock();
  const auto database = open_database(ApiNode::options(), *clock).value();
  const Timestamp long_ago = clock->now() - 48h;
  for (std::uint64_t i = 0; i < 5'000; ++i)
    ASSERT_TRUE(database->records().add_record("page-ended", make_uuid_v7(long_ago, i, i).text(), "{}").value());
  api::SessionOptions options;
  options.access_secret = options.refresh_secret = "a secret";
  api::LoginSessions sessions(options, *clock);
  api::PageSessions pages("a secret", false, sessions, *clock);
  const RightsPoller poller(*database, sessions, pages);
  EXPECT_TRUE(eventually([&] { return database->records().records("page-ended", {}).value().empty(); }));
}

// Nodes with other clocks still need them.
TEST(PageLogins, ThatHaveExpiredOnlyByANodesOwnClockAreKept) {
  const auto clock = make_system_clock();
  SimulatedClock ahead(clock->now() + 48h);
  const auto database = open_database(ApiNode::options(), *clock).value();
  const std::string good = make_uuid_v7(clock->now(), 0, 0).text();
  const std::string expired = make_uuid_v7(clock->now() - 24h, 0, 0).text();
  for (const std::string& id : {good, expired}) ASSERT_TRUE(database->records().add_record("page-ended", id, "{}"));
  api::SessionOptions options;
  options.access_secret = options.refresh_secret = "a secret";
  api::LoginSessions sessions(options, ahead);
  api::PageSessions pages("a secret", false, sessions, ahead);
  const RightsPoller poller(*database, sessions, pages);
  EXPECT_TRUE(eventually([&] { return !database->records().record("page-ended", expired).value(); }));
  EXPECT_TRUE(database->records().record("page-ended", good).value());
}

TEST_F(PageLogin, GuestsOfTheShopNeedNoCookieAndAnOldOneHarmsNobody) {
  EXPECT_EQ(send("GET", "/api/inventory", nullptr, {}, "sagactl-00000000=old").status, 200);
  EXPECT_EQ(send("GET", "/api/inventory", nullptr, of_our_page, admin_cookie()).status, 200);
}

class ReadOnlyPages : public PageLogin {
 protected:
  static NodeOptions read_only() {
    NodeOptions options = ApiNode::options();
    options.pages_read_only = true;
    return options;
  }
  ReadOnlyPages() : PageLogin(read_only()) {}
};

TEST_F(ReadOnlyPages, ShowEverythingAndChangeNothing) {
  const std::string cookie = admin_cookie();
  const Json seen = session(cookie);
  EXPECT_EQ(seen["readOnly"], true);
  EXPECT_EQ(seen["rights"], Json({"sagas.read", "sagas.read-all", "operations.read"}));
  EXPECT_EQ(send("GET", "/locks", nullptr, {}, cookie).status, 200);
  for (const auto& [method, path] : {std::pair("PUT", "/users/nobody@example.com"), std::pair("POST", "/ui/codes"),
                                     std::pair("PUT", "/api/inventory/PROD001")}) {
    const HttpResponse refused = send(method, path, Json{{"role", "admin"}}, of_our_page, cookie);
    EXPECT_EQ(refused.status, 403) << path << refused.body;
    EXPECT_EQ(refused.json().value()["code"], "READ_ONLY") << path;
  }
  EXPECT_EQ(node.admin().put("/users/nobody@example.com", Json{{"role", "admin"}})->status, 404)
      << "programs with a token may";
  EXPECT_EQ(send("DELETE", "/ui/session", nullptr, of_our_page, cookie).status, 200);
}

}  // namespace
}  // namespace sagactl::test
