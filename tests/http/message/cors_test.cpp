// Web pages of other origins.
#include "server/http/message/cors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr const char* shop = "https://shop.example";

class CrossOrigin : public ServerTest {
 protected:
  static ServerOptions allowing(std::vector<std::string> origins) {
    ServerOptions options;
    options.cors_origins = std::move(origins);
    return options;
  }
  static std::string from(const std::string& origin, const std::string& more = {}) {
    return "Origin: " + origin + "\r\n" + more;
  }
  static std::string preflight(const std::string& target, const std::string& origin = shop,
                               const std::string& more = {}) {
    return request_text("OPTIONS", target, "",
                        from(origin,
                             "Access-Control-Request-Method: POST\r\n"
                             "Access-Control-Request-Headers: authorization,idempotency-key,x-of-the-shop\r\n" +
                                 more));
  }
  // The header that the browser needs to show an answer to the page.
  static void expect_shown(const RawResponse& answer, const std::string& what) {
    EXPECT_EQ(answer.header("access-control-allow-origin"), shop) << what << answer.head;
    EXPECT_EQ(answer.header("vary"), "Origin") << what;
    EXPECT_THAT(answer.header("access-control-expose-headers"), HasSubstr("X-Correlation-ID")) << what;
  }
};

TEST_F(CrossOrigin, NoHeaderIsSentWhereNoOriginMayCall) {
  const TestHttpServer server(routes());
  for (const std::string& asked : {preflight("/echo"), request_text("GET", "/n/1", "", from(shop))}) {
    const RawResponse answer = server.ask(asked);
    EXPECT_EQ(answer.head.find("Access-Control"), answer.head.npos);
    EXPECT_EQ(answer.header("vary"), "");
  }
}

TEST_F(CrossOrigin, APageOfAnAllowedOriginIsShownEveryKindOfAnswer) {
  const TestHttpServer server(routes(), allowing({shop, "http://localhost:5173"}));
  const std::string host = std::string("Host: x\r\nOrigin: ") + shop + "\r\n";
  expect_shown(server.ask(request_text("GET", "/n/1", "", from(shop))), "an answer");
  RawClient head = server.connect();
  head.send(request_text("HEAD", "/n/1", "", from(shop)));
  expect_shown(head.receive(false).value(), "a head");
  expect_shown(server.ask(request_text("GET", "/nowhere", "", from(shop))), "404");
  expect_shown(server.ask(request_text("PATCH", "/echo", "", from(shop))), "405");
  expect_shown(server.ask(request_text("GET", "/throws", "", from(shop))), "500");
  expect_shown(server.ask("POST /echo HTTP/1.1\r\n" + host + "Content-Length: 99999999\r\n\r\n"), "413");
  expect_shown(server.ask("GET /n/1?x=%g1 HTTP/1.1\r\n" + host + "\r\n"), "400 of the target");
  expect_shown(server.ask("GET /n/1 HTTP/1.1\r\n" + host + "A : 1\r\n\r\n"), "400 of a header");
  expect_shown(server.ask("POST /echo HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip\r\n\r\n"), "501");
  const std::string large = "X-Large: " + std::string(20'000, 'x') + "\r\n";
  expect_shown(server.ask("GET /n/1 HTTP/1.1\r\n" + host + large + "\r\n"), "431, the origin first");
  expect_shown(server.ask("GET /n/1 HTTP/1.1\r\n" + large + host + "\r\n"), "431, the origin last");
}

TEST_F(CrossOrigin, APageCanReadThatItsRequestTimedOut) {
  ServerOptions options = allowing({shop});
  options.limits.read_timeout = 50ms;
  const TestHttpServer server(routes(), options);
  RawClient client = server.connect();
  client.send(std::string("POST /echo HTTP/1.1\r\nHost: x\r\nOrigin: ") + shop + "\r\nContent-Length: 5\r\n\r\nab");
  const auto answer = client.receive();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 408);
  expect_shown(*answer, "408");
}

TEST_F(CrossOrigin, APageCanReadThatThereAreTooManyConnections) {
  ServerOptions options = allowing({"https://other.example", shop});
  options.limits.connections_max = 1;
  const TestHttpServer server(routes(), options);
  RawClient first = server.connect();
  first.send(request_text("GET", "/n/1"));
  ASSERT_TRUE(first.receive());
  const RawResponse answer = server.ask(request_text("GET", "/n/2", "", from(shop)));
  EXPECT_EQ(answer.status, 503);
  expect_shown(answer, "503");
}

