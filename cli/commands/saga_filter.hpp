// Which sagas: the flags of `saga list` and of bulk `retry` and `compensate`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/client/node_client.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct SagaFlags {
  std::vector<std::string> statuses;
  std::string type;
  std::string node;
  std::string error;
  std::optional<Duration> older_than;
  std::optional<std::int64_t> retries_over;
  bool stuck = false;

  // Does it choose anything?
  bool empty() const;
  // "status=failed&olderThan=300s": what GET /sagas takes.
  std::string query() const;
  // "status failed, older than 5.00 min": for people.
  std::string text() const;
};

void add_saga_flags(CLI::App& app, SagaFlags& flags);

struct FoundSagas {
  std::vector<Json> sagas;  // newest first
  std::int64_t total = 0;   // that there were when it was asked
};

// All that match, up to `limit`.
Result<FoundSagas> find_sagas(NodeClient& client, const SagaFlags& flags, std::size_t limit);

}  // namespace sagactl
