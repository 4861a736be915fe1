// Server-sent events: one hub, any number of browsers. Events stand in one ring; a subscriber is a position
// in it, so a slow one costs no memory and never holds up the publisher: what the ring has overwritten it
// misses, and is told so by an event `reset`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
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
    std::size_t ring_max = 1024;  // events kept for those who resume
    std::size_t ring_bytes_max = std::size_t{4} * 1024 * 1024;
    std::size_t subscribers_max = 256;
    std::chrono::milliseconds heartbeat{15'000};
  };
  static std::shared_ptr<EventHub> make(Options options);
  static std::shared_ptr<EventHub> make() { return make(Options{}); }

  // Any thread; never waits for a subscriber. `type` is one word; `data` is text, JSON as a rule. `owner` is whose
  // event it is, "" nobody's.
  void publish(std::string_view type, std::string_view data, std::string_view owner = {});
  // An event `reset`, for every subscriber: some events were missed.
  void publish_reset();

  // The answer to GET /events: a stream from now on, or from after Last-Event-ID. When that is not in the
  // ring any more (or is of another run of the node) the stream begins with `event: reset`, and goes on with
  // what the ring holds. With `only_of` it has that owner's events and resets alone. Every stream has a comment when
  // it has had nothing else for `heartbeat`. `busy` when there are too many subscribers, `unavailable` when the hub
  // has stopped.
  Result<Response> subscribe(const Request& request, std::optional<std::string> only_of = std::nullopt);

  // Ends all streams; subscribe() fails from now on. Any thread.
  void stop();

  std::size_t subscribers() const;

 private:
  class Subscription;
  struct Event {
    std::uint64_t id;
    std::string text;  // as it goes over the wire
    std::string owner;
    bool for_all = false;

    bool is_for(const std::optional<std::string>& only_of) const { return for_all || !only_of || owner == *only_of; }
  };

  explicit EventHub(Options options);
  void add(std::string_view type, std::string_view data, std::string_view owner, bool for_all);
  // What comes after `position` and is for that subscriber, joined, up to a bound; moves the position on.
  std::string take_after(std::uint64_t& position, const std::optional<std::string>& only_of);
  void forget(Subscription* subscription);
  void wake_all();  // with the lock held
  std::optional<std::uint64_t> position_of(std::string_view last_event_id) const;
  std::string id_text(std::uint64_t id) const;

  const Options options_;
  const std::string run_;  // tells the ids of this run of the node from those of another
  mutable std::mutex mutex_;
  std::deque<Event> ring_;
  std::size_t ring_bytes_ = 0;
  std::uint64_t last_id_ = 0;
  std::vector<Subscription*> subscriptions_;
  bool stopped_ = false;
};

}  // namespace sagactl::http
