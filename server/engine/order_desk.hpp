// Where a node's orders are placed under the lock of their idempotency key. The orders of one node that come while
// it holds the lock share it, and are decided in one batch; other nodes wait. So a storm of duplicates costs the
// cluster one lock and the database one batch. A lock service that is away, or a lock that stays taken, does not
// stop an order: the database's unique key decides.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/engine/engine.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

class OrderDesk {
 public:
  // Both outlive the desk and every order that was placed at it.
  OrderDesk(Engine& engine, Lock& lock);

  // From any thread; `done` as in Engine::submit.
  void place(PlaceOrder command, Completion done);

 private:
  struct Order {
    PlaceOrder command;
    Completion done;
  };
  // The orders of one key.
  struct Counter {
    std::optional<LockGrant> grant;  // none: it has been asked for
    std::size_t inside = 0;          // submitted under the grant
    std::vector<Order> waiting;      // for the grant
  };

  void granted(const std::string& key, Result<LockGrant> grant);
  void submit(const std::string& key, const LockGrant& grant, Order order);
  void leave(const std::string& key);

  Engine& engine_;
  Lock& lock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Counter> counters_;
};

}  // namespace sagactl
