#include "server/http/sse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "tests/http/support/raw_client.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

Router routes(const std::shared_ptr<EventHub>& hub) {
  Router router;
  const auto subscribe = [hub](Request& request) -> Answer { return hub->subscribe(request); };
  router.add({Method::get, "/events", RouteAccess::anyone, subscribe, "", "", 0});
  return router;
}

std::string id_of(const std::string& text, const std::string& data) {
  const std::size_t at = text.rfind("id: ", text.find("data: " + data));
  return text.substr(at + 4, text.find('\n', at) - at - 4);
}

std::string subscription(const std::string& last_id = {}) {
  return request_text("GET", "/events", "", last_id.empty() ? "" : "Last-Event-ID: " + last_id + "\r\n");
}

TEST(EventHub, SendsEventsPublishedAfterTheSubscription) {
  auto hub = EventHub::make();
  const TestHttpServer server(routes(hub));
  hub->publish("saga", "before");
  RawClient client = server.connect();
  client.send(subscription());
  const std::string head = client.receive_until("retry: 2000\n\n");
  EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream"));
  hub->publish("saga", "{\"n\":1}");
  hub->publish("two", "lines\nof it");
  const std::string text = client.receive_until("of it\n\n");
  EXPECT_THAT(text, HasSubstr("event: saga\ndata: {\"n\":1}\n\n"));
  EXPECT_THAT(text, HasSubstr("event: two\ndata: lines\ndata: of it\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("before")));
}

TEST(EventHub, ResumesAfterTheLastEventId) {
  auto hub = EventHub::make();
  const TestHttpServer server(routes(hub));
  std::string seen;
  {
    RawClient client = server.connect();
    client.send(subscription());
    client.receive_until("retry: 2000\n\n");
    for (const char* data : {"one", "two", "three"}) hub->publish("saga", data);
    seen = client.receive_until("data: three\n\n");
  }
  hub->publish("saga", "four");
  RawClient again = server.connect();
  again.send(subscription(id_of(seen, "two")));
  const std::string text = again.receive_until("data: four\n\n");
  EXPECT_THAT(text, HasSubstr("data: three\n\n"));
  EXPECT_THAT(text, Not(HasSubstr("data: two")));
  EXPECT_THAT(text, Not(HasSubstr("event: reset")));
}

TEST(EventHub, SendsAResetWhenEventsAfterTheLastIdWereOverwritten) {
  auto hub = EventHub::make({.ring_max = 2});
  const TestHttpServer server(routes(hub));
  RawClient first = server.connect();
  first.send(subscription());
  first.receive_until("retry: 2000\n\n");
  hub->publish("saga", "one");
  const std::string last_id = id_of(first.receive_until("data: one\n\n"), "one");
  for (const char* data : {"two", "three", "four"}) hub->publish("saga", data);
  for (const std::string& unknown : {last_id, std::string("otherrun-1"), last_id + "999", std::string("x")}) {
    RawClient again = server.connect();
    again.send(subscription(unknown));
    const std::string text = again.receive_until("data: four\n\n");
    EXPECT_THAT(text, HasSubstr("event: reset\n")) << unknown;
    EXPECT_THAT(text, HasSubstr("data: three\n\n"));
    EXPECT_THAT(text, Not(HasSubstr("data: two")));
  }
}

TEST(EventHub, NeitherWaitsForASlowReaderNorKeepsItsEvents) {
  auto hub = EventHub::make({.ring_max = 8});
  const TestHttpServer server(routes(hub));
  RawClient slow = server.connect(), quick = server.connect();
  for (RawClient* client : {&slow, &quick}) {
    client->send(subscription());
    client->receive_until("retry: 2000\n\n");
  }
  // Far more than the socket buffers hold; the slow subscriber does not read.
  const std::string large(64 * 1024, 'x');
  for (int i = 0; i < 400; ++i) {
    hub->publish("saga", large);
    quick.receive_until(large + "\n\n");
  }
  hub->publish("saga", "the end");
  const std::string text = slow.receive_until("data: the end\n\n");
  EXPECT_THAT(text, HasSubstr("event: reset\n"));
  EXPECT_LT(text.size(), 400 * large.size());
}

TEST(EventHub, SendsAHeartbeatWithoutEvents) {
  auto hub = EventHub::make({.heartbeat = 5ms});
  const TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send(subscription());
  EXPECT_THAT(client.receive_until(": heartbeat\n\n"), HasSubstr(": heartbeat\n\n"));
  hub->publish("saga", "after");
  EXPECT_THAT(client.receive_until("data: after\n\n"), HasSubstr("data: after"));
}

TEST(EventHub, RemovesADisconnectedClient) {
  auto hub = EventHub::make();
  const TestHttpServer server(routes(hub));
  {
    RawClient client = server.connect();
    client.send(subscription());
    client.receive_until("retry: 2000\n\n");
    EXPECT_EQ(hub->subscribers(), 1u);
  }
  while (hub->subscribers() != 0) std::this_thread::yield();  // bounded by the suite's time limit
  EXPECT_EQ(hub->subscribers(), 0u);
}

TEST(EventHub, RefusesMoreSubscribersThanItsLimit) {
  auto hub = EventHub::make({.subscribers_max = 1});
  const TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send(subscription());
  client.receive_until("retry: 2000\n\n");
  EXPECT_EQ(server.ask(subscription()).status, 429);
}

TEST(EventHub, EndsItsStreamsWhenItStops) {
  auto hub = EventHub::make();
  const TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send(subscription());
  client.receive_until("retry: 2000\n\n");
  hub->stop();
  EXPECT_THAT(client.receive_until("0\r\n\r\n"), HasSubstr("0\r\n\r\n"));
  EXPECT_EQ(server.ask(subscription()).status, 503);
}

TEST(EventHub, EndsItsStreamsWhenTheServerStops) {
  auto hub = EventHub::make();
  TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send(subscription());
  client.receive_until("retry: 2000\n\n");
  std::promise<void> stopped;
  server.server().stop(hang_limit, [&] { stopped.set_value(); });
  EXPECT_EQ(stopped.get_future().wait_for(hang_limit), std::future_status::ready);
  EXPECT_THAT(client.receive_until("0\r\n\r\n"), HasSubstr("0\r\n\r\n"));
}

TEST(EventHub, AcceptsEventsFromManyThreads) {
  auto hub = EventHub::make({.ring_max = 10'000});
  const TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send(subscription());
  client.receive_until("retry: 2000\n\n");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) hub->publish("saga", "x");
    });
  }
  for (std::thread& thread : threads) thread.join();
  hub->publish("saga", "last");
  const std::string text = client.receive_until("data: last\n\n");
  std::size_t count = 0;
  for (std::size_t at = text.find("event: saga"); at != text.npos; at = text.find("event: saga", at + 1)) ++count;
  EXPECT_EQ(count, 2001u);
}

TEST(EventHub, StreamsWithoutChunksToHttp10) {
  auto hub = EventHub::make();
  const TestHttpServer server(routes(hub));
  RawClient client = server.connect();
  client.send("GET /events HTTP/1.0\r\n\r\n");
  const std::string head = client.receive_until("retry: 2000\n\n");
  EXPECT_THAT(head, Not(HasSubstr("chunked")));
  hub->stop();
  EXPECT_TRUE(client.closes_silently());
}

}  // namespace
}  // namespace sagactl::http::testing
