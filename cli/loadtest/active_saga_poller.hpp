// Polls the number of active sagas of the nodes on its own thread while a load test runs.
#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "cli/invocation.hpp"

namespace sagactl {

class ActiveSagaPoller {
 public:
  explicit ActiveSagaPoller(const Invocation& invocation);  // outlives this
  std::optional<std::int64_t> active() const {
    const std::int64_t now = active_;
    return now < 0 ? std::nullopt : std::optional(now);
  }

 private:
  std::atomic<std::int64_t> active_{-1};
  std::jthread thread_;
};

}  // namespace sagactl