TEST_F(CrossOrigin, APageOfAnotherOriginCanReadNothingAndTheAnswerVariesByOrigin) {
  const TestHttpServer server(routes(), allowing({shop}));
  for (const std::string& origin :
       {std::string("https://evil.example"), std::string("https://shop.example.evil.example"),
        std::string("http://shop.example"), std::string("null")}) {
    const RawResponse answer = server.ask(request_text("GET", "/n/1", "", from(origin)));
    EXPECT_EQ(answer.head.find("Access-Control"), answer.head.npos) << origin;
    EXPECT_EQ(answer.header("vary"), "Origin") << origin;
  }
  EXPECT_EQ(server.ask(request_text("GET", "/n/1")).header("vary"), "Origin") << "without an origin";
}

TEST_F(CrossOrigin, APreflightIsAnsweredForEveryRouteAndAnyHeader) {
  const TestHttpServer server(routes(), allowing({shop}));
  for (const char* target : {"/echo", "/n/1", "/no/such/route"}) {
    const RawResponse answer = server.ask(preflight(target));
    EXPECT_EQ(answer.status, 204) << target;
    EXPECT_EQ(answer.header("access-control-allow-origin"), shop) << target;
    EXPECT_THAT(answer.header("access-control-allow-methods"), HasSubstr("DELETE")) << target;
    EXPECT_EQ(answer.header("access-control-allow-headers"), "authorization,idempotency-key,x-of-the-shop") << target;
    EXPECT_EQ(answer.header("access-control-max-age"), "600") << target;
  }
  EXPECT_EQ(server.ask(preflight("/echo", "https://evil.example")).head.find("Access-Control"), std::string::npos);
  EXPECT_EQ(server.ask(preflight("/echo", shop, "Access-Control-Request-Private-Network: true\r\n"))
                .header("access-control-allow-private-network"),
            "true");
}

TEST_F(CrossOrigin, EveryPageMayCallWithAStarButWithoutTheBrowsersCredentials) {
  const TestHttpServer server(routes(), allowing({"*"}));
  const RawResponse answer = server.ask(request_text("GET", "/n/1", "", from("https://any.example")));
  EXPECT_EQ(answer.header("access-control-allow-origin"), "*");
  EXPECT_EQ(answer.header("access-control-allow-credentials"), "");
  EXPECT_EQ(answer.header("vary"), "");
  EXPECT_EQ(server.ask("no HTTP\r\n\r\n").header("access-control-allow-origin"), "*");
  EXPECT_EQ(server.ask(preflight("/echo", "https://any.example")).header("access-control-allow-origin"), "*");
  const TestHttpServer named(routes(), allowing({shop}));
  EXPECT_EQ(named.ask(request_text("GET", "/n/1", "", from(shop))).header("access-control-allow-credentials"), "true");
}

TEST(Origin, IsParsedIntoTheFormThatBrowsersSend) {
  const std::pair<const char*, const char*> rows[] = {
      {"https://shop.example", "https://shop.example"},
      {"HTTPS://Shop.Example:443/", "https://shop.example"},
      {"http://localhost:80", "http://localhost"},
      {"http://localhost:5173", "http://localhost:5173"},
      {"https://shop.example:80", "https://shop.example:80"},
      {"http://[::1]:3000", "http://[::1]:3000"},
      {"capacitor://localhost", "capacitor://localhost"},
      {"*", "*"},
  };
  for (const auto& [given, taken] : rows) {
    const auto origin = parse_origin(given);
    ASSERT_TRUE(origin) << given << ": " << origin.error().message;
    EXPECT_EQ(*origin, taken);
  }
  for (const char* none :
       {"", "shop.example", "https://", "https://shop.example/path", "https://*.example", "https://ann@shop.example",
        "https://shop.example:", "https://shop.example:x", "null", "https://shop example", "https://[::1"})
    EXPECT_FALSE(parse_origin(none)) << none;
}

}  // namespace
}  // namespace sagactl::http::testing
