#include "server/http/sse.hpp"

#include <algorithm>
#include <charconv>

#include "common/crypto.hpp"
#include "server/http/event_stream.hpp"

namespace sagactl::http {
namespace {

constexpr std::size_t piece_bytes_max = std::size_t{64} * 1024;
constexpr std::string_view reset_text = "event: reset\ndata: {}\n\n";

}  // namespace

// One subscriber: a position in the ring.
class EventHub::Subscription : public EventStream {
 public:
  Subscription(std::shared_ptr<EventHub> hub, std::uint64_t position, std::string first,
               std::optional<std::string> only_of, std::function<bool()> may_go_on)
      : EventStream(hub->mutex_, {hub->options_.heartbeat, std::move(may_go_on)}),
        hub_(std::move(hub)),
        only_of_(std::move(only_of)),
        position_(position),
        first_(std::move(first)) {}
  ~Subscription() override { hub_->remove(this); }

 private:
  std::optional<Piece> take() override {
    std::string text = std::exchange(first_, {});
    if (text.empty() && hub_->stopped_) return std::nullopt;
    if (text.empty()) text = hub_->take_after(position_, only_of_);
    return text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text));
  }

  const std::shared_ptr<EventHub> hub_;
  const std::optional<std::string> only_of_;  // the owner whose events it has; none: all
  std::uint64_t position_;
  std::string first_;
};

std::shared_ptr<EventHub> EventHub::make(Options options) {
  return std::shared_ptr<EventHub>(new EventHub(options));
}

EventHub::EventHub(Options options) : options_(options), run_(hex(random_bytes(4))) {}

std::string EventHub::id_text(std::uint64_t id) const {
  return run_ + "-" + std::to_string(id);
}

void EventHub::wake_all() {
  for (Subscription* subscription : subscriptions_) subscription->wake();
}

void EventHub::publish(std::string_view type, std::string_view data, std::string_view owner) {
  add(type, data, owner, false);
}

void EventHub::publish_reset() {
  add("reset", "{}", {}, true);
}

void EventHub::add(std::string_view type, std::string_view data, std::string_view owner, bool for_all) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t id = ++last_id_;
  ring_.push_back({id, event_text(type, data, id_text(id)), std::string(owner), for_all});
  ring_bytes_ += ring_.back().text.size();
  while (ring_.size() > options_.ring_max || (ring_bytes_ > options_.ring_bytes_max && ring_.size() > 1)) {
    ring_bytes_ -= ring_.front().text.size();
    ring_.pop_front();
  }
  wake_all();
}

std::string EventHub::take_after(std::uint64_t& position, const std::optional<std::string>& only_of) {
  std::string out;
  if (ring_.empty() || position >= last_id_) return out;
  const std::uint64_t oldest = ring_.front().id;
  if (position + 1 < oldest) {
    out += reset_text;
    position = oldest - 1;
  }
  for (std::size_t i = static_cast<std::size_t>(position + 1 - oldest); i < ring_.size(); ++i) {
    if (ring_[i].is_for(only_of)) {
      if (!out.empty() && out.size() + ring_[i].text.size() > piece_bytes_max) break;
      out += ring_[i].text;
    }
    position = ring_[i].id;
  }
  return out;
}

std::optional<std::uint64_t> EventHub::position_of(std::string_view last_event_id) const {
  if (!last_event_id.starts_with(run_) || last_event_id.size() <= run_.size() + 1) return std::nullopt;
  const std::string_view digits = last_event_id.substr(run_.size() + 1);
  std::uint64_t id = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (failed != std::errc{} || end != digits.data() + digits.size() || id > last_id_) return std::nullopt;
  return id;
}

Result<Response> EventHub::subscribe(const Request& request, std::optional<std::string> only_of,
                                     std::function<bool()> may_go_on) {
  const std::string_view resume_after = request.header("last-event-id");
  std::string first(stream_greeting);
  std::shared_ptr<Subscription> subscription;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error{ErrorCode::unavailable, "the node is stopping; connect to another node"};
    if (subscriptions_.size() >= options_.subscribers_max) {
      return Error{ErrorCode::busy, "there are " + std::to_string(options_.subscribers_max) +
                                        " event streams, the maximum; close one or try later"};
    }
    std::uint64_t position = last_id_;
    if (!resume_after.empty()) {
      const auto known = position_of(resume_after);
      if (!known) first += reset_text;
      position = known ? *known : last_id_ - ring_.size();
    }
    subscription = std::make_shared<Subscription>(shared_from_this(), position, std::move(first), std::move(only_of),
                                                  std::move(may_go_on));
    subscriptions_.push_back(subscription.get());
  }
  return event_stream_response(std::move(subscription));
}

void EventHub::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  wake_all();
}

void EventHub::remove(Subscription* subscription) {
  const std::lock_guard lock(mutex_);
  std::erase(subscriptions_, subscription);
}

std::size_t EventHub::subscribers() const {
  const std::lock_guard lock(mutex_);
  return subscriptions_.size();
}

}  // namespace sagactl::http
