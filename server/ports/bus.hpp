// Where published events go. Delivery is at least once and in order per node; a receiver tells repeats by
// (node, sequence).
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "common/result.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

// "order-events", "payment-events" or "saga-events".
std::string_view topic_of(const Event& event);

class Bus {
 public:
  virtual ~Bus() = default;

  // Hands over a batch. `done` is called exactly once, from any thread, when all of it is as durable as the bus
  // makes it, or with an error, after which the whole batch may be handed over again.
  virtual void publish(std::span<const Event> events, std::function<void(Result<void>)> done) = 0;

  // Calls `receive` for every event published from now on, on the publisher's thread: it must be quick. Returns
  // a function that ends the subscription.
  virtual std::function<void()> subscribe(std::function<void(const Event&)> receive) = 0;
};

}  // namespace sagactl
