#include "server/http/sse.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "common/crypto.hpp"

namespace sagactl::http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t piece_bytes_max = std::size_t{64} * 1024;
constexpr std::string_view reset_text = "event: reset\ndata: {}\n\n";
constexpr std::string_view heartbeat_text = ": heartbeat\n\n";
constexpr std::string_view greeting_text = "retry: 2000\n\n";  // ms that a browser waits before it reconnects

void append_line(std::string& out, std::string_view field, std::string_view value) {
  out += field;
  out += ": ";
  for (const char c : value) out += c == '\n' || c == '\r' ? ' ' : c;
  out += '\n';
}

// The format has one field for each line of the data.
std::string wire_text(std::string_view id, std::string_view type, std::string_view data) {
  std::string out;
  out.reserve(data.size() + type.size() + id.size() + 32);
  append_line(out, "id", id);
  append_line(out, "event", type);
  for (;;) {
    const std::size_t end = data.find('\n');
    append_line(out, "data", data.substr(0, end));
    if (end == data.npos) break;
    data.remove_prefix(end + 1);
  }
  out += '\n';
  return out;
}

}  // namespace

// One subscriber: a position in the ring, and a timer that is cancelled when there may be events to send.
class EventHub::Subscription : public BodyStream, public std::enable_shared_from_this<Subscription> {
 public:
  Subscription(std::shared_ptr<EventHub> hub, std::uint64_t position, std::string first,
               std::optional<std::string> only_of, std::function<bool()> may_go_on)
      : hub_(std::move(hub)),
        only_of_(std::move(only_of)),
        may_go_on_(std::move(may_go_on)),
        position_(position),
        first_(std::move(first)) {}
  ~Subscription() override { hub_->remove(this); }

  asio::awaitable<std::optional<std::string>> next() override {
    if (!first_.empty()) co_return std::exchange(first_, {});
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // Counts from the last piece that was sent: events for others do not keep a connection alive.
    const auto heartbeat_at = asio::steady_timer::clock_type::now() + hub_->options_.heartbeat;
    bool heartbeat_due = false;
    for (;;) {
      if (!is_allowed()) co_return std::nullopt;
      {
        const std::lock_guard lock(hub_->mutex_);
        waiting_ = false;
        if (closed_ || hub_->stopped_) co_return std::nullopt;
        std::string text = hub_->take_after(position_, only_of_);
        if (!text.empty()) co_return text;
        if (heartbeat_due) co_return std::string(heartbeat_text);
        if (!timer_) timer_.emplace(executor);
        timer_->expires_at(heartbeat_at);
        waiting_ = true;
      }
      // A wake-up before this line is posted to this executor, so it runs after the wait has started.
      (void)co_await timer_->async_wait(asio::as_tuple(asio::use_awaitable));
      heartbeat_due = asio::steady_timer::clock_type::now() >= heartbeat_at;
    }
  }

  void close() override {
    const std::lock_guard lock(hub_->mutex_);
    closed_ = true;
    if (timer_) timer_->cancel();
  }

  // Called under the hub's lock, which the destructor needs too: so the executor exists.
  void wake() {
    if (!std::exchange(waiting_, false)) return;
    auto self = weak_from_this().lock();
    if (!self) return;  // being destroyed
    asio::post(timer_->get_executor(), [self = std::move(self)] { self->timer_->cancel(); });
  }

 private:
  // Asked again when a heartbeat's time has passed.
  bool is_allowed() {
    const auto now = asio::steady_timer::clock_type::now();
    if (!may_go_on_ || now < ask_at_) return true;
    ask_at_ = now + hub_->options_.heartbeat;
    return may_go_on_();
  }

  const std::shared_ptr<EventHub> hub_;
  const std::optional<std::string> only_of_;  // the owner whose events it has; none: all
  const std::function<bool()> may_go_on_;
  asio::steady_timer::time_point ask_at_ = asio::steady_timer::clock_type::now() + hub_->options_.heartbeat;
  // Guarded by the hub's lock, apart from waiting on the timer.
  std::uint64_t position_;
  std::string first_;
  std::optional<asio::steady_timer> timer_;
  bool waiting_ = false;
  bool closed_ = false;
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
  ring_.push_back({id, wire_text(id_text(id), type, data), std::string(owner), for_all});
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
  std::string first(greeting_text);
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
  Response response;
  response.content_type = media::events;
  response.headers.push_back({"Cache-Control", "no-store"});
  response.headers.push_back({"X-Accel-Buffering", "no"});  // else nginx buffers events
  response.stream = std::move(subscription);
  return response;
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
