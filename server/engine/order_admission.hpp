// Admits a node's orders to its engine under the lock of their idempotency key. While the node holds the lock of a key,
// its orders of that key share it, for at most half of the lock's time to live, and are decided in one batch; other
// nodes wait. So a storm of duplicates costs the cluster one lock and the database one batch. The lock calls of orders
// that wait for the same commit are sent together. When the lock service is unavailable, or a lock stays taken, the
// order is placed without it: the database's unique key decides. An order records the lock under which it was placed
// when all writers of the database share that lock.
#pragma once

#include <memory>

#include "server/engine/engine.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/lock.hpp"

namespace sagactl {

class OrderAdmission {
 public:
  // All arguments outlive this. Orders that wait for a lock when this is destroyed are dropped without an answer.
  OrderAdmission(Engine& engine, Lock& lock, Clock& clock);
  ~OrderAdmission();

  // From any thread; `done` as in Engine::submit.
  void place(PlaceOrder command, Completion done);

 private:
  class KeyQueues;
  std::shared_ptr<KeyQueues> queues_;  // shared with the callbacks of the lock and the engine
};

}  // namespace sagactl
