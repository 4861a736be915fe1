// Filters for sagas: the flags of `saga list`, and of `retry` and `compensate` with --all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/client/node_client.hpp"

namespace CLI {
class App;
}

namespace sagactl {

struct SagaFilterFlags {
  std::vector<std::string> statuses;
  std::string type;
  std::string node;
  std::string error;
  std::optional<Duration> older_than;
  std::optional<std::int64_t> retries_over;
  bool stuck = false;
  // Of users' sagas: their definition and its version, a step that is under way, the key, and members of the input, as
  // "guest=kim".
  std::string definition;
  std::optional<std::int64_t> version;
  std::string step;
  std::string key;
  std::vector<std::string> input;

  // No filter is set.
  bool empty() const;
  // The query string of GET /sagas: "status=failed&olderThan=300s".
  std::string query() const;
  // For messages: "status failed, older than 5.00 min".
  std::string text() const;
};

void add_saga_filter_flags(CLI::App& app, SagaFilterFlags& flags);

struct FoundSagas {
  std::vector<Json> sagas;  // newest first
  std::int64_t total = 0;   // matching sagas at the time of the first page
};

// The matching sagas, at most `limit`.
Result<FoundSagas> find_sagas(NodeClient& client, const SagaFilterFlags& flags, std::size_t limit);

}  // namespace sagactl
