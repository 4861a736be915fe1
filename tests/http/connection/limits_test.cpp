// Clients that send too much, too slowly, too often, or bytes that are not HTTP.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "server/http/server.hpp"
#include "tests/http/support/server_fixture.hpp"

namespace sagactl::http::testing {
namespace {

using namespace std::chrono_literals;

TEST_F(ServerTest, RefusesRequestsThatAreMalformedOrOverALimitAndCloses) {
  struct Row {
    const char* what;
    std::string bytes;
    int status;
  };
  const std::string get = "GET /n/1 HTTP/1.1\r\nHost: x\r\n", post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
  std::string many_headers = get;
  for (int i = 0; i < 101; ++i) many_headers += "X-" + std::to_string(i) + ": 1\r\n";
  const Row rows[] = {
      {"a long header", get + "X-Long: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"a long target", "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"many headers", many_headers + "\r\n", 431},
      {"endless headers", get + std::string(40'000, 'x'), 431},
      {"a body of 110 kB", post + "Content-Length: 110000\r\n\r\n" + std::string(110'000, 'x'), 413},
      {"the promise of one", post + "Content-Length: 99999999999\r\n\r\n", 413},
      {"a chunk of 110 kB", post + "Transfer-Encoding: chunked\r\n\r\n1ADB0\r\n" + std::string(110'000, 'x'), 413},
      {"no HTTP", "hello there\r\n\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(200, '\x01'), 400},
      {"HTTP/2's preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400},
      {"a version of its own", "GET /n/1 HTTP/7.3\r\nHost: x\r\n\r\n", 400},
      {"no host", "GET /n/1 HTTP/1.1\r\n\r\n", 400},
      {"two hosts", get + "Host: y\r\n\r\n", 400},
      {"a relative target", "GET n/1 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"a bare line feed", "GET /n/1 HTTP/1.1\nHost: x\n\n\r\n\r\n", 400},
      {"a space before the colon", get + "X-A : 1\r\n\r\n", 400},
      {"a NUL in a header", get + std::string("X-A: a\0b\r\n\r\n", 12), 400},
      {"a broken query", "GET /n/1?x=%g1 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"two lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"a negative length", post + "Content-Length: -1\r\n\r\n", 400},
      {"length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
      {"another encoding", post + "Transfer-Encoding: gzip\r\n\r\n", 501},
      {"chunked but not last", post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 501},
      {"another encoding below the chunks", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"the same in two headers", post + "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       501},
      {"chunks with a parameter", post + "Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 501},
      {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a bad chunk", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
  };
  const TestHttpServer server(routes());
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    RawClient client = server.connect();
    client.send(row.bytes);
    const auto response = client.receive();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, row.status);
    EXPECT_EQ(response->header("content-type"), "application/problem+json; charset=utf-8");
    EXPECT_EQ(response->header("connection"), "close");
    EXPECT_EQ(response->json()["statusCode"], row.status);
    EXPECT_TRUE(client.closes_silently());
  }
  EXPECT_EQ(server.ask(request_text("GET", "/n/still-here")).body, "still-here");
}

TEST_F(ServerTest, ARouteMayHaveALimitOfItsOwnForBodies) {
  Router router = routes();
  const auto size = [](Request& request) -> Answer { return text_response(200, std::to_string(request.body.size())); };
  for (const auto& [pattern, limit] : {std::pair("/large/{n}", 200'000), std::pair("/small", 10)}) {
    Route route{Method::put, pattern, RouteAccess::anyone, size, "", ""};
    route.body_bytes_max = static_cast<std::size_t>(limit);
    router.add(std::move(route));
  }
  const TestHttpServer server(std::move(router));
  const auto put = [&](const char* path, std::size_t bytes) {
    return server.ask(request_text("PUT", path, std::string(bytes, 'x')));
  };
  EXPECT_EQ(put("/large/1", 200'000).body, "200000");
  EXPECT_EQ(put("/large/1", 200'001).status, 413);
  EXPECT_EQ(put("/small", 10).body, "10");
  EXPECT_EQ(put("/small", 11).status, 413);
  EXPECT_EQ(server.ask(request_text("POST", "/echo", std::string(110'000, 'x'))).status, 413);
}

TEST_F(ServerTest, AcceptsARequestAtItsLimits) {
  const TestHttpServer server(routes());
  const std::string body(100 * 1024, 'x');
  EXPECT_EQ(server.ask(request_text("POST", "/echo", body)).body, body);
  const std::string head = "X-Long: " + std::string(16'000, 'x') + "\r\n";
  EXPECT_EQ(server.ask(request_text("GET", "/n/1", "", head)).status, 200);
}

TEST_F(ServerTest, TimesOutASlowRequest) {
  ServerOptions options;
  options.limits.read_timeout = 40ms;
  const TestHttpServer server(routes(), options);
  for (const char* begun : {"G", "GET /n/1 HTTP/1.1\r\nHost: x\r\nX-A: ",
                            "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab"}) {
    RawClient client = server.connect();
    client.send(begun);
    const auto response = client.receive();
    ASSERT_TRUE(response) << begun;
    EXPECT_EQ(response->status, 408);
    EXPECT_TRUE(client.closes_silently());
  }
}

TEST_F(ServerTest, TimesOutASlowRequestThatNeverPauses) {
  ServerOptions options;
  options.limits.read_timeout = 40ms;
  const TestHttpServer server(routes(), options);
  RawClient client = server.connect();
  client.send("GET /n/1 HTTP/1.1\r\nHost: x\r\nX-A: ");
  std::atomic<bool> done{false};
  std::thread dripping([&] {
    while (!done && client.send("x")) std::this_thread::yield();
  });
  const auto response = client.receive();
  done = true;
  dripping.join();
  ASSERT_TRUE(response);
  EXPECT_TRUE(response->status == 408 || response->status == 431) << response->status;
}

TEST_F(ServerTest, ClosesAnIdleConnectionSilently) {
  ServerOptions options;
  options.limits.idle_timeout = 40ms;
  const TestHttpServer server(routes(), options);
  RawClient fresh = server.connect();
  EXPECT_TRUE(fresh.closes_silently());
  for (bool is_used = false; !is_used;) {
    RawClient used = server.connect();
    used.send(request_text("GET", "/n/1"));
    const auto answered = used.receive();
    is_used = answered.has_value();  // not when it was idle before the request came
    if (!is_used) continue;
    EXPECT_EQ(answered->status, 200);
    EXPECT_TRUE(used.closes_silently());
  }
}

TEST_F(ServerTest, ClosesTheConnectionOfAClientThatDoesNotRead) {
  ServerOptions options;
  options.limits.write_timeout = 40ms;
  TestHttpServer server(routes(), options);
  RawClient client = server.connect();
  client.send(request_text("GET", "/big"));
  const std::string answered = "route=\"/big\",status=\"200\"} 1";
  while (server.metrics().text().find(answered) == std::string::npos) std::this_thread::yield();
  while (server.metrics().text().find("sagactl_http_connections 0") == std::string::npos) std::this_thread::yield();
  EXPECT_LT(client.receive_until("no answer has this in it").size(), 8'000'000u);
}

TEST_F(ServerTest, RefusesConnectionsAboveTheLimit) {
  ServerOptions options;
  options.limits.connections_max = 2;
  const TestHttpServer server(routes(), options);
  RawClient first = server.connect(), second = server.connect();
  first.send(request_text("GET", "/n/1"));
  second.send(request_text("GET", "/n/2"));
  EXPECT_EQ(first.receive()->body, "1");
  EXPECT_EQ(second.receive()->body, "2");
  RawClient third = server.connect();
  const auto refused = third.receive();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->header("retry-after"), "1");
  EXPECT_TRUE(third.closes_silently());
  first.send(request_text("GET", "/n/3"));
  EXPECT_EQ(first.receive()->body, "3") << "connections within the limit are not disturbed";
}

TEST_F(ServerTest, AnswersEveryConnectionAboveTheLimit) {
  ServerOptions options;
  options.limits.connections_max = 1;
  options.limits.refusals_max = 1;
  const TestHttpServer server(routes(), options);
  RawClient first = server.connect();
  first.send(request_text("GET", "/n/1"));
  EXPECT_EQ(first.receive()->body, "1");
  std::vector<RawClient> many;
  for (int i = 0; i < 20; ++i) many.push_back(server.connect());
  for (RawClient& one : many) {
    const auto refused = one.receive();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->header("retry-after"), "1");
    EXPECT_EQ(refused->json()["statusCode"], 503);
  }
}

// The process is out of file descriptors: clients get an answer, and are served again afterwards.
TEST_F(ServerTest, AnswersEveryClientWhenItIsOutOfDescriptors) {
  const TestHttpServer server(routes(), {});
  std::vector<int> clients, others;
  for (int i = 0; i < 5; ++i) clients.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 256;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  for (int taken = 0; taken >= 0;)
    if (taken = ::dup(STDERR_FILENO); taken >= 0) others.push_back(taken);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (const int client : clients)
    EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  for (const int client : clients) {
    std::string answer(4096, ' ');
    const ssize_t length = ::recv(client, answer.data(), answer.size(), 0);
    EXPECT_GT(length, 0);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer.substr(0, 40);
  }
  for (const std::vector<int>& all : {clients, others})
    for (const int file : all) ::close(file);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(server.ask(request_text("GET", "/n/4")).status, 200);
}

TEST_F(ServerTest, LimitsTheRateOfAPeer) {
  ServerOptions options;
  options.limits.peer_requests_per_second = 0.001;  // one request, then none for a long time
  options.limits.limit_loopback_peers = true;
  const TestHttpServer server(routes(), options);
  EXPECT_EQ(server.ask(request_text("GET", "/n/1")).status, 200);
  const RawResponse limited = server.ask(request_text("GET", "/n/1"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.header("retry-after"), "1");
}

TEST_F(ServerTest, DoesNotLimitPeersOnThisMachineByDefault) {
  ServerOptions options;
  options.limits.peer_requests_per_second = 0.001;
  const TestHttpServer server(routes(), options);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(server.ask(request_text("GET", "/n/1")).status, 200);
}

}  // namespace
}  // namespace sagactl::http::testing
