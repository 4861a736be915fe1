// A server on an ephemeral loopback port, driven by raw bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/server.hpp"
#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace asio = boost::asio;

TEST_F(ServerTest, AnswersWithTheHeadersThatEveryAnswerHas) {
  const TestHttpServer server(routes());
  const RawResponse response = server.ask(request_text("GET", "/n/7"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "7");
  EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_THAT(response.header("date"), HasSubstr(" GMT"));
  EXPECT_EQ(response.header("server"), "");
  EXPECT_EQ(response.header("x-correlation-id").size(), 36u);
}

TEST_F(ServerTest, KeepsTheConnectionUnlessTheClientClosesIt) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("GET", "/n/" + std::to_string(i)));
    EXPECT_EQ(client.receive()->body, std::to_string(i));
  }
  client.send(request_text("GET", "/n/last", "", "Connection: close\r\n"));
  EXPECT_EQ(client.receive()->header("connection"), "close");
  EXPECT_TRUE(client.closes_silently());
}

TEST_F(ServerTest, SpeaksHttp10) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  client.send("GET /n/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.receive()->header("connection"), "keep-alive");
  client.send("GET /n/2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive()->body, "2");
  EXPECT_TRUE(client.closes_silently());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  std::string all;
  for (int i = 0; i < 10; ++i) all += request_text("GET", "/n/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.receive()->body, std::to_string(i));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrderWhenTheFirstIsSlow) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  std::string all = request_text("GET", "/gate");
  for (int i = 1; i < 10; ++i) all += request_text("GET", "/n/" + std::to_string(i));
  client.send(all);
  gate.await_arrivals(1);
  EXPECT_EQ(server.ask(request_text("GET", "/n/other")).body, "other") << "others are served meanwhile";
  gate.open();
  EXPECT_EQ(client.receive()->body, "7");
  for (int i = 1; i < 10; ++i) EXPECT_EQ(client.receive()->body, std::to_string(i));
}

TEST_F(ServerTest, ReadsARequestThatArrivesByteByByte) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  for (const char c : request_text("POST", "/echo", "hello")) client.send(std::string(1, c));
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  const TestHttpServer server(routes());
  const RawResponse response = server.ask(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;x=1\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(response.body, "hello world");
}

TEST_F(ServerTest, SendsContinueToAClientThatWaitsForIt) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.receive(false)->status, 100);
  client.send("hello");
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST_F(ServerTest, AnswersHeadWithoutABodyAndOptionsWithTheMethods) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  client.send(request_text("HEAD", "/n/123") + request_text("OPTIONS", "/echo"));
  const auto head = client.receive(false);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("content-length"), "3");
  const auto options = client.receive();
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("allow"), "OPTIONS, POST");
}

TEST_F(ServerTest, SendsALargeAnswerCompletely) {
  const TestHttpServer server(routes());
  EXPECT_EQ(server.ask(request_text("GET", "/big")).body.size(), 8'000'000u);
}

TEST_F(ServerTest, AcceptsOnlyACorrelationIdThatIsSafe) {
  const TestHttpServer server(routes());
  const auto returned = [&](const std::string& id) {
    return server.ask(request_text("GET", "/trace", "", "X-Correlation-ID: " + id + "\r\n")).header("x-correlation-id");
  };
  EXPECT_EQ(returned("order-17"), "order-17");
  EXPECT_EQ(returned(std::string(128, 'a')), std::string(128, 'a'));
  for (const std::string& unsafe : {std::string(129, 'a'), std::string("서울"), std::string("a\tb"), std::string()})
    EXPECT_EQ(returned(unsafe).size(), 36u) << unsafe;
}

