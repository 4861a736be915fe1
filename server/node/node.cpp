#include "server/node/node.hpp"

#include <fmt/format.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <mutex>
#include <optional>
#include <thread>

#include "common/log.hpp"
#include "server/node/logical_node.hpp"
#include "server/node/shared_parts.hpp"

namespace sagactl {
namespace {

namespace asio = boost::asio;

constexpr int nodes_max = 64;
constexpr std::chrono::seconds operator_patience{2};

Result<void> check(const NodeOptions& options) {
  if (options.nodes < 1 || options.nodes > nodes_max)
    return Error{ErrorCode::invalid,
                 fmt::format("--nodes is {}; it must be from 1 to {}", options.nodes, nodes_max)};
  if (options.port != 0 && options.port + options.nodes - 1 > 65'535)
    return Error{ErrorCode::invalid, fmt::format("{} nodes from port {} on would need ports over 65535",
                                                 options.nodes, options.port)};
  if (const auto trusted = trusted_proxies(options); !trusted) return trusted.error();
  return {};
}

class RunningNodes final : public Nodes {
 public:
  RunningNodes(std::filesystem::path token_file, std::unique_ptr<SharedParts> parts)
      : token_file_(std::move(token_file)),
        parts_(std::move(parts)),
        io_(std::make_unique<asio::io_context>(1)) {
    work_.emplace(io_->get_executor());
  }

  ~RunningNodes() override { stop(); }

  Result<void> start(const NodeOptions& options) {
    stop_delay_ = options.stop_delay;
    for (int i = 0; i < options.nodes; ++i) {
      auto node = LogicalNode::make(options, i, *parts_, *io_);
      if (!node) return node.error();
      nodes_.push_back(std::move(node).value());
    }
    for (const auto& node : nodes_)
      if (const auto started = node->start(); !started) return started;
    io_thread_ = std::thread([this] { io_->run(); });
    register_operator();
    if (const auto begun = start_exchange(options); !begun) return begun;
    for (const auto& node : nodes_) node->set_ready(true);
    return {};
  }

  std::vector<NodeAddress> addresses() const override {
    std::vector<NodeAddress> addresses;
    for (const auto& node : nodes_) addresses.push_back(node->address());
    return addresses;
  }

  std::filesystem::path operator_token_file() const override { return token_file_; }

  // The stop order of the whole process.
  void stop() override {
    const std::scoped_lock guard(stopping_);
    if (!io_) return;
    for (const auto& node : nodes_) node->set_ready(false);  // 0. load balancers send them elsewhere
    if (io_thread_.joinable()) std::this_thread::sleep_for(stop_delay_);
    if (parts_->exchange) parts_->exchange->stop();
    stop_serving();  // 1. no new requests or messages; those in flight get their answers
    for (const auto& node : nodes_)
      node->stop_engine();  // 2. what was accepted is durable, the leases are given up
    work_.reset();          // 3. no handler runs any more
    io_->stop();
    if (io_thread_.joinable()) io_thread_.join();
    for (const auto& node : nodes_) node->drop_server();
    parts_.reset();  // 4. the threads that read, hash and keep time; database, lock, bus and gateway
    io_.reset();     // 5. handlers that nobody will answer any more, which refer to their nodes
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

  // Messages of other services are commands to the first node's engine.
  Result<void> start_exchange(const NodeOptions& options) {
    if (!parts_->exchange) return {};
    Engine& engine = nodes_.front()->engine();
    SagaHandlers handlers;
    handlers.perform = [&engine](const StepCall& call, SagaHandlers::Done done) {
      engine.submit(PerformRequest{call}, answered(std::move(done)));
    };
    handlers.apply_reply = [&engine](const RemoteReply& reply, SagaHandlers::Done done) {
      engine.submit(StepReplied{reply.saga, reply.reply, {}, true}, answered(std::move(done)));
    };
    handlers.continue_saga = [&engine](OrderId order, SagaHandlers::Done done) {
      engine.submit(ContinueRequest{order}, answered(std::move(done)));
    };
    return parts_->exchange->start(Services::only(*options.service), std::move(handlers));
  }

  // A message whose command was refused has had all the effect that it can have: it is late, or a repeat, or of a saga
  // that is not there. One that could not be decided comes again.
  static Completion answered(SagaHandlers::Done done) {
    return [done = std::move(done)](Result<Receipt> receipt) {
      if (receipt) return done({});
      const ErrorCode code = receipt.error().code;
      const bool comes_again = code == ErrorCode::unavailable || code == ErrorCode::busy ||
                               code == ErrorCode::unknown_outcome || code == ErrorCode::bug;
      if (comes_again || code == ErrorCode::invalid) return done(receipt.error());
      done({});
    };
  }

  // The operator's row, so that what the operator does has an author. There already at every start but the
  // first.
  void register_operator() {
    auto written = std::make_shared<std::promise<Result<Receipt>>>();
    auto done = written->get_future();
    nodes_.front()->engine().submit(RegisterUser{operator_user()}, [written](Result<Receipt> receipt) {
      written->set_value(std::move(receipt));
    });
    // A database that is slow now must not keep the node from starting: the row will be there when it is not.
    if (done.wait_for(operator_patience) != std::future_status::ready) return;
    const Result<Receipt> receipt = done.get();
    if (!receipt && receipt.error().code != ErrorCode::conflict)
      log_warn("the operator's user could not be written", {{"error", receipt.error().message}});
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
  if (const auto valid = check(options); !valid) return valid.error();
  auto parts = SharedParts::make(options);
  if (!parts) return parts.error();
  return start_nodes(options, std::move(parts).value());
}

Result<std::unique_ptr<Nodes>> start_nodes(const NodeOptions& options, std::unique_ptr<SharedParts> parts) {
  if (const auto valid = check(options); !valid) return valid.error();
  auto nodes = std::make_unique<RunningNodes>(options.data / operator_token_name, std::move(parts));
  if (const auto started = nodes->start(options); !started) return started.error();
  return std::unique_ptr<Nodes>(std::move(nodes));
}

}  // namespace sagactl
