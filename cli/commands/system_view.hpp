// What `sagactl top` shows: the system as it is at one moment, asked from its nodes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cli/client/node_client.hpp"

namespace sagactl {

struct NodeView {
  std::string url;
  std::string node;  // its name; empty when it never answered
  bool up = false;
  std::string status;  // "up", "not ready", "down", and why
  double database_ms = 0;
  std::int64_t commits = 0, queue = 0, unpublished = 0;
};

struct SystemView {
  Timestamp at;
  std::chrono::steady_clock::time_point measured_at;
  std::vector<NodeView> nodes;
  bool answered = false;  // are the counts below known?
  std::int64_t sagas = 0, active = 0, stuck = 0, completed = 0, compensated = 0, failed = 0, orders = 0;
};

// Per second, since the view before.
struct Rates {
  double orders = 0, ended = 0;
};

class SystemObserver {
 public:
  static Result<SystemObserver> open(const Invocation& invocation);

  // Asks every node. A node that is away is no error; `not answered` is what the view says when all are, or
  // when the token is not good enough: then `trouble` tells.
  SystemView look();
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  explicit SystemObserver(NodeClient client) : client_(std::move(client)) {}

  NodeClient client_;
  std::vector<HttpClient> nodes_;
  std::optional<Error> trouble_;
};

std::optional<Rates> rates_between(const std::optional<SystemView>& before, const SystemView& now);

}  // namespace sagactl
