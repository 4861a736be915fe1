// Where published events go. Delivery is at least once, and in the order of their hand-over for the events of one
// flow in one topic; a receiver tells repeats by (node, sequence).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

// The topic that the definition of the event's saga names, or that of its aggregate: "order-events",
// "payment-events", "stock-events" or "saga-events".
std::string_view topic_of(const Event& event);
// The rule that gives an event its topic; null: its aggregate does.
const TopicRule* topic_rule_of(const Event& event);
// Every topic that an event may go to.
std::vector<std::string_view> event_topics();

struct BusState {
  bool external = false;  // whether there is something outside of this process that can be away
  bool available = true;
  std::string error = {};           // why not
  std::uint64_t published = 0;  // events, by this process
};

class Bus {
 public:
  virtual ~Bus() = default;

  // Hands over a batch. `done` is called exactly once, from any thread, when all of it is as durable as the bus
  // makes it, or with an error, after which the whole batch may be handed over again.
  virtual void publish(std::vector<Event> events, std::function<void(Result<void>)> done) = 0;

  // Events that come sooner than this after a hand-over wait for more, where a batch costs much by itself.
  virtual Duration batch_window() const { return Duration{0}; }

  // Calls `receive` for every event published from now on, on a thread of the bus or of a publisher: it must be
  // quick. Returns a function that ends the subscription. May wait for the bus, some seconds at most.
  virtual std::function<void()> subscribe(std::function<void(const Event&)> receive) = 0;

  virtual BusState state() const = 0;

  // Sends one message that is no event, and calls `done` once when it is acknowledged, or `unavailable`; that may be
  // long after. A bus within the process answers `unavailable` with the code NOT_CONFIGURED.
  virtual void probe(Timestamp now, std::function<void(Result<void>)> done) = 0;
};

}  // namespace sagactl
