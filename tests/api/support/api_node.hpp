// A node in this process, with an in-memory database and a fake payment provider, called over real HTTP.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "common/text/json.hpp"
#include "httpclient/http_client.hpp"
#include "server/node/logical_node.hpp"
#include "server/node/shared_parts.hpp"
#include "tests/api/support/fake_gateway.hpp"
#include "tests/api/support/watched_database.hpp"

namespace sagactl::test {

class ApiNode {
 public:
  explicit ApiNode(Dedupe dedupe = Dedupe::product);
  explicit ApiNode(const NodeOptions& options);
  ~ApiNode();

  HttpClient client(const std::string& token = "") const;
  HttpClient admin() const { return client(operator_token); }
  HttpClient customer() { return client(register_customer()); }
  std::string register_customer();  // the access token of a new customer
  std::size_t subscribers() const { return parts_->feed->subscribers(); }

  FakeGateway& gateway() { return *gateway_; }
  Lock& lock() { return *parts_->lock; }
  Queries& queries() { return parts_->database->queries(); }
  ControlledStore& store() { return database_->store(); }
  RecordStore& records() { return parts_->database->records(); }
  Engine& engine() { return node_->engine(); }
  LogicalNode& node() { return *node_; }
  void stop_clock();  // freezes the time; timers still fire

  // The options of all tests' nodes: a free port, and an in-memory database.
  static NodeOptions options();

  // Whether it holds now, or after one of the next writes of that flow; each is waited for at most a minute.
  bool await_write(OrderId order, const std::function<bool()>& holds);

  // As WatchedDatabase::await_records: for what follows from records, such as bulk jobs, and for what a node polls.
  bool await_records(const std::function<bool()>& holds) { return database_->await_records(holds); }

  // Places an order of one item, which must be accepted, and returns the answer's body.
  Json place(HttpClient& client, const std::string& product);
  // Waits until the saga of that order has ended, for the `times`-th time.
  void await_end(const std::string& order, int times = 1);
  // Places an order and waits for its end; the order's id.
  std::string place_and_await(HttpClient& client, const std::string& product);

  static constexpr const char* operator_token = "the-operator-token-of-the-test";

 private:
  std::unique_ptr<SharedParts> parts_;
  FakeGateway* gateway_ = nullptr;
  WatchedDatabase* database_ = nullptr;
  std::unique_ptr<LogicalNode> node_;
  std::unique_ptr<boost::asio::io_context> io_;
  std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> work_;
  std::thread io_thread_;
  int customers_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::multiset<OrderId> ended_;
  std::function<void()> unsubscribe_;
};

Json order_body(const std::string& product, int quantity = 1, double price = 1000);

}  // namespace sagactl::test
