#include "server/adapters/memory/memory_state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "server/ports/importing_node.hpp"

namespace sagactl::memory {
namespace {

Error contradiction(std::string_view what, const std::string& id, std::string_view why) {
  return Error{ErrorCode::bug, fmt::format("{} {} cannot be written: {}", what, id, why)};
}

bool is_open(const FlowVersion& version) {
  return version.flow.saga && !is_terminal(version.flow.saga->status);
}

std::string chosen_correlation(const FlowVersion& version) {
  return version.flow.saga ? version.flow.saga->correlation : std::string();
}

template <class Map, class Key>
void count(Map& map, const Key& key, std::int64_t times) {
  const auto entry = map.try_emplace(key, 0).first;
  entry->second += times;
  if (entry->second == 0) map.erase(entry);
}

}  // namespace

void StateTally::add(const FlowVersion& version, std::int64_t times) {
  if (version.has_order) count(orders_, version.flow.order.status, times);
  if (version.flow.saga) count(sagas_, std::pair{version.flow.saga->type, version.flow.saga->status}, times);
}

Counts StateTally::counts() const {
  Counts counts;
  counts.sagas = sagas_;
  counts.orders = orders_;
  counts.events = events_;
  return counts;
}

bool MemoryState::is_fenced(const Writer& writer) const {
  const auto node = nodes.find(writer.node);
  return node == nodes.end() || node->second.epoch != writer.epoch;
}

bool MemoryState::is_live(const Owner& owner, Timestamp now) const {
  const auto node = nodes.find(owner.node);
  return node != nodes.end() && node->second.epoch == owner.epoch && node->second.lease_until > now;
}

FlowPointer MemoryState::find(OrderId id) const {
  const auto flow = flows.find(id);
  return flow == flows.end() ? nullptr : flow->second;
}

void MemoryState::install(OrderId id, FlowPointer flow) {
  FlowPointer& slot = flows[id];
  const std::string old_correlation = slot ? chosen_correlation(*slot) : std::string();
  const std::string correlation = chosen_correlation(*flow);
  if (old_correlation != correlation) {
    if (const auto old = by_correlation.find(old_correlation); old != by_correlation.end()) old->second.erase(id);
    if (!correlation.empty()) by_correlation[correlation].insert(id);
  }
  if (slot) {
    tally.add(*slot, -1);
    if (slot->due) expiring.erase({*slot->due, id});
  }
  if (flow->due) expiring.insert({*flow->due, id});
  tally.add(*flow, 1);
  if (is_open(*flow))
    open.insert(id);
  else
    open.erase(id);
  slot = std::move(flow);
}

FlowVersion& MemoryBatch::touch(OrderId id) {
  std::shared_ptr<FlowVersion>& version = flows_[id];
  if (!version) {
    const FlowPointer old = state_.find(id);
    version = old ? std::make_shared<FlowVersion>(*old) : std::make_shared<FlowVersion>();
    if (!old) version->flow.order.id = id;
  }
  return *version;
}

Payment* MemoryBatch::find_payment(OrderId order, int execution) {
  std::vector<Payment>& payments = touch(order).flow.payments;
  const auto found = std::find_if(payments.begin(), payments.end(),
                                  [execution](const Payment& payment) { return payment.execution == execution; });
  return found == payments.end() ? nullptr : &*found;
}

Result<void> MemoryBatch::add_flows(const Changes& changes) {
  for (const Order* order : changes.new_orders) {
    FlowVersion& version = touch(order->id);
    if (version.has_order) return contradiction("new order", order->id.text(), "it exists already");
    version.flow.order = *order;
    version.has_order = true;
  }
  for (const Order* order : changes.orders) {
    FlowVersion& version = touch(order->id);
    if (!version.has_order) return contradiction("order", order->id.text(), "it does not exist");
    version.flow.order = *order;
  }
  for (const Saga* saga : changes.new_sagas) {
    FlowVersion& version = touch(order_of(saga->id));
    if (version.flow.saga) return contradiction("new saga", saga->id.text(), "it exists already");
    version.flow.saga = *saga;
  }
  for (const Saga* saga : changes.sagas) {
    FlowVersion& version = touch(order_of(saga->id));
    if (!version.flow.saga) return contradiction("saga", saga->id.text(), "it does not exist");
    version.flow.saga = *saga;
  }
  for (const Payment* payment : changes.new_payments) {
    if (find_payment(payment->order, payment->execution))
      return contradiction("new payment", payment->id.text(), "the order has one of that execution already");
    std::vector<Payment>& payments = touch(payment->order).flow.payments;
    payments.insert(std::upper_bound(payments.begin(), payments.end(), *payment,
                                     [](const Payment& a, const Payment& b) { return a.execution < b.execution; }),
                    *payment);
  }
  for (const Payment* payment : changes.payments) {
    Payment* old = find_payment(payment->order, payment->execution);
    if (!old) return contradiction("payment", payment->id.text(), "it does not exist");
    *old = *payment;
  }
  for (const auto& [order, barrier] : changes.barriers) {
    std::vector<Barrier>& barriers = touch(order).flow.barriers;
    const auto key = [](const Barrier& b) { return std::tuple(b.step, b.execution, b.direction); };
    const auto place = std::lower_bound(barriers.begin(), barriers.end(), *barrier,
                                        [&](const Barrier& a, const Barrier& b) { return key(a) < key(b); });
    if (place != barriers.end() && key(*place) == key(*barrier))
      return contradiction("a barrier of order", order.text(), "it exists already");
    barriers.insert(place, *barrier);
  }
  for (const auto& [order, reservations, due] : changes.reservations) {
    FlowVersion& version = touch(order);
    version.flow.reservations = *reservations;
    version.due = due;
  }
  for (const auto& [order, record] : changes.calls)
    touch(order).calls.push_back(std::make_shared<const CallRecord>(*record));
  return {};
}

Result<void> MemoryBatch::add_events(const Writer& writer, const Changes& changes) {
  const NodeState& node = state_.nodes.at(writer.node);
  std::int64_t sequence = node.last_sequence;
  Timestamp time = state_.last_time;
  const bool is_history = writer.node == importing_node;
  for (const Event* event : changes.events) {
    if (event->node != writer.node || event->sequence != sequence + 1 || (event->occurred_at < time && !is_history))
      return contradiction(
          "event", fmt::format("{} of node {}", event->sequence, event->node),
          fmt::format("event {} of node {}, from {} on, is due", sequence + 1, writer.node, iso8601_us(time)));
    ++sequence;
    if (!is_history) time = event->occurred_at;
    events_.push_back(std::make_shared<const Event>(*event));
    if (event->order != OrderId{}) touch(event->order).events.push_back(events_.back());
  }
  return {};
}

Result<void> MemoryBatch::check_users(const Changes& changes) const {
  std::map<std::string, UserId> taken;
  for (const User* user : changes.users) {
    const auto stored = state_.user_by_email.find(user->email);
    const bool is_taken = (stored != state_.user_by_email.end() && stored->second != user->id) ||
                          taken.try_emplace(user->email, user->id).first->second != user->id;
    if (is_taken) return contradiction("user", user->id.text(), "another user has that email");
  }
  return {};
}

Result<void> MemoryBatch::write(const Writer& writer, const Changes& changes) {
  if (auto done = add_flows(changes); !done) return done;
  if (auto done = add_events(writer, changes); !done) return done;
  if (auto done = check_users(changes); !done) return done;

  for (auto& [id, version] : flows_) state_.install(id, std::move(version));
  state_.last_time = std::max(state_.last_time, changes.latest);
  NodeState& node = state_.nodes.at(writer.node);
  const bool is_history = writer.node == importing_node;
  for (EventPointer& event : events_) {
    state_.tally.add(*event);
    if (!is_history) state_.last_time = std::max(state_.last_time, event->occurred_at);
    node.last_sequence = event->sequence;
    if (is_history) node.published = event->sequence;
    node.events.push_back(event);
    state_.events.push_back(std::move(event));
  }
  for (const Claim* claim : changes.claims) state_.claims[claim->key] = *claim;
  for (const Stock* stock : changes.stocks) state_.stocks[stock->key] = *stock;
  for (const User* user : changes.users) {
    User& stored = state_.users[user->id];
    if (stored.email != user->email) state_.user_by_email.erase(stored.email);
    stored = *user;
    state_.user_by_email[user->email] = user->id;
  }
  for (const Replay* replay : changes.replays) {
    const std::pair key{replay->key.user, replay->key.key};
    if (const auto old = state_.replays.find(key); old != state_.replays.end())
      state_.replays_by_age.erase({old->second.created_at, key});
    state_.replays[key] = *replay;
    state_.replays_by_age.insert({replay->created_at, key});
  }
  return {};
}

}  // namespace sagactl::memory
