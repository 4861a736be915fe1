// The message bus to which events are published. Delivery is at least once, and in publication order for the events of
// one flow in one topic; a receiver recognizes repeats by (node, sequence).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "server/saga/definition.hpp"
#include "server/saga/event.hpp"

namespace sagactl {

// The topic from the definition of the event's saga, or else that of its aggregate: "order-events", "payment-events",
// "stock-events" or "saga-events".
std::string_view topic_of(const Event& event);
// The definition's rule for the event; null: the aggregate decides its topic.
const TopicRule* topic_rule_of(const Event& event);
// Every topic to which an event may be published.
std::vector<std::string_view> event_topics();
// Every topic that gets copies of events: TopicRule::copied_to.
std::vector<std::string_view> copy_topics();

struct BusState {
  bool external = false;  // whether it depends on a service outside this process
  bool available = true;
  std::string error = {};       // why it is unavailable
  std::uint64_t published = 0;  // events, by this process
};

class Bus {
 public:
  virtual ~Bus() = default;

  // Publishes a batch. `done` is called exactly once, from any thread, when all events are as durable as the bus makes
  // them, or with an error, after which the complete batch may be published again.
  virtual void publish(std::vector<Event> events, std::function<void(Result<void>)> done) = 0;

  // How long after a batch the next one is delayed to collect more events. Not zero where each batch is expensive.
  virtual Duration batch_window() const { return Duration{0}; }

  // Calls `receive` for every event published from now on, on a thread of the bus or of a publisher; it must return
  // quickly. May block on the bus, some seconds at most; where it cannot be read by then, `missed` is called when it
  // can: events may have been published meanwhile. Returns a function that ends the subscription: once it has returned,
  // neither of the two runs or will be called, unless one of them has called it.
  virtual std::function<void()> subscribe(std::function<void(const Event&)> receive, std::function<void()> missed) = 0;
  std::function<void()> subscribe(std::function<void(const Event&)> receive) {
    return subscribe(std::move(receive), [] {});
  }

  virtual BusState state() const = 0;

  // Sends one message that is not an event, and calls `done` once, possibly much later: when it is acknowledged, or
  // with `unavailable`. A bus within the process answers `unavailable` with the code NOT_CONFIGURED.
  virtual void probe(Timestamp now, std::function<void(Result<void>)> done) = 0;
};

}  // namespace sagactl
