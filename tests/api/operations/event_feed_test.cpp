// GET /events.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/api/operations/event_feed.hpp"
#include "server/http/sse.hpp"
#include "tests/api/support/api_node.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

// Follows the stream on its own thread and keeps the events.
class StreamFollower {
 public:
  StreamFollower(HttpClient client, std::string last_event_id = "")
      : client_(std::move(client)), thread_([this, last_event_id](std::stop_token stop) {
          const auto receive = [this](const ServerSentEvent& event) {
            const std::scoped_lock guard(mutex_);
            events_.push_back(event);
            changed_.notify_all();
            return true;
          };
          (void)client_.stream("/events", receive, stop, last_event_id);
        }) {}

  // Waits for an event of that type about that order; returns the events so far.
  std::vector<ServerSentEvent> await(const std::string& type, const std::string& order) {
    std::unique_lock lock(mutex_);
    const bool came = changed_.wait_for(lock, hang_limit, [&] {
      return std::any_of(events_.begin(), events_.end(), [&](const ServerSentEvent& event) {
        return event.event == type && event.data.find(order) != event.data.npos;
      });
    });
    EXPECT_TRUE(came) << type << " of " << order << " did not arrive";
    return events_;
  }

 private:
  HttpClient client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ServerSentEvent> events_;
  std::jthread thread_;
};

class FeedStream : public testing::Test {
 protected:
  // Events published before the node has the subscription are not in the stream.
  void await_listeners(std::size_t count) {
    while (node.subscribers() < count) std::this_thread::yield();
  }

  ApiNode node;
  const std::string customer_token = node.register_customer(), other_token = node.register_customer();
  HttpClient customer = node.client(customer_token), other = node.client(other_token);
};

TEST_F(FeedStream, AnAdminGetsAllEvents) {
  StreamFollower listener(node.admin());
  await_listeners(1);
  const std::string id = node.place(customer, "p")["id"];
  const auto events = listener.await("SagaCompleted", id);
  EXPECT_EQ(events.front().event, "OrderCreated");
  const Json data = Json::parse(events.front().data);
  EXPECT_EQ(data["orderId"], id);
  EXPECT_EQ(data["nodeId"], "node-1");
}

TEST_F(FeedStream, ACustomerGetsOnlyTheirOwn) {
  StreamFollower own(node.client(customer_token)), others(node.client(other_token));
  await_listeners(2);
  const std::string mine = node.place(customer, "mine")["id"];
  const std::string theirs = node.place(other, "theirs")["id"];
  for (const ServerSentEvent& event : own.await("SagaCompleted", mine))
    EXPECT_EQ(event.data.find(theirs), event.data.npos) << event.data;
  for (const ServerSentEvent& event : others.await("SagaCompleted", theirs))
    EXPECT_EQ(event.data.find(mine), event.data.npos) << event.data;
}

// The hub alone, without a node.
TEST(EventHubOfManyUsers, SendsAHeartbeatToASubscriberWithoutEvents) {
  auto hub = http::EventHub::make({.heartbeat = std::chrono::milliseconds(40)});
  http::Request request;
  auto quiet = hub->subscribe(request, "quiet").value().stream;
  auto busy = hub->subscribe(request, "busy").value().stream;
  std::vector<std::string> pieces;
  boost::asio::io_context io;
  auto listen = [&]() -> boost::asio::awaitable<void> {
    while (auto piece = co_await quiet->next()) pieces.push_back(*piece);
  };
  boost::asio::co_spawn(io, listen, boost::asio::detached);
  // Events of others are published more often than a heartbeat is due.
  for (int i = 0; pieces.size() < 4 && i < 100'000; ++i) {
    hub->publish("OrderCreated", "{}", "busy");
    io.run_for(std::chrono::milliseconds(5));
    if (pieces.size() == 3 && i > 0) hub->publish_reset();
  }
  quiet->close();
  io.run();
  ASSERT_GE(pieces.size(), 4u);
  EXPECT_EQ(pieces[0], "retry: 2000\n\n");
  EXPECT_EQ(pieces[1], ": heartbeat\n\n");
  EXPECT_EQ(pieces[2], ": heartbeat\n\n");
  EXPECT_NE(pieces[3].find("event: reset\n"), std::string::npos) << pieces[3];
  for (const std::string& piece : pieces) EXPECT_EQ(piece.find("OrderCreated"), std::string::npos);
  busy->close();
}

// A bus that can be read only when the test says so.
class SlowBus : public Bus {
 public:
  void publish(std::vector<Event>, std::function<void(Result<void>)> done) override { done({}); }
  std::function<void()> subscribe(std::function<void(const Event&)>, std::function<void()> missed) override {
    missed_ = std::move(missed);
    can_be_read.get_future().wait();
    return [] {};
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }
  void report_missed() { missed_(); }

  std::promise<void> can_be_read;

 private:
  std::function<void()> missed_;
};

