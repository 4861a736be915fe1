// The source of GET /events: published events as JSON, each with the user whose order it concerns, so that a customer's
// stream has their own only. One feed serves all nodes of a process.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
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

  // The answer to GET /events: an admin's stream has every event, another user's those of their own orders. It ends
  // when `may_go_on` says no, as in EventHub::subscribe(). `request` outlives the await.
  boost::asio::awaitable<http::Answer> subscribe(const http::Request& request, std::function<bool()> may_go_on);

  std::size_t subscribers() const { return hub_->subscribers(); }

  void stop();  // ends all streams

 private:
  // Without subscribers for this long, the feed unsubscribes from the bus until there is one again.
  static constexpr Duration linger = 30s;
  static constexpr std::size_t owners_max = 100'000;  // cached
  static constexpr std::size_t queue_max = 10'000;    // events that wait to be forwarded

  Result<void> subscribe_to_bus();   // on the feed's own thread
  void end_subscription();           // with the lock held
  void leave_bus();                  // and never subscribes again; any thread but the bus's
  void receive(const Event& event);  // on a thread of the bus
  void have_missed();                // the same: events that it did not give to receive()
  void forward(const Event& event);  // on the feed's own thread
  std::string owner_of(const Event& event);
  void remember(OrderId order, const std::string& user);

  Bus& bus_;
  Queries& queries_;
  Clock& clock_;
  const std::shared_ptr<http::EventHub> hub_;
  std::atomic<SteadyTime> last_used_at_;  // when there was a subscriber
  std::atomic<bool> is_subscribed_ = false;
  std::atomic<bool> is_listening_ = false;  // and the bus has said so: no event from now on is missed without a word
  std::atomic<bool> has_gap_ = false;       // events were dropped: subscribers get a reset
  // Used by the feed's thread alone:
  std::unordered_map<OrderId, std::string> owners_;
  std::deque<OrderId> remembered_;

  std::mutex subscribing_;             // of the next two
  std::function<void()> unsubscribe_;  // null: not subscribed
  bool has_left_ = false;
  http::Workers thread_;  // last: it uses all of the above until it has ended
};

}  // namespace sagactl::api
