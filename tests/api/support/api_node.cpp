#include "tests/api/support/api_node.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_lock.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl::test {
namespace {

// The system's time with much shorter timers, since the lock routes wait for seconds.
class FastTimerClock : public Clock {
 public:
  Timestamp now() const override { return clock_->now(); }
  SteadyTime steady() const override {
    const std::int64_t stopped_us = stopped_us_;
    return stopped_us == 0 ? clock_->steady() : SteadyTime{stopped_us};
  }
  void stop() { stopped_us_ = clock_->steady().us; }
  void after(Duration delay, std::function<void()> work) override { clock_->after(delay / 50, std::move(work)); }

 private:
  const std::unique_ptr<Clock> clock_ = make_system_clock();
  std::atomic<std::int64_t> stopped_us_{0};  // 0: it runs
};

std::unique_ptr<SharedParts> make_parts(std::unique_ptr<PaymentGateway> gateway, const NodeOptions& options) {
  auto parts = std::make_unique<SharedParts>();
  parts->clock = std::make_unique<FastTimerClock>();
  Clock& clock = *parts->clock;
  parts->database = std::make_unique<WatchedDatabase>(open_database(options, clock).value());
  parts->lock = make_memory_lock(clock);
  parts->bus = make_memory_bus();
  parts->gateway = std::move(gateway);
  api::SessionOptions session;
  session.access_secret = "access secret of the test";
  session.refresh_secret = "refresh secret of the test";
  session.operator_token = ApiNode::operator_token;
  session.operator_user = operator_user();
  parts->shared_secret = session.access_secret;
  parts->sessions = std::make_unique<api::LoginSessions>(std::move(session), clock);
  parts->page_sessions =
      std::make_unique<api::PageSessions>(parts->shared_secret, options.pages_read_only, *parts->sessions, clock);
  parts->rights_poller = std::make_unique<RightsPoller>(*parts->database, *parts->sessions, *parts->page_sessions);
  parts->query_threads = std::make_unique<api::QueryThreads>(http::Workers::Options{"query_threads", 2, 1000});
  parts->hashers = std::make_unique<http::Workers>(http::Workers::Options{"hashers", 1, 64});
  http::EventHub::Options events;
  events.heartbeat = std::chrono::milliseconds(200);
  parts->feed = std::make_unique<api::EventFeed>(*parts->bus, parts->database->queries(), clock, events);
  return parts;
}

NodeOptions with_dedupe(Dedupe dedupe) {
  NodeOptions options = ApiNode::options();
  options.dedupe = dedupe;
  return options;
}

bool ends_saga(EventType type) {
  return type == EventType::saga_completed || type == EventType::saga_failed || type == EventType::saga_compensated ||
         type == EventType::saga_compensation_failed;
}

}  // namespace

NodeOptions ApiNode::options() {
  NodeOptions options;
  options.port = 0;
  options.database = ":memory:";
  return options;
}

ApiNode::ApiNode(Dedupe dedupe) : ApiNode(with_dedupe(dedupe)) {}

ApiNode::ApiNode(const NodeOptions& options) {
  auto gateway = std::make_unique<FakeGateway>();
  gateway_ = gateway.get();
  parts_ = make_parts(std::move(gateway), options);
  database_ = static_cast<WatchedDatabase*>(parts_->database.get());
  unsubscribe_ = parts_->bus->subscribe([this](const Event& event) {
    if (!ends_saga(event.type)) return;
    const std::scoped_lock guard(mutex_);
    ended_.insert(event.order);
    changed_.notify_all();
  });
  io_ = std::make_unique<boost::asio::io_context>(1);
  work_.emplace(io_->get_executor());
  node_ = LogicalNode::make(options, 0, *parts_, {}, *io_).value();
  if (const auto started = node_->start(); !started) crash(started.error().message.c_str());
  io_thread_ = std::thread([this] { io_->run(); });
  std::promise<void> registered;
  node_->engine().submit(RegisterUser{operator_user()}, [&](const Result<Receipt>&) { registered.set_value(); });
  registered.get_future().wait();
  node_->set_ready(true);
}

void ApiNode::stop_clock() {
  static_cast<FastTimerClock&>(*parts_->clock).stop();
}

ApiNode::~ApiNode() {
  gateway_->release();
  parts_->feed->stop();
  std::promise<void> stopped;
  node_->stop_serving([&] { stopped.set_value(); });
  stopped.get_future().wait();
  node_->stop_engine();
  work_.reset();
  io_->stop();
  io_thread_.join();
  node_->drop_server();
  unsubscribe_();
  parts_.reset();
  io_.reset();
}

HttpClient ApiNode::client(const std::string& token) const {
  HttpClientOptions options;
  options.token = token;
  options.timeout = std::chrono::seconds(60);
  return HttpClient(parse_node_url(node_->address().url).value(), options);
}

std::string ApiNode::register_customer() {
  HttpClient anyone = client();
  const Json body{{"email", "customer" + std::to_string(++customers_) + "@test.com"},
                  {"password", "password123"},
                  {"firstName", "Test"},
                  {"lastName", "Customer"}};
  const HttpResponse answer = anyone.post("/auth/register", body).value();
  if (answer.status != 201) crash(answer.body.c_str());
  return answer.json().value()["accessToken"];
}

bool ApiNode::await_write(OrderId order, const std::function<bool()>& holds) {
  FlowWatch::Watcher watcher(engine().watch(), order);
  for (;;) {
    watcher.clear();
    if (holds()) return true;
    const auto written = std::make_shared<std::promise<void>>();
    watcher.on_write([written](bool) { written->set_value(); });
    if (written->get_future().wait_for(hang_limit) != std::future_status::ready) return false;
  }
}

Json ApiNode::place(HttpClient& client, const std::string& product) {
  const HttpResponse answer = client.post("/orders", order_body(product)).value();
  EXPECT_EQ(answer.status, 201) << answer.body;
  return answer.json().value();
}

void ApiNode::await_end(const std::string& order, int times) {
  const OrderId id = OrderId::parse(order).value();
  std::unique_lock lock(mutex_);
  const bool ended =
      changed_.wait_for(lock, hang_limit, [&] { return ended_.count(id) >= static_cast<std::size_t>(times); });
  ASSERT_TRUE(ended) << "the saga of order " << order << " has not ended";
}

std::string ApiNode::place_and_await(HttpClient& client, const std::string& product) {
  const std::string id = place(client, product)["id"].get<std::string>();
  await_end(id);
  return id;
}

Json order_body(const std::string& product, int quantity, double price) {
  return Json{
      {"items",
       Json::array({Json{
           {"productId", product}, {"productName", "Product " + product}, {"quantity", quantity}, {"price", price}}})},
      {"shippingAddress", "Seoul, Teheran-ro 123"}};
}

}  // namespace sagactl::test
