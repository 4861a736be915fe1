// One listener on an ephemeral loopback port, driven by raw bytes.
#include "server/http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>

#include "common/log.hpp"
#include "server/http/await.hpp"
#include "server/http/json_body.hpp"
#include "server/http/workers.hpp"
#include "tests/http/raw_client.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// Holds the callbacks of the requests that wait, until the test lets them go.
class Gate {
 public:
  void arrive(std::function<void(int)> done) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(done));
    arrived_.notify_all();
  }
  void await_arrivals(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiting_.size() >= count; });
  }
  void open() {
    std::vector<std::function<void(int)>> released;
    {
      const std::lock_guard lock(mutex_);
      released.swap(waiting_);
    }
    for (auto& done : released) done(7);
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<std::function<void(int)>> waiting_;
};

void add(Router& router, Method method, const char* pattern, Handler handler,
         Access access = Access::anyone) {
  router.add({method, pattern, access, std::move(handler), "", "", 0});
}

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    set_log_sink([](std::string_view) {});
  }
  ~ServerTest() override { set_log_sink({}); }

  // Echoes, waits at the gate, throws, works on a thread, answers much.
  Router routes() {
    Router router;
    add(router, Method::get, "/n/{n}",
        [](Request& request) -> Answer { return text_response(200, std::string(request.parameter("n"))); });
    add(router, Method::post, "/echo",
        [](Request& request) -> Answer { return text_response(200, request.body); });
    add(router, Method::get, "/gate", [this](Request&) -> asio::awaitable<Answer> {
      auto start = [this](std::function<void(int)> done) { gate.arrive(std::move(done)); };
      const int value = co_await await_callback<int>(std::move(start));
      co_return text_response(200, std::to_string(value));
    });
    add(router, Method::get, "/worker", [this](Request&) -> asio::awaitable<Answer> {
      auto work = []() -> Result<std::string> { return std::string("from a worker"); };
      Result<std::string> text = co_await workers.run(std::move(work));
      if (!text) co_return text.error();
      co_return text_response(200, *text);
    });
    add(router, Method::get, "/worker-throws", [this](Request&) -> asio::awaitable<Answer> {
      auto work = []() -> Result<int> { throw std::runtime_error("inside"); };
      Result<int> number = co_await workers.run(std::move(work));
      co_return text_response(200, std::to_string(*number));
    });
    add(router, Method::get, "/throws", [](Request&) -> Answer { throw std::runtime_error("oops"); });
    add(router, Method::get, "/big",
        [](Request&) -> Answer { return text_response(200, std::string(8'000'000, 'x')); });
    add(router, Method::get, "/forges", [](Request&) -> Answer {
      Response response = text_response(200, "x");
      response.headers.push_back({"Location", "/a\r\nSet-Cookie: stolen=1"});
      return response;
    });
    add(router, Method::get, "/trace", [](Request& request) -> Answer {
      return text_response(200, request.trace.traceparent() + " " + request.correlation_id);
    });
    add(
        router, Method::get, "/local", [](Request&) -> Answer { return text_response(200, "in"); },
        Access::loopback_only);
    return router;
  }

  Gate gate;
  Workers workers{{.name = "test", .threads = 2, .queue_max = 8}};
};

