#include "server/api/operations/event_feed.hpp"

#include <utility>

#include "server/api/operations/render_trace.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;

// The user whom an event of an order or a payment names; "" when it names none. Events of purchases and of stock have a
// userId of the purchase system's.
std::string named_user(const Event& event) {
  if (event.aggregate_type != AggregateType::order && event.aggregate_type != AggregateType::payment) return {};
  const Json data = read_json(event.data);
  if (!data.is_object()) return {};
  const auto account = data.find("accountId"), user = account != data.end() ? account : data.find("userId");
  return user != data.end() && user->is_string() ? user->get<std::string>() : std::string();
}

}  // namespace

EventFeed::EventFeed(Bus& bus, Queries& queries, Clock& clock, http::EventHub::Options options)
    : bus_(bus),
      queries_(queries),
      clock_(clock),
      hub_(http::EventHub::make(options)),
      last_used_at_(clock.steady()),
      thread_({"event feed", 1, queue_max}) {}

EventFeed::~EventFeed() {
  hub_->stop();
  leave_bus();
}

// Does not wait for a subscription that is under way. A full queue leaves it to the destructor.
void EventFeed::stop() {
  hub_->stop();
  (void)thread_.post([this] { leave_bus(); });
}

void EventFeed::leave_bus() {
  const std::lock_guard lock(subscribing_);
  has_left_ = true;
  end_subscription();
}

void EventFeed::end_subscription() {
  if (unsubscribe_) std::exchange(unsubscribe_, nullptr)();
}

awaitable<http::Answer> EventFeed::subscribe(const http::Request& request, std::function<bool()> may_go_on) {
  last_used_at_ = clock_.steady();
  if (!is_listening_) {
    auto start = [this] { return subscribe_to_bus(); };
    const Result<void> started = co_await thread_.run(start);
    if (!started) co_return started.error();
  }
  // Subscribers that resume from before the gap learn of it at once, not with the next event.
  if (has_gap_.exchange(false)) hub_->publish_reset();
  std::optional<std::string> only_of;
  if (!request.caller->is_admin()) only_of = request.caller->id;
  co_return hub_->subscribe(request, std::move(only_of), std::move(may_go_on));
}

Result<void> EventFeed::subscribe_to_bus() {
  const std::lock_guard lock(subscribing_);
  if (has_left_) return Error{ErrorCode::unavailable, "the node is stopping; connect to another node"};
  if (is_subscribed_) return {};
  end_subscription();
  is_subscribed_ = true;
  unsubscribe_ = bus_.subscribe([this](const Event& event) { receive(event); }, [this] { have_missed(); });
  is_listening_ = true;
  return {};
}

void EventFeed::have_missed() {
  has_gap_ = true;
  (void)thread_.post([this] {
    if (has_gap_.exchange(false)) hub_->publish_reset();
  });
}

void EventFeed::receive(const Event& event) {
  if (!is_subscribed_) return;
  if (hub_->subscribers() > 0) {
    last_used_at_ = clock_.steady();
  } else if (clock_.steady() - last_used_at_.load() > linger) {
    has_gap_ = true;
    is_listening_ = false;
    is_subscribed_ = false;
    (void)thread_.post([this] {
      const std::lock_guard lock(subscribing_);
      if (!is_subscribed_) end_subscription();
    });
    return;
  }
  if (!thread_.post([this, event] { forward(event); })) has_gap_ = true;
}

void EventFeed::forward(const Event& event) {
  if (has_gap_.exchange(false)) hub_->publish_reset();
  Json json = event_json(event);
  const std::string owner = owner_of(event);
  json["userId"] = owner;
  hub_->publish(to_string(event.type), json_text(json), owner);
}

std::string EventFeed::owner_of(const Event& event) {
  if (const auto known = owners_.find(event.order); known != owners_.end()) return known->second;
  std::string user = named_user(event);
  bool is_known = !user.empty();
  if (!is_known) {
    const auto flow = queries_.flow(event.order);
    is_known = flow && *flow;
    if (is_known && !is_users_saga(**flow)) user = (*flow)->order.user.text();
  }
  if (is_known) remember(event.order, user);
  return user;
}

void EventFeed::remember(OrderId order, const std::string& user) {
  owners_.emplace(order, user);
  remembered_.push_back(order);
  if (remembered_.size() <= owners_max) return;
  owners_.erase(remembered_.front());
  remembered_.pop_front();
}

}  // namespace sagactl::api
