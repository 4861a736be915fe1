// Conditional requests, methods that a path does not have, and encoded bodies.
#include "server/http/message/conditional.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;

class Conditional : public ServerTest {
 protected:
  Conditional() {
    Router router;
    add(router, Method::get, "/thing", [](Request& request) -> Answer {
      return json_response(200, Json{{"n", request.query_value("n").value_or("1")}});
    });
    add(router, Method::get, "/tagged", [](Request&) -> Answer {
      Response response = json_response(200, Json{{"a", 1}});
      response.headers.push_back({"ETag", "\"v1\""});
      return response;
    });
    add(router, Method::get, "/missing", [](Request& request) -> Answer { return no_thing(request); });
    const Handler changes = [this](Request&) -> Answer {
      ++changed;
      return json_response(200, Json{{"done", true}});
    };
    add(router, Method::put, "/thing", changes);
    add(router, Method::del, "/thing", changes);
    add(router, Method::post, "/thing", changes);
    Route knowing{Method::post, "/knowing", RouteAccess::anyone, changes, "", ""};
    knowing.reads_if_match = true;
    router.add(std::move(knowing));
    server.emplace(std::move(router));
  }
  static Error no_thing(const Request&) { return Error{ErrorCode::not_found, "no thing"}; }

  RawResponse get(const std::string& path, const std::string& headers = {}) {
    return server->ask(request_text("GET", path, "", headers));
  }
  int status(const char* method, const std::string& path, const std::string& headers) {
    return server->ask(request_text(method, path, "", headers)).status;
  }

  std::atomic<int> changed = 0;
  std::optional<TestHttpServer> server;
};

TEST_F(Conditional, EveryJsonAnswerHasAnETagThatChangesWithIt) {
  const std::string first = get("/thing").header("etag");
  EXPECT_TRUE(first.starts_with("W/\"")) << first;
  EXPECT_EQ(get("/thing").header("etag"), first);
  EXPECT_NE(get("/thing?n=2").header("etag"), first);
  EXPECT_EQ(get("/thing").header("cache-control"), "no-cache");
  EXPECT_EQ(get("/missing").header("etag"), "");
}

TEST_F(Conditional, AnAnswerThatTheClientHasIsNotSentAgain) {
  const std::string etag = get("/tagged").header("etag");
  const std::string seen[] = {etag, "W/" + etag,        "\"x\", " + etag, "W/\"x\",W/" + etag + " , \"y\"",
                              "*",  "\"a,b\", " + etag, " " + etag + " "};
  for (const std::string& tags : seen) {
    RawClient client = server->connect();
    client.send(request_text("GET", "/tagged", "", "If-None-Match: " + tags + "\r\n"));
    const auto answer = client.receive(false);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 304) << tags;
    EXPECT_EQ(answer->header("etag"), etag) << tags;
    EXPECT_EQ(answer->header("content-type"), "") << tags;
  }
  for (const std::string tags : {"\"other\"", "v1", "\"v1", "x\"v1\"", "\"v1\"x", "\"*\""})
    EXPECT_EQ(get("/tagged", "If-None-Match: " + tags + "\r\n").status, 200) << tags;
  RawClient lines = server->connect();
  lines.send(request_text("GET", "/tagged", "", "If-None-Match: \"x\"\r\nIf-None-Match: " + etag + "\r\n"));
  EXPECT_EQ(lines.receive(false)->status, 304) << "on a second line";
  RawClient head = server->connect();
  head.send(request_text("HEAD", "/tagged", "", "If-None-Match: " + etag + "\r\n"));
  EXPECT_EQ(head.receive(false)->status, 304);
  EXPECT_EQ(get("/missing", "If-None-Match: *\r\n").status, 404) << "errors are never 304";
}

TEST_F(Conditional, IfMatchRefusesAnotherVersion) {
  EXPECT_EQ(get("/tagged", "If-Match: \"x\", \"v1\"\r\n").status, 200);
  EXPECT_EQ(get("/tagged", "If-Match: *\r\n").status, 200);
  EXPECT_EQ(get("/tagged", "If-Match: \"v2\"\r\n").status, 412);
  EXPECT_EQ(get("/tagged", "If-Match: W/\"v1\"\r\n").status, 412) << "weak tags never match strongly";
}

TEST_F(Conditional, NothingIsChangedUnderAConditionThatTheRouteDoesNotSupport) {
  for (const char* method : {"PUT", "DELETE", "POST"}) {
    EXPECT_EQ(status(method, "/thing", "If-Match: \"v1\"\r\n"), 412) << method;
    EXPECT_EQ(status(method, "/thing", "If-Match: W/\"v1\"\r\n"), 412) << method;
  }
  EXPECT_EQ(status("PUT", "/thing", "If-None-Match: *\r\n"), 412);
  EXPECT_EQ(changed, 0);
  EXPECT_EQ(status("PUT", "/thing", "If-Match: *\r\n"), 200);
  EXPECT_EQ(status("POST", "/thing", "If-None-Match: *\r\n"), 200) << "POST creates something new anyway";
  EXPECT_EQ(status("POST", "/knowing", "If-Match: \"v1\"\r\n"), 200) << "the route decides";
  EXPECT_EQ(changed, 3);
}

TEST_F(ServerTest, AMethodThatAPathDoesNotHaveIsRefusedWithThoseThatItHas) {
  const TestHttpServer server(routes());
  for (const char* method : {"PATCH", "GET", "TRACE", "BREW"}) {
    const RawResponse answer = server.ask(request_text(method, "/echo"));
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.header("allow"), "OPTIONS, POST") << method;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json; charset=utf-8");
    EXPECT_THAT(answer.body, HasSubstr("allowed: OPTIONS, POST"));
  }
  EXPECT_EQ(server.ask(request_text("POST", "/n/1")).header("allow"), "OPTIONS, GET, HEAD");
  EXPECT_EQ(server.ask(request_text("POST", "/nowhere")).status, 404);
  EXPECT_EQ(server.ask(request_text("OPTIONS", "/nowhere")).status, 404);
}

TEST_F(ServerTest, AnEncodedBodyIsRefused) {
  const TestHttpServer server(routes());
  const auto post = [&](const std::string& encoding) {
    return server.ask(request_text("POST", "/echo", "body", "Content-Encoding: " + encoding + "\r\n"));
  };
  for (const char* encoding : {"gzip", "br", "GZIP", "identity, gzip", "deflate, identity", "unheard-of"}) {
    const RawResponse answer = post(encoding);
    EXPECT_EQ(answer.status, 415) << encoding;
    EXPECT_EQ(answer.header("accept-encoding"), "identity") << encoding;
    EXPECT_THAT(answer.body, HasSubstr("Content-Encoding")) << encoding;
  }
  EXPECT_EQ(post("identity").status, 200);
  EXPECT_EQ(post("").status, 200);
  EXPECT_EQ(server.ask(request_text("GET", "/n/1", "", "Content-Encoding: gzip\r\n")).status, 200) << "no body";
}

}  // namespace
}  // namespace sagactl::http::testing
