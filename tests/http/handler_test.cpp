// How handlers wait, use worker threads and fail, and how a server stops while they run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "server/http/server.hpp"
#include "tests/http/support/server_fixture.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;
namespace asio = boost::asio;

TEST_F(ServerTest, SurvivesAHandlerThatThrows) {
  const TestHttpServer server(routes());
  RawClient client = server.connect();
  client.send(request_text("GET", "/throws") + request_text("GET", "/worker-throws") + request_text("GET", "/n/1"));
  for (int i = 0; i < 2; ++i) {
    const auto failed = client.receive();
    EXPECT_EQ(failed->status, 500);
    EXPECT_THAT(failed->body, Not(HasSubstr("oops")));
  }
  EXPECT_EQ(client.receive()->body, "1");
}

TEST_F(ServerTest, RunsBlockingWorkOnWorkerThreads) {
  const TestHttpServer server(routes());
  EXPECT_EQ(server.ask(request_text("GET", "/worker")).body, "from a worker");
}

TEST_F(ServerTest, CompletesRequestsInFlightWhenItStops) {
  TestHttpServer server(routes());
  RawClient idle = server.connect(), busy = server.connect();
  idle.send(request_text("GET", "/n/1"));
  EXPECT_EQ(idle.receive()->status, 200);
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  std::promise<void> stopped;
  server.server().stop(hang_limit, [&] { stopped.set_value(); });
  EXPECT_TRUE(idle.closes_silently()) << "idle connections are closed";
  gate.open();
  const auto finished = busy.receive();
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->body, "7");
  EXPECT_EQ(finished->header("connection"), "close");
  EXPECT_TRUE(busy.closes_silently());
  EXPECT_EQ(stopped.get_future().wait_for(hang_limit), std::future_status::ready);
}

// A proxy that opens a connection, or uses an idle one, at the moment of the stop must not lose its request: it may not
// resend a request that may have been processed.
TEST_F(ServerTest, AnswersTheLastRequestOfConnectionsThatWereOpenWhenItStops) {
  TestHttpServer server(routes());
  RawClient idle = server.connect(), busy = server.connect();
  idle.send(request_text("GET", "/n/1"));
  EXPECT_EQ(idle.receive()->status, 200);
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  RawClient fresh = server.connect();
  server.server().stop(hang_limit, [] {});
  for (RawClient* client : {&idle, &fresh}) {
    client->send(request_text("GET", "/n/2"));
    const auto answer = client->receive();
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body, "2");
    EXPECT_EQ(answer->header("connection"), "close");
  }
  gate.open();
  EXPECT_EQ(busy.receive()->body, "7");
}

TEST_F(ServerTest, ClosesConnectionsThatOutlastTheGraceOfAStop) {
  TestHttpServer server(routes());
  RawClient busy = server.connect();
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  std::promise<void> stopped;
  server.server().stop(1ms, [&] { stopped.set_value(); });
  EXPECT_EQ(stopped.get_future().wait_for(hang_limit), std::future_status::ready);
  EXPECT_TRUE(busy.closes_silently());
  gate.open();  // a late answer has no effect
}

TEST_F(ServerTest, MayBeDestroyedWhileRequestsWait) {
  auto server = std::make_unique<TestHttpServer>(routes());
  RawClient busy = server->connect();
  busy.send(request_text("GET", "/gate"));
  gate.await_arrivals(1);
  server.reset();
  EXPECT_FALSE(busy.receive());
}

TEST_F(ServerTest, FailsARequestWhoseCallbackIsDestroyed) {
  Router router;
  add(router, Method::get, "/dropped", [](Request&) -> asio::awaitable<Answer> {
    auto start = [](std::function<void(int)>) {};
    const int value = co_await await_callback<int>(std::move(start));
    co_return text_response(200, std::to_string(value));
  });
  TestHttpServer server(std::move(router));
  RawClient client = server.connect();
  client.send(request_text("GET", "/dropped") + request_text("GET", "/dropped"));
  EXPECT_EQ(client.receive()->status, 500);
  EXPECT_EQ(client.receive()->status, 500);
  EXPECT_THAT(server.metrics().text(), HasSubstr("sagactl_http_requests_in_flight 0"));
}

TEST_F(ServerTest, ResumesWithoutAValueWhenTheDeadlineHasPassed) {
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
    const TestHttpServer server(std::move(router), options);
    EXPECT_EQ(server.ask(request_text("GET", "/late")).status, 504);
    kept(1);  // nothing waits any more
  }
  kept(2);  // nor is there a context
}

TEST_F(ServerTest, ResumesOnceHoweverOftenAndEarlyACallbackIsCalled) {
  Router router;
  add(router, Method::get, "/eager", [](Request&) -> asio::awaitable<Answer> {
    auto start = [](std::function<void(int)> done) {
      done(1);
      done(2);
    };
    const int value = co_await await_callback<int>(std::move(start));
    co_return text_response(200, std::to_string(value));
  });
  const TestHttpServer server(std::move(router));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(server.ask(request_text("GET", "/eager")).body, "1");
}

TEST_F(ServerTest, ServesManyConnectionsThatWaitAtOnce) {
  const TestHttpServer server(routes());
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(server.connect());
    clients.back().send(request_text("GET", "/gate"));
  }
  gate.await_arrivals(200);
  gate.open();
  for (RawClient& client : clients) EXPECT_EQ(client.receive()->body, "7");
}

TEST(Workers, AreBusyWhenTheQueueIsFull) {
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

// However long the queue of one client is, another's work is next but one.
TEST(Workers, ServeLanesInTurn) {
  std::vector<std::string> done;
  {
    Workers workers({"lanes", 1, 100, 3});
    std::promise<void> first;
    ASSERT_TRUE(workers.post([&] { first.get_future().wait(); }));
    const auto post = [&](const std::string& lane, const std::string& name) {
      return workers.post([&done, name] { done.push_back(name); }, lane);
    };
    for (const char* name : {"a1", "a2", "a3"}) EXPECT_TRUE(post("a", name));
    EXPECT_FALSE(post("a", "a4")) << "one lane does not fill the queue";
    for (const char* name : {"b1", "b2"}) EXPECT_TRUE(post("b", name));
    EXPECT_TRUE(post("c", "c1"));
    first.set_value();
  }
  EXPECT_THAT(done, ::testing::ElementsAre("a1", "b1", "c1", "a2", "b2", "a3"));
}

}  // namespace
}  // namespace sagactl::http::testing
