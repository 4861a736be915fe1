// Where a node's orders are placed under the lock of their idempotency key. The orders of one node that come while it
// holds the lock share it, for half of the lock's life at most, and are decided in one batch; other nodes wait. So a
// storm of duplicates costs the cluster one lock and the database one batch. While the engine gathers a commit, its
// locks are gathered too. A lock service that is away, or a lock that stays taken, does not stop an order: the
// database's unique key decides. An order says under which lock it was placed when that lock binds all who write the
// database.
#pragma once

#include <memory>

#include "server/engine/engine.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

class OrderAdmission {
 public:
  // All outlive the queues. Orders that wait for a lock when the queues is destroyed are dropped unanswered.
  OrderAdmission(Engine& engine, Lock& lock, Clock& clock);
  ~OrderAdmission();

  // From any thread; `done` as in Engine::submit.
  void place(PlaceOrder command, Completion done);

 private:
  class KeyQueues;
  std::shared_ptr<KeyQueues> queues_;  // shared with the callbacks of the lock and the engine
};

}  // namespace sagactl
