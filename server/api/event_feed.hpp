// What GET /events sends: published events as JSON, each with the user whose order it is about, so that a
// customer's stream can be cut down to their own. One feed serves all nodes of a process.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "server/http/sse.hpp"
#include "server/http/workers.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/queries.hpp"

namespace sagactl::api {

class EventFeed {
 public:
  // The ports outlive the feed.
  EventFeed(Bus& bus, Queries& queries, Clock& clock, http::EventHub::Options options = {});
  ~EventFeed();
  EventFeed(const EventFeed&) = delete;
  EventFeed& operator=(const EventFeed&) = delete;

  // The answer to GET /events: an admin's stream has every event, another user's their own.
  Result<http::Response> subscribe(const http::Request& request);

  std::size_t listeners() const { return hub_->subscribers(); }

  void stop();  // ends all streams

 private:
  // Nobody has listened for so long: events are not rendered until somebody does.
  static constexpr Duration linger = 30s;
  static constexpr std::size_t owners_max = 100'000;
  static constexpr std::size_t waiting_max = 10'000;

  void receive(const Event& event);  // on the publisher's thread
  void forward(const Event& event);  // on the feed's own
  std::string owner_of(const Event& event);
  void remember(OrderId order, const std::string& user);

  Queries& queries_;
  Clock& clock_;
  const std::shared_ptr<http::EventHub> hub_;
  std::atomic<std::int64_t> listened_at_;  // when somebody last did, in microseconds
  std::atomic<bool> ever_listened_ = false;
  std::atomic<bool> missed_ = false;  // events were left out: whoever resumes is told so
  // Of the feed's thread alone:
  std::unordered_map<OrderId, std::string> owners_;
  std::deque<OrderId> remembered_;

  std::function<void()> unsubscribe_;
  http::Workers thread_;  // last: it uses all of the above until it has ended
};

}  // namespace sagactl::api
