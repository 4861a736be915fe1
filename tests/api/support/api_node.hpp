// A node in this process, on memory and a fake payment provider, spoken to over real HTTP.
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

namespace sagactl::test {

class ApiNode {
 public:
  explicit ApiNode(Dedupe dedupe = Dedupe::product);
  explicit ApiNode(const NodeOptions& options);
  ~ApiNode();

  HttpClient client(const std::string& token = "") const;
  HttpClient admin() const { return client(operator_token); }
  HttpClient customer() { return client(register_customer()); }
  std::string register_customer();  // the access token of a new one
  std::size_t subscribers() const { return parts_->feed->subscribers(); }

  FakeGateway& gateway() { return *gateway_; }
  Lock& lock() { return *parts_->lock; }
  Engine& engine() { return node_->engine(); }
  LogicalNode& node() { return *node_; }
  void stop_clock();  // the time stands still; what is to be done later is done all the same

  // What is otherwise the same for every test's node: a free port, and memory.
  static NodeOptions options();

  // Places an order of one item and returns the answer's body. The order must be accepted.
  Json place(HttpClient& client, const std::string& product);
  // Waits until the saga of that order has ended (once more, after `times` endings).
  void await_end(const std::string& order, int times = 1);
  // The same for placing and waiting: the order's id.
  std::string place_and_await(HttpClient& client, const std::string& product);

  static constexpr const char* operator_token = "the-operator-token-of-the-test";

 private:
  std::unique_ptr<SharedParts> parts_;
  FakeGateway* gateway_ = nullptr;
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