TEST_F(ServerTest, ContinuesTheTraceOfTheClient) {
  const TestHttpServer server(routes());
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_THAT(server.ask(request_text("GET", "/trace", "", "traceparent: " + parent + "\r\n")).body,
              HasSubstr("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  EXPECT_THAT(server.ask(request_text("GET", "/trace", "", "traceparent: nonsense\r\n")).body,
              Not(HasSubstr("nonsense")));
}

TEST_F(ServerTest, LetsNoHandlerForgeAHeader) {
  const TestHttpServer server(routes());
  const RawResponse response = server.ask(request_text("GET", "/forges"));
  EXPECT_EQ(response.header("set-cookie"), "");
  EXPECT_EQ(response.header("location"), "/a  Set-Cookie: stolen=1");
}

TEST_F(ServerTest, CountsAsLocalOnlyRequestsFromThisMachineUnderALoopbackName) {
  const TestHttpServer server(routes());
  const std::string port = std::to_string(server.port());
  const auto ask = [&](const std::string& host, const std::string& more = "") {
    return server.ask("GET /local HTTP/1.1\r\nHost: " + host + "\r\n" + more + "\r\n").status;
  };
  for (const char* name : {"localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]"})
    EXPECT_EQ(ask(name + (":" + port)), 200) << name;
  for (const std::string& host : {"evil.example:" + port, "127.0.0.1.evil.example:" + port, std::string("localhost"),
                                  std::string("localhost:1"), "10.0.0.1:" + port, "[::2]:" + port, std::string()})
    EXPECT_EQ(ask(host), 403) << host;
  for (const char* more :
       {"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: a", "X-Real-IP: 127.0.0.1",
        "Forwarded: for=127.0.0.1", "Via: 1.1 vegur", "Origin: http://evil.example", "Origin: null",
        "Origin: http://localhost:1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"})
    EXPECT_EQ(ask("localhost:" + port, std::string(more) + "\r\n"), 403) << more;
  for (const std::string& more : {"Origin: http://localhost:" + port, std::string("Sec-Fetch-Site: same-origin"),
                                  std::string("Sec-Fetch-Site: none")})
    EXPECT_EQ(ask("localhost:" + port, more + "\r\n"), 200) << more;
}

TEST_F(ServerTest, MeasuresByRouteAndNeverByPath) {
  TestHttpServer server(routes());
  for (const char* target : {"/n/secret-id", "/n/other-id", "/unknown-path"}) server.ask(request_text("GET", target));
  const std::string text = server.metrics().text();
  EXPECT_THAT(
      text, HasSubstr("sagactl_http_request_duration_seconds_count{method=\"GET\",route=\"/n/{n}\",status=\"200\"} 2"));
  EXPECT_THAT(text, HasSubstr("route=\"none\",status=\"404\"} 1"));
  EXPECT_THAT(text, HasSubstr("sagactl_http_requests_in_flight 0"));
  EXPECT_THAT(text, Not(HasSubstr("secret-id")));
  EXPECT_THAT(text, Not(HasSubstr("unknown-path")));
}

TEST_F(ServerTest, ReportsAPortInUse) {
  TestHttpServer server(routes());
  asio::io_context context;
  ServerOptions options;
  options.port = server.port();
  const auto second = Server::listen(context, options, std::make_shared<Router>(), std::make_shared<Metrics>());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(server.port()) + " on 127.0.0.1 is in use; choose another port");
}

TEST_F(ServerTest, ReportsAHostThatIsNoAddressOfThisMachine) {
  asio::io_context context;
  for (const char* host : {"shop.example", "203.0.113.7", ""}) {
    ServerOptions options;
    options.host = host;
    options.port = 0;
    const auto server = Server::listen(context, options, std::make_shared<Router>(), std::make_shared<Metrics>());
    ASSERT_FALSE(server.ok()) << host;
    EXPECT_EQ(server.error().code, ErrorCode::invalid);
    EXPECT_THAT(server.error().message, AnyOf(HasSubstr("an IP address"), HasSubstr("one that `ip address` lists")));
  }
}

}  // namespace
}  // namespace sagactl::http::testing
