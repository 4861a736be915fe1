// One logical node: an engine with its thread, and a listener that speaks for it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "server/api/context.hpp"
#include "server/api/metrics/measured_lock.hpp"
#include "server/engine/engine_thread.hpp"
#include "server/http/server.hpp"
#include "server/node/node.hpp"
#include "server/node/shared_parts.hpp"

namespace sagactl {

class LogicalNode {
 public:
  // Binds the port; nothing is taken on before start(). `parts` and `io` outlive the node, and `io` is
  // destroyed before it: handlers that still wait are let go with `io`, and refer to the node.
  static Result<std::unique_ptr<LogicalNode>> make(const NodeOptions& options, int index, SharedParts& parts,
                                                   boost::asio::io_context& io);

  Result<void> start();  // the engine
  void set_ready(bool ready) { context_.ready = ready; }
  NodeAddress address() const { return address_; }
  Engine& engine() { return engine_; }

  // In this order: no new requests and those in flight end (then `stopped` is called, on `io`); the engine
  // decides what it has accepted and gives up its lease; the listener is let go.
  void stop_serving(std::function<void()> stopped);
  void stop_engine();
  void drop_server() { server_.reset(); }

 private:
  LogicalNode(const NodeOptions& options, NodeAddress address, SharedParts& parts);
  void compare_secrets();

  NodeAddress address_;
  SharedParts& parts_;
  std::shared_ptr<http::Metrics> metrics_ = std::make_shared<http::Metrics>();
  api::NodeMetrics node_metrics_;
  api::MeasuredLock lock_;
  Engine engine_;
  OrderAdmission admission_;
  api::Context context_;
  std::unique_ptr<EngineThread> thread_;
  std::unique_ptr<http::Server> server_;
};

// Of --trusted-proxy; `invalid` names what is no network.
Result<http::TrustedProxies> trusted_proxies(const NodeOptions& options);

}  // namespace sagactl