TEST(EventFeed, NoStreamBeginsBeforeTheBusIsRead) {
  const auto clock = make_system_clock();
  const auto store = make_memory_store(*clock);
  SlowBus bus;
  api::EventFeed feed(bus, *store, *clock);
  http::Request request;
  request.caller = http::Caller{.id = "ann", .email = {}, .role = "customer", .token_id = {}};
  std::vector<std::shared_ptr<http::Response>> begun;
  boost::asio::io_context io;
  const auto begin = [&]() -> boost::asio::awaitable<void> {
    std::function<bool()> always;
    auto answer = co_await feed.subscribe(request, std::move(always));
    begun.push_back(std::make_shared<http::Response>(std::move(answer).value()));
  };
  for (int i = 0; i < 2; ++i) boost::asio::co_spawn(io, begin, boost::asio::detached);
  io.run_for(std::chrono::milliseconds(100));
  EXPECT_EQ(begun.size(), 0u) << "neither the first nor the one that finds a subscription under way";
  bus.can_be_read.set_value();
  io.run();
  ASSERT_EQ(begun.size(), 2u);
  bus.report_missed();
  std::string text;
  const auto read = [&]() -> boost::asio::awaitable<void> {
    while (text.find("event: reset\n") == text.npos) {
      const auto piece = co_await begun.front()->stream->next();
      if (!piece) co_return;
      text += *piece;
    }
  };
  boost::asio::co_spawn(io, read, boost::asio::detached);
  io.restart();
  io.run();
  EXPECT_NE(text.find("event: reset\n"), text.npos) << text;
  for (const auto& response : begun) response->stream->close();
}

// Gives its subscriber more events than the feed's queue has room for, before the subscription has begun.
class FloodingBus : public Bus {
 public:
  void publish(std::vector<Event>, std::function<void(Result<void>)> done) override { done({}); }
  std::function<void()> subscribe(std::function<void(const Event&)> receive, std::function<void()>) override {
    for (int i = 0; i < 20'000; ++i) receive({});
    has_flooded.set_value();
    may_begin.get_future().wait();
    return [this] { has_ended = true; };
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }

  std::promise<void> has_flooded, may_begin;
  std::atomic<bool> has_ended = false;
};

TEST(EventFeed, LeavesTheBusAlsoWhenItsQueueIsFull) {
  const auto clock = make_system_clock();
  const auto store = make_memory_store(*clock);
  FloodingBus bus;
  auto feed = std::make_unique<api::EventFeed>(bus, *store, *clock);
  http::Request request;
  request.caller = http::Caller{.id = "ann", .email = {}, .role = "customer", .token_id = {}};
  boost::asio::io_context io;
  const auto begin = [&]() -> boost::asio::awaitable<void> {
    std::function<bool()> always;
    (void)co_await feed->subscribe(request, std::move(always));
  };
  boost::asio::co_spawn(io, begin, boost::asio::detached);
  io.poll();
  bus.has_flooded.get_future().wait();
  const std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // so that the queue is still full when the feed ends
    bus.may_begin.set_value();
  });
  feed.reset();
  EXPECT_TRUE(bus.has_ended);
}

TEST(EventHubOfManyUsers, EndsTheStreamOfAUserWhoMayNotGoOn) {
  auto hub = http::EventHub::make({.heartbeat = std::chrono::milliseconds(5)});
  int asked = 0;
  auto stream = hub->subscribe({}, std::nullopt, [&asked] { return ++asked < 3; }).value().stream;
  std::size_t heartbeats = 0;
  boost::asio::io_context io;
  auto listen = [&]() -> boost::asio::awaitable<void> {
    while (auto piece = co_await stream->next()) heartbeats += *piece == ": heartbeat\n\n";
  };
  boost::asio::co_spawn(io, listen, boost::asio::detached);
  io.run();
  EXPECT_EQ(asked, 3);
  EXPECT_GE(heartbeats, 1u);
}

TEST_F(FeedStream, AStreamResumesAfterTheLastEvent) {
  std::string last;
  std::string first;
  {
    StreamFollower listener(node.admin());
    await_listeners(1);
    first = node.place(customer, "p")["id"];
    last = listener.await("SagaCompleted", first).back().id;
  }
  const std::string missed = node.place_and_await(customer, "q");
  StreamFollower listener(node.admin(), last);
  const auto events = listener.await("SagaCompleted", missed);
  EXPECT_EQ(events.front().event, "OrderCreated");
  for (const ServerSentEvent& event : events) EXPECT_EQ(event.data.find(first), event.data.npos);
}

TEST_F(FeedStream, AStreamOfAnotherRunOfTheNodeStartsWithAReset) {
  StreamFollower listener(node.admin(), "another-17");
  await_listeners(1);
  const std::string id = node.place(customer, "p")["id"];
  EXPECT_EQ(listener.await("OrderCreated", id).front().event, "reset");
}

}  // namespace
}  // namespace sagactl::test
