// Who waits for a flow to be written by this node. It costs nothing while nobody does.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "common/id.hpp"

namespace sagactl {

// From any thread. Outlives its tickets.
class FlowWatch {
 public:
  class Ticket {
   public:
    Ticket(FlowWatch& watch, OrderId order);
    ~Ticket();
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    // Forgets what was written until now.
    void clear();
    // Calls `done(true)` once when the flow is written, or here when it was since it was last cleared. Only the last
    // `done` is called.
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

  // The flow has become durable.
  void written(OrderId order);

 private:
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::unordered_multimap<OrderId, Ticket*> tickets_;
};

}  // namespace sagactl
