#include "server/node/node.hpp"

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "common/log.hpp"
#include "server/api/checkout/sample_products.hpp"
#include "server/node/connection_limits.hpp"
#include "server/node/logical_node.hpp"
#include "server/node/shared_parts.hpp"

namespace sagactl {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds first_patience{2};

Result<void> check_options(const NodeOptions& options) {
  if (options.nodes < 1 || options.nodes > logical_nodes_max)
    return Error{ErrorCode::invalid,
                 fmt::format("--nodes is {}; it must be from 1 to {}", options.nodes, logical_nodes_max)};
  if (options.port != 0 && options.port + options.nodes - 1 > 65'535)
    return Error{ErrorCode::invalid,
                 fmt::format("{} nodes from port {} need ports above 65535", options.nodes, options.port)};
  if (const auto trusted = trusted_proxies(options); !trusted) return trusted.error();
  return {};
}

class RunningNodes final : public Nodes {
 public:
  RunningNodes(std::filesystem::path token_file, std::unique_ptr<SharedParts> parts)
      : token_file_(std::move(token_file)), parts_(std::move(parts)), io_(std::make_unique<asio::io_context>(1)) {
    work_.emplace(io_->get_executor());
  }

  ~RunningNodes() override { stop(); }

  Result<void> start(const NodeOptions& options) {
    stop_delay_ = options.stop_delay;
    const http::Limits limits = connection_limits(options.nodes);
    for (int i = 0; i < options.nodes; ++i) {
      auto node = LogicalNode::make(options, i, *parts_, limits, *io_);
      if (!node) return node.error();
      nodes_.push_back(std::move(node).value());
    }
    for (const auto& node : nodes_)
      if (const auto started = node->start(); !started) return started;
    io_thread_ = std::thread([this] { io_->run(); });
    submit_first(RegisterUser{operator_user()}, "cannot store the operator's user");
    if (options.sample_stock)
      submit_first(SetStockRequest{{operator_user().id, Role::admin}, api::sample_products()},
                   "cannot store the sample products");
    if (const auto started = start_exchange(options); !started) return started;
    for (const auto& node : nodes_) node->set_ready(true);
    return {};
  }

  std::vector<NodeAddress> addresses() const override {
    std::vector<NodeAddress> addresses;
    for (const auto& node : nodes_) addresses.push_back(node->address());
    return addresses;
  }

  std::filesystem::path operator_token_file() const override { return token_file_; }

  // The stop order of the process.
  void stop() override {
    const std::scoped_lock guard(stopping_);
    if (!io_) return;
    for (const auto& node : nodes_) node->set_ready(false);  // 0. load balancers send requests to other nodes
    if (io_thread_.joinable()) std::this_thread::sleep_for(stop_delay_);
    if (parts_->exchange) parts_->exchange->stop();
    stop_serving();  // 1. no new requests or messages; those in flight are answered
    for (const auto& node : nodes_) node->stop_engine();  // 2. accepted commands are durable, leases are released
    work_.reset();                                        // 3. no handler runs any more
    io_->stop();
    if (io_thread_.joinable()) io_thread_.join();
    for (const auto& node : nodes_) node->drop_server();
    parts_.reset();  // 4. the threads that read, hash and run timers; database, lock, bus and gateway
    io_.reset();     // 5. handlers that will not be resumed any more, which refer to their nodes
  }

 private:
  void stop_serving() {
    if (!io_thread_.joinable()) return;  // never started
    parts_->feed->stop();
    std::vector<std::future<void>> all;
    for (const auto& node : nodes_) {
      auto stopped = std::make_shared<std::promise<void>>();
      all.push_back(stopped->get_future());
      node->stop_serving([stopped] { stopped->set_value(); });
    }
    for (const auto& stopped : all) stopped.wait();
  }

  // Messages from other services become commands to the first node's engine.
  Result<void> start_exchange(const NodeOptions& options) {
    if (!parts_->exchange) return {};
    Engine& engine = nodes_.front()->engine();
    SagaHandlers handlers;
    handlers.perform = [&engine](const StepCall& call, SagaHandlers::Done done) {
      engine.submit(PerformRequest{call}, acknowledge(std::move(done)));
    };
    handlers.apply_reply = [&engine](const RemoteReply& reply, SagaHandlers::Done done) {
      engine.submit(StepReplied{reply.saga, reply.reply, {}, true}, acknowledge(std::move(done)));
    };
    handlers.continue_saga = [&engine](OrderId order, SagaHandlers::Done done) {
      engine.submit(ContinueRequest{order}, acknowledge(std::move(done)));
    };
    return parts_->exchange->start(Services::only(*options.service), std::move(handlers));
  }

  // A message whose command was refused is done: it is late, or a repeat, or its saga does not exist. One whose command
  // could not be decided is delivered again.
  static Completion acknowledge(SagaHandlers::Done done) {
    return [done = std::move(done)](Result<Receipt> receipt) {
      if (receipt) return done({});
      const ErrorCode code = receipt.error().code;
      const bool is_retried = code == ErrorCode::unavailable || code == ErrorCode::busy ||
                              code == ErrorCode::unknown_outcome || code == ErrorCode::bug;
      if (is_retried || code == ErrorCode::invalid) return done(receipt.error());
      done({});
    };
  }

  // Submits what should be stored from the start. It may be stored already: then the command is a `conflict`, or
  // changes nothing.
  void submit_first(Command command, std::string_view on_failure) {
    auto written = std::make_shared<std::promise<Result<Receipt>>>();
    auto done = written->get_future();
    nodes_.front()->engine().submit(std::move(command),
                                    [written](Result<Receipt> receipt) { written->set_value(std::move(receipt)); });
    // A slow database must not delay the start: the command is completed when the database answers.
    if (done.wait_for(first_patience) != std::future_status::ready) return;
    const Result<Receipt> receipt = done.get();
    if (!receipt && receipt.error().code != ErrorCode::conflict)
      log_warn(on_failure, {{"error", receipt.error().message}});
  }

  const std::filesystem::path token_file_;
  Duration stop_delay_{};
  std::mutex stopping_;
  std::unique_ptr<SharedParts> parts_;
  // Destroyed before the nodes, after the parts: see stop().
  std::vector<std::unique_ptr<LogicalNode>> nodes_;
  std::unique_ptr<asio::io_context> io_;
  std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work_;
  std::thread io_thread_;
};

}  // namespace

Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options) {
  if (const auto valid = check_options(options); !valid) return valid.error();
  auto parts = SharedParts::make(options);
  if (!parts) return parts.error();
  return start_nodes(options, std::move(parts).value());
}

Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options, std::unique_ptr<SharedParts> parts) {
  if (const auto valid = check_options(options); !valid) return valid.error();
  auto nodes = std::make_unique<RunningNodes>(options.data / operator_token_name, std::move(parts));
  if (const auto started = nodes->start(options); !started) return started.error();
  return std::unique_ptr<Nodes>(std::move(nodes));
}

}  // namespace sagactl
