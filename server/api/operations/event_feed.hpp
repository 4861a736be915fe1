// What GET /events sends: published events as JSON, each with the user whose order it is about, so that a
// customer's stream can be cut down to their own. One feed serves all nodes of a process.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include "server/http/router.hpp"
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

  // The answer to GET /events: an admin's stream has every event, another user's their own. `request` outlives the
  // await.
  boost::asio::awaitable<http::Answer> subscribe(const http::Request& request);

  std::size_t listeners() const { return hub_->subscribers(); }

  void stop();  // ends all streams

 private:
  // Nobody has listened for so long: the bus is not listened to until somebody does.
  static constexpr Duration linger = 30s;
  static constexpr std::size_t owners_max = 100'000;
  static constexpr std::size_t waiting_max = 10'000;

  Result<void> listen();             // to the bus, on the feed's own thread
  void receive(const Event& event);  // on a thread of the bus
  void forward(const Event& event);  // on the feed's own
  std::string owner_of(const Event& event);
  void remember(OrderId order, const std::string& user);

  Bus& bus_;
  Queries& queries_;
  Clock& clock_;
  const std::shared_ptr<http::EventHub> hub_;
  std::atomic<SteadyTime> listened_at_;  // when somebody last did
  std::atomic<bool> listening_ = false;    // to the bus
  std::atomic<bool> missed_ = false;  // events were left out: whoever resumes is told so
  // Of the feed's thread alone:
  std::unordered_map<OrderId, std::string> owners_;
  std::deque<OrderId> remembered_;

  std::function<void()> unsubscribe_;  // null: not listening
  http::Workers thread_;  // last: it uses all of the above until it has ended
};

}  // namespace sagactl::api
