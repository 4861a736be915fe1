// Waits for a flow to be written by this node. Costs nothing while nothing waits.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "common/id.hpp"

namespace sagactl {

// From any thread. Outlives its watchers.
class FlowWatch {
 public:
  class Watcher {
   public:
    Watcher(FlowWatch& watch, OrderId order);
    ~Watcher();
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

    // Ignores the writes until now.
    void clear();
    // Calls `done(true)` once when the flow is written, or here when it was written since the last clear(). Replaces an
    // earlier `done`.
    void on_write(std::function<void(bool)> done);

   private:
    friend class FlowWatch;
    void written();

    FlowWatch& watch_;
    const OrderId order_;
    std::mutex mutex_;
    bool is_written_ = false;
    std::function<void(bool)> done_;
  };

  // The flow was committed.
  void written(OrderId order);
  // Whether there is a watcher of the flow.
  bool is_watched(OrderId order);

 private:
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::unordered_multimap<OrderId, Watcher*> watchers_;
};

}  // namespace sagactl
