// The state of the cluster for `sagactl top`, polled from its nodes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/client/node_client.hpp"
#include "cli/commands/participants_view.hpp"

namespace sagactl {

struct NodeView {
  std::string url;
  std::string node;  // its id; empty when it did not answer
  bool up = false;
  std::string status;  // "up", "not ready" or "down", with what is down
  double database_ms = 0;
  std::int64_t commits = 0, queue = 0, unpublished = 0;
};

struct SystemView {
  Timestamp at;
  std::chrono::steady_clock::time_point measured_at;
  std::vector<NodeView> nodes;
  ParticipantViews participants;
  bool has_counts = false;  // whether the counts below are known
  std::int64_t sagas = 0, active = 0, stuck = 0, completed = 0, compensated = 0, failed = 0, orders = 0;
};

// Per second, since the previous view.
struct Rates {
  double orders = 0, ended = 0;
};

class SystemObserver {
 public:
  static Result<SystemObserver> open(const Invocation& invocation);

  // Polls every node. An unavailable node is not an error. When no node answers or the token is rejected, the view has
  // no counts, and error() says why.
  SystemView poll();
  const std::optional<Error>& error() const { return error_; }

 private:
  explicit SystemObserver(NodeClient client) : client_(std::move(client)) {}

  NodeClient client_;
  std::vector<HttpClient> nodes_;
  std::optional<Error> error_;
};

std::optional<Rates> rates_between(const std::optional<SystemView>& before, const SystemView& now);

}  // namespace sagactl