TEST_F(ServerTest, AnswersWithTheHeadersThatEveryAnswerHas) {
  const TestServer server(routes());
  const RawResponse response = server.ask(request_text("GET", "/n/7"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "7");
  EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_THAT(response.header("date"), HasSubstr(" GMT"));
  EXPECT_EQ(response.header("server"), "");
  EXPECT_EQ(response.header("x-correlation-id").size(), 36u);
}

TEST_F(ServerTest, KeepsTheConnectionUnlessAskedNotTo) {
  const TestServer server(routes());
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
  const TestServer server(routes());
  RawClient client = server.connect();
  client.send("GET /n/1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(client.receive()->header("connection"), "keep-alive");
  client.send("GET /n/2 HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.receive()->body, "2");
  EXPECT_TRUE(client.closes_silently());
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  const TestServer server(routes());
  RawClient client = server.connect();
  std::string all;
  for (int i = 0; i < 10; ++i) all += request_text("GET", "/n/" + std::to_string(i));
  client.send(all);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(client.receive()->body, std::to_string(i));
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrderWhenTheFirstIsSlow) {
  const TestServer server(routes());
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

TEST_F(ServerTest, ReadsARequestThatComesByteByByte) {
  const TestServer server(routes());
  RawClient client = server.connect();
  for (const char c : request_text("POST", "/echo", "hello")) client.send(std::string(1, c));
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST_F(ServerTest, ReadsChunkedBodies) {
  const TestServer server(routes());
  const RawResponse response = server.ask(
      "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;x=1\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n");
  EXPECT_EQ(response.body, "hello world");
}

TEST_F(ServerTest, TellsAClientThatWaitsToSendItsBody) {
  const TestServer server(routes());
  RawClient client = server.connect();
  client.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.receive(false)->status, 100);
  client.send("hello");
  EXPECT_EQ(client.receive()->body, "hello");
}

TEST_F(ServerTest, AnswersHeadWithoutABodyAndOptionsWithTheMethods) {
  const TestServer server(routes());
  RawClient client = server.connect();
  client.send(request_text("HEAD", "/n/123") + request_text("OPTIONS", "/echo"));
  const auto head = client.receive(false);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->header("content-length"), "3");
  const auto options = client.receive();
  EXPECT_EQ(options->status, 204);
  EXPECT_EQ(options->header("allow"), "OPTIONS, POST");
}

TEST_F(ServerTest, RefusesWhatIsOverALimitOrMalformedAndCloses) {
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
      {"a chunk of 110 kB", post + "Transfer-Encoding: chunked\r\n\r\n1ADB0\r\n" + std::string(110'000, 'x'),
       413},
      {"no HTTP", "hello there\r\n\r\n", 400},
      {"TLS", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + std::string(200, '\x01'),
       400},
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
      {"chunks in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"a bad chunk", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
  };
  const TestServer server(routes());
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

TEST_F(ServerTest, TakesARequestAtItsLimits) {
  const TestServer server(routes());
  const std::string body(100 * 1024, 'x');
  EXPECT_EQ(server.ask(request_text("POST", "/echo", body)).body, body);
  const std::string head = "X-Long: " + std::string(16'000, 'x') + "\r\n";
  EXPECT_EQ(server.ask(request_text("GET", "/n/1", "", head)).status, 200);
}

TEST_F(ServerTest, EndsARequestThatComesTooSlowly) {
  ServerOptions options;
  options.limits.read_timeout = 40ms;
  const TestServer server(routes(), options);
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

TEST_F(ServerTest, EndsASlowRequestEvenWhenItNeverPauses) {
  ServerOptions options;
  options.limits.read_timeout = 40ms;
  const TestServer server(routes(), options);
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

TEST_F(ServerTest, ClosesAnIdleConnectionWithoutAWord) {
  ServerOptions options;
  options.limits.idle_timeout = 40ms;
  const TestServer server(routes(), options);
  RawClient fresh = server.connect();
  EXPECT_TRUE(fresh.closes_silently());
  RawClient used = server.connect();
  used.send(request_text("GET", "/n/1"));
  EXPECT_EQ(used.receive()->status, 200);
  EXPECT_TRUE(used.closes_silently());
}

TEST_F(ServerTest, ClosesOnAClientThatDoesNotReadItsAnswer) {
  ServerOptions options;
  options.limits.write_timeout = 40ms;
  const TestServer server(routes(), options);
  RawClient client = server.connect();
  client.send(request_text("GET", "/big") + request_text("GET", "/gate"));
  // The next client is served although the first does not read; and /gate is never reached by the first.
  EXPECT_EQ(server.ask(request_text("GET", "/n/1")).status, 200);
  client.receive_until("\r\n\r\n");
  RawClient other = server.connect();
  other.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  gate.open();
  EXPECT_EQ(other.receive()->body, "7");
}

TEST_F(ServerTest, SendsALargeAnswerWhole) {
  const TestServer server(routes());
  EXPECT_EQ(server.ask(request_text("GET", "/big")).body.size(), 8'000'000u);
}

TEST_F(ServerTest, RefusesConnectionsPastTheLimit) {
  ServerOptions options;
  options.limits.connections_max = 2;
  const TestServer server(routes(), options);
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
  EXPECT_EQ(first.receive()->body, "3") << "those that are in are not disturbed";
}

TEST_F(ServerTest, LimitsTheRateOfOnePeerWhenToldTo) {
  ServerOptions options;
  options.limits.peer_requests_per_second = 0.001;  // one request, then none for a long time
  options.limits.limit_loopback_peers = true;
  const TestServer server(routes(), options);
  EXPECT_EQ(server.ask(request_text("GET", "/n/1")).status, 200);
  const RawResponse limited = server.ask(request_text("GET", "/n/1"));
  EXPECT_EQ(limited.status, 429);
  EXPECT_EQ(limited.header("retry-after"), "1");
}

TEST_F(ServerTest, DoesNotLimitPeersOnThisMachineByDefault) {
  ServerOptions options;
  options.limits.peer_requests_per_second = 0.001;
  const TestServer server(routes(), options);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(server.ask(request_text("GET", "/n/1")).status, 200);
}

TEST_F(ServerTest, SurvivesAHandlerThatThrows) {
  const TestServer server(routes());
  RawClient client = server.connect();
  client.send(request_text("GET", "/throws") + request_text("GET", "/worker-throws") +
              request_text("GET", "/n/1"));
  for (int i = 0; i < 2; ++i) {
    const auto failed = client.receive();
    EXPECT_EQ(failed->status, 500);
    EXPECT_THAT(failed->body, Not(HasSubstr("oops")));
  }
  EXPECT_EQ(client.receive()->body, "1");
}

TEST_F(ServerTest, RunsBlockingWorkOnItsThreads) {
  const TestServer server(routes());
  EXPECT_EQ(server.ask(request_text("GET", "/worker")).body, "from a worker");
}

TEST_F(ServerTest, AcceptsOnlyACorrelationIdThatIsSafe) {
  const TestServer server(routes());
  const auto returned = [&](const std::string& id) {
    return server.ask(request_text("GET", "/trace", "", "X-Correlation-ID: " + id + "\r\n"))
        .header("x-correlation-id");
  };
  EXPECT_EQ(returned("order-17"), "order-17");
  EXPECT_EQ(returned(std::string(128, 'a')), std::string(128, 'a'));
  for (const std::string& unsafe :
       {std::string(129, 'a'), std::string("서울"), std::string("a\tb"), std::string()})
    EXPECT_EQ(returned(unsafe).size(), 36u) << unsafe;
}

TEST_F(ServerTest, GoesOnWithTheTraceOfTheCaller) {
  const TestServer server(routes());
  const std::string parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  EXPECT_THAT(server.ask(request_text("GET", "/trace", "", "traceparent: " + parent + "\r\n")).body,
              HasSubstr("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
  EXPECT_THAT(server.ask(request_text("GET", "/trace", "", "traceparent: nonsense\r\n")).body,
              Not(HasSubstr("nonsense")));
}

TEST_F(ServerTest, LetsNoHandlerForgeAHeader) {
  const TestServer server(routes());
  const RawResponse response = server.ask(request_text("GET", "/forges"));
  EXPECT_EQ(response.header("set-cookie"), "");
  EXPECT_EQ(response.header("location"), "/a  Set-Cookie: stolen=1");
}

TEST_F(ServerTest, TakesForLocalOnlyWhatComesFromThisMachineUnderItsOwnName) {
  const TestServer server(routes());
  EXPECT_EQ(server.ask(request_text("GET", "/local")).status, 200);
  EXPECT_EQ(server.ask("GET /local HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n").status, 200);
  EXPECT_EQ(server.ask("GET /local HTTP/1.1\r\nHost: evil.example\r\n\r\n").status, 403);
  EXPECT_EQ(server.ask(request_text("GET", "/local", "", "X-Forwarded-For: 10.0.0.1\r\n")).status, 403);
}

TEST_F(ServerTest, LetsPagesOfAllowedOriginsCall) {
  ServerOptions options;
  options.cors_origins = {"https://shop.example"};
  const TestServer server(routes(), options);
  const auto allowed = [&](const char* method, const char* origin) {
    return server.ask(request_text(method, "/echo", "", std::string("Origin: ") + origin + "\r\n"));
  };
  EXPECT_EQ(allowed("POST", "https://shop.example").header("access-control-allow-origin"),
            "https://shop.example");
  EXPECT_EQ(allowed("POST", "https://evil.example").header("access-control-allow-origin"), "");
  EXPECT_THAT(allowed("OPTIONS", "https://shop.example").header("access-control-allow-headers"),
              HasSubstr("Authorization"));
}

TEST_F(ServerTest, MeasuresByRouteAndNeverByPath) {
  TestServer server(routes());
  for (const char* target : {"/n/secret-id", "/n/other-id", "/unknown-path"})
    server.ask(request_text("GET", target));
  const std::string text = server.metrics().text();
  EXPECT_THAT(
      text,
      HasSubstr(
          "sagactl_http_request_duration_seconds_count{method=\"GET\",route=\"/n/{n}\",status=\"200\"} 2"));
  EXPECT_THAT(text, HasSubstr("route=\"none\",status=\"404\"} 1"));
  EXPECT_THAT(text, HasSubstr("sagactl_http_requests_in_flight 0"));
  EXPECT_THAT(text, Not(HasSubstr("secret-id")));
  EXPECT_THAT(text, Not(HasSubstr("unknown-path")));
}

TEST_F(ServerTest, SaysThatAPortIsInUse) {
  TestServer server(routes());
  asio::io_context context;
  ServerOptions options;
  options.port = server.port();
  const auto second =
      Server::listen(context, options, std::make_shared<Router>(), std::make_shared<Metrics>());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::unavailable);
  EXPECT_EQ(second.error().message,
            "port " + std::to_string(server.port()) + " on 127.0.0.1 is in use; choose another with --port");
}

TEST_F(ServerTest, SaysThatAHostIsNoAddressOfThisMachine) {
  asio::io_context context;
  for (const char* host : {"shop.example", "203.0.113.7", ""}) {
    ServerOptions options;
    options.host = host;
    options.port = 0;
    const auto server =
        Server::listen(context, options, std::make_shared<Router>(), std::make_shared<Metrics>());
    ASSERT_FALSE(server.ok()) << host;
    EXPECT_EQ(server.error().code, ErrorCode::invalid);
    EXPECT_THAT(server.error().message, HasSubstr("--host"));
  }
}

TEST_F(ServerTest, StopsByFinishingWhatIsInFlight) {
  TestServer server(routes());
  RawClient idle = server.connect(), busy = server.connect();
  idle.send(request_text("GET", "/n/1"));
  EXPECT_EQ(idle.receive()->status, 200);
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  std::promise<void> stopped;
  server.server().stop(20s, [&] { stopped.set_value(); });
  EXPECT_TRUE(idle.closes_silently()) << "what is idle is closed at once";
  gate.open();
  const auto finished = busy.receive();
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->body, "7");
  EXPECT_EQ(finished->header("connection"), "close");
  EXPECT_TRUE(busy.closes_silently());
  EXPECT_EQ(stopped.get_future().wait_for(20s), std::future_status::ready);
}

TEST_F(ServerTest, CutsOffWhatOutlastsTheGraceOfAStop) {
  TestServer server(routes());
  RawClient busy = server.connect();
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  std::promise<void> stopped;
  server.server().stop(1ms, [&] { stopped.set_value(); });
  EXPECT_EQ(stopped.get_future().wait_for(20s), std::future_status::ready);
  EXPECT_TRUE(busy.closes_silently());
  gate.open();  // a late answer finds nobody, and does no harm
}

TEST_F(ServerTest, MayBeDestroyedWhileRequestsWait) {
  auto server = std::make_unique<TestServer>(routes());
  RawClient busy = server->connect();
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  server.reset();
  EXPECT_FALSE(busy.receive());
}

TEST_F(ServerTest, FailsARequestWhoseCallbackIsDropped) {
  Router router;
  add(router, Method::get, "/dropped", [](Request&) -> asio::awaitable<Answer> {
    auto start = [](std::function<void(int)>) {};
    const int value = co_await await_callback<int>(std::move(start));
    co_return text_response(200, std::to_string(value));
  });
  TestServer server(std::move(router));
  RawClient client = server.connect();
  client.send(request_text("GET", "/dropped") + request_text("GET", "/dropped"));
  EXPECT_EQ(client.receive()->status, 500);
  EXPECT_EQ(client.receive()->status, 500);
  EXPECT_THAT(server.metrics().text(), HasSubstr("sagactl_http_requests_in_flight 0"));
}

TEST_F(ServerTest, GoesOnWithoutTheCallbackWhenTheDeadlineHasPassed) {
  Router router;
  std::function<void(int)> kept;
  add(router, Method::get, "/late", [&kept](Request& request) -> asio::awaitable<Answer> {
    auto start = [&kept](std::function<void(int)> done) { kept = std::move(done); };
    const auto value = co_await await_callback_until<int>(std::move(start), request.deadline);
    if (!value) co_return Error{ErrorCode::unknown_outcome, "not answered in time"};
    co_return text_response(200, std::to_string(*value));
  });
  ServerOptions options;
  options.limits.request_deadline = 1ms;
  {
    const TestServer server(std::move(router), options);
    EXPECT_EQ(server.ask(request_text("GET", "/late")).status, 503);
    kept(1);  // nobody waits any more
  }
  kept(2);  // nor is there a context
}

TEST_F(ServerTest, ResumesOnceHoweverOftenACallbackIsCalledAndEvenBeforeItWaits) {
  Router router;
  add(router, Method::get, "/eager", [](Request&) -> asio::awaitable<Answer> {
    auto start = [](std::function<void(int)> done) {
      done(1);
      done(2);
    };
    const int value = co_await await_callback<int>(std::move(start));
    co_return text_response(200, std::to_string(value));
  });
  const TestServer server(std::move(router));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.ask(request_text("GET", "/eager")).body, "1");
}

TEST_F(ServerTest, ServesManyConnectionsThatWaitAtOnce) {
  const TestServer server(routes());
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(server.connect());
    clients.back().send(request_text("GET", "/gate"));
  }
  gate.await_arrivals(200);
  gate.open();
  for (RawClient& client : clients) EXPECT_EQ(client.receive()->body, "7");
}

TEST(Workers, SayThatTheyAreBusyWhenTheQueueIsFull) {
  std::promise<void> release;
  std::promise<void> begun;
  Workers workers({.name = "test", .threads = 1, .queue_max = 1});
  ASSERT_TRUE(workers.post([&] {
    begun.set_value();
    release.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(workers.post([] {}));
  EXPECT_FALSE(workers.post([] {}));
  release.set_value();
}

}  // namespace
}  // namespace sagactl::http::testing
