// Server-sent events: one hub, any number of subscribers. Events are in one ring buffer and a subscriber is a position
// in it, so that a slow one needs no memory and never blocks the publisher. A subscriber whose next events were
// overwritten gets an event `reset`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

class EventHub : public std::enable_shared_from_this<EventHub> {
 public:
  struct Options {
    std::size_t ring_max = 1024;  // events
    std::size_t ring_bytes_max = std::size_t{4} * 1024 * 1024;
    std::size_t subscribers_max = 256;
    std::chrono::milliseconds heartbeat{15'000};
  };
  static std::shared_ptr<EventHub> make(Options options);
  static std::shared_ptr<EventHub> make() { return make(Options{}); }

  // Any thread; never waits for a subscriber. `type` is one word, `data` any text (usually JSON). `owner` is the id of
  // the user whom the event concerns, "" of none.
  void publish(std::string_view type, std::string_view data, std::string_view owner = {});
  // An event `reset` for every subscriber: some events were dropped.
  void publish_reset();

  // A response that streams the events from now on, or those after Last-Event-ID. When that event is not in the ring
  // any more, or of another run of the node, the stream starts with `event: reset` and continues with the ring's
  // events. With `only_of` it has that owner's events and resets only. A stream without other output for `heartbeat`
  // gets a comment. A stream ends when `may_go_on`, asked once in a `heartbeat`, says no; null: it is not asked. It is
  // called on the connection's thread. `busy` when there are too many subscribers, `unavailable` when the hub has
  // stopped.
  Result<Response> subscribe(const Request& request, std::optional<std::string> only_of = std::nullopt,
                             std::function<bool()> may_go_on = nullptr);

  // Ends all streams; later calls of subscribe() fail. Any thread.
  void stop();

  std::size_t subscribers() const;

 private:
  class Subscription;
  struct StreamEvent {
    std::uint64_t id;
    std::string text;  // in wire format
    std::string owner;
    bool for_all = false;

    bool is_for(const std::optional<std::string>& only_of) const { return for_all || !only_of || owner == *only_of; }
  };

  explicit EventHub(Options options);
  void add(std::string_view type, std::string_view data, std::string_view owner, bool for_all);
  // The subscriber's events after `position`, joined, up to a size limit. Advances the position.
  std::string take_after(std::uint64_t& position, const std::optional<std::string>& only_of);
  void remove(Subscription* subscription);
  void wake_all();  // with the lock held
  std::optional<std::uint64_t> position_of(std::string_view last_event_id) const;
  std::string id_text(std::uint64_t id) const;

  const Options options_;
  const std::string run_;  // distinguishes the ids of this run of the node from those of others
  mutable std::mutex mutex_;
  std::deque<StreamEvent> ring_;
  std::size_t ring_bytes_ = 0;
  std::uint64_t last_id_ = 0;
  std::vector<Subscription*> subscriptions_;
  bool stopped_ = false;
};

}  // namespace sagactl::http
