// One logical node: an engine with its thread, and the HTTP server of its API.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "server/adapters/message_participants/participant_callers.hpp"
#include "server/api/bulk/bulk_runner.hpp"
#include "server/api/context.hpp"
#include "server/api/metrics/measured_lock.hpp"
#include "server/auth/answer_token.hpp"
#include "server/engine/engine_thread.hpp"
#include "server/http/server.hpp"
#include "server/node/chore.hpp"
#include "server/node/node.hpp"
#include "server/node/shared_parts.hpp"

namespace sagactl {

class LogicalNode {
 public:
  // Binds the port; no request is accepted before start(). `parts` outlives the node. `io` outlives its use and is
  // destroyed before the node, since pending handlers, which `io` owns, refer to the node.
  static Result<std::unique_ptr<LogicalNode>> make(const NodeOptions& options, int index, SharedParts& parts,
                                                   const http::Limits& limits, boost::asio::io_context& io);
  ~LogicalNode();

  Result<void> start();  // the engine
  void set_ready(bool ready) { context_.ready = ready; }
  NodeAddress address() const { return address_; }
  Engine& engine() { return engine_; }

  // Called in this order. Accepts no new requests and completes those in flight, then calls `stopped` on `io`;
  // completes the commands that the engine has accepted and releases its lease; destroys the server, and gives up the
  // calls to participants.
  void stop_serving(std::function<void()> stopped);
  void stop_engine();
  void drop_server();

 private:
  LogicalNode(const NodeOptions& options, NodeAddress address, SharedParts& parts,
              std::unique_ptr<ParticipantCallers> participants);
  void compare_secrets();

  NodeAddress address_;
  SharedParts& parts_;
  std::shared_ptr<http::Metrics> metrics_ = std::make_shared<http::Metrics>();
  api::NodeMetrics node_metrics_;
  api::MinuteCounts minutes_;
  api::MeasuredLock lock_;
  std::shared_ptr<ParticipantCallers> participants_;        // the engine calls them
  std::unique_ptr<ParticipantCaller> traced_participants_;  // null: no traces are exported
  std::optional<auth::AnswerTokens> answer_tokens_;
  Engine engine_;
  OrderAdmission admission_;
  api::Context context_;
  std::unique_ptr<EngineThread> thread_;
  api::BulkRunner bulk_runner_;
  std::optional<Chore> minutes_chore_, bulk_chore_, live_chore_;
  std::unique_ptr<http::Server> server_;
};

// The networks of --trusted-proxy; `invalid` names one that is malformed.
Result<http::TrustedProxies> trusted_proxies(const NodeOptions& options);

}  // namespace sagactl
